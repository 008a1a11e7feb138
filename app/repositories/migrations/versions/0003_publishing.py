"""What publishing needs: claims and their leases, the history as an outbox, webhooks and their deliveries."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("destinations", sa.Column("lease_until", sa.BigInteger))
    op.add_column("destinations", sa.Column("called_at", sa.BigInteger))
    op.add_column("revisions", sa.Column("event", sa.String))
    op.add_column("revisions", sa.Column("status", sa.String))
    op.add_column("revisions", sa.Column("transaction_id", sa.BigInteger))
    op.add_column("revisions", sa.Column("position", sa.BigInteger))
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE SEQUENCE event_positions")
    op.create_table(
        "webhooks",
        sa.Column("organization_id", sa.Integer, sa.ForeignKey("organizations.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("events", sa.JSON, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("first_transaction_id", sa.BigInteger, nullable=False),
        sa.Column("first_position", sa.BigInteger, nullable=False),
        sa.Column("transaction_id", sa.BigInteger, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("organization_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("webhook_id", sa.Uuid, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("delivered_at", sa.BigInteger),
        sa.Column("next_attempt_at", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(
            ["organization_id", "webhook_id"], ["webhooks.organization_id", "webhooks.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("ix_webhook_deliveries_webhook", "webhook_deliveries", ["organization_id", "webhook_id", "id"])
    is_waiting = sa.text("next_attempt_at IS NOT NULL")
    op.create_index(
        "ix_webhook_deliveries_next_attempt",
        "webhook_deliveries",
        ["organization_id", "webhook_id", "next_attempt_at", "id"],
        postgresql_where=is_waiting,
        sqlite_where=is_waiting,
    )
    op.create_index("ix_webhook_deliveries_created_at", "webhook_deliveries", ["created_at"])
