"""The indexes by which the worker finds what is due, and the outbox what is new, on tables that are in use."""

from app.repositories.migrations.indexes import add_index

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    add_index("ix_posts_due", "posts", ["scheduled_for", "organization_id", "id"], where="status = 'scheduled'")
    add_index("ix_destinations_next_attempt", "destinations", ["next_attempt_at"], where="next_attempt_at IS NOT NULL")
    add_index("ix_destinations_lease", "destinations", ["lease_until"], where="lease_until IS NOT NULL")
    add_index(
        "ix_revisions_events",
        "revisions",
        ["organization_id", "transaction_id", "position"],
        where="transaction_id IS NOT NULL",
    )
