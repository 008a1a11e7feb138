"""The history of posts, idempotency keys, settings and credentials of accounts, and uploaded media."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("organization_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("changed_by", sa.Text, nullable=False),
        sa.Column("changes", sa.JSON, nullable=False),
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("organization_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("step", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fingerprint", sa.LargeBinary, nullable=False),
        sa.Column("outcome", sa.JSON),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["organization_id", "created_at"])
    op.add_column("accounts", sa.Column("minimum_gap_minutes", sa.Integer, nullable=False, server_default="0"))
    op.add_column("accounts", sa.Column("rules", sa.JSON, nullable=False, server_default="{}"))
    op.add_column("accounts", sa.Column("credentials", sa.LargeBinary))
    op.add_column("media", sa.Column("file", sa.Text))
    op.add_column("media", sa.Column("content_type", sa.Text))
    op.add_column("media", sa.Column("size", sa.BigInteger))
    op.add_column("media", sa.Column("deleted_at", sa.BigInteger))
