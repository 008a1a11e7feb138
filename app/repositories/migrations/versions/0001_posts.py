"""Organisations, their keys, accounts, media, and posts with their destinations."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

NEVER_MS = 2**63 - 1


def upgrade() -> None:
    op.create_table(
        "organizations",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "api_keys",
        _organization(),
        sa.Column("public_id", sa.String, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("scopes", sa.String, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("revoked_at", sa.BigInteger),
        sa.UniqueConstraint("public_id"),
    )
    op.create_table(
        "accounts",
        _organization(),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("platform", sa.String, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("is_active", sa.Boolean, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "media",
        _organization(),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("type", sa.String, nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        sa.Column("duration_ms", sa.BigInteger),
        sa.Column("alt_text", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("organization_id", "url"),
    )
    op.create_table(
        "posts",
        _organization(),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("scheduled_for", sa.BigInteger),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("platform_content", sa.JSON, nullable=False),
        sa.Column("social_audio_id", sa.Text),
        sa.Column("music_post_id", sa.Text),
        sa.Column("failure_reason", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index(
        "ix_posts_scheduled_for",
        "posts",
        ["organization_id", sa.text(f"coalesce(scheduled_for, {NEVER_MS})"), "id"],
    )
    op.create_index("ix_posts_created_at", "posts", ["organization_id", "created_at", "id"])
    op.create_index("ix_posts_updated_at", "posts", ["organization_id", "updated_at", "id"])
    op.create_table(
        "destinations",
        sa.Column("organization_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("status", sa.String, nullable=False),
        sa.Column("platform_post_id", sa.Text),
        sa.Column("platform_post_url", sa.Text),
        sa.Column("published_at", sa.BigInteger),
        sa.Column("error", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger),
        _of_post(),
        sa.ForeignKeyConstraint(["organization_id", "account_id"], ["accounts.organization_id", "accounts.id"]),
    )
    op.create_index("ix_destinations_account", "destinations", ["organization_id", "account_id", "post_id"])
    op.create_table(
        "post_media",
        sa.Column("organization_id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("media_id", sa.Uuid, nullable=False),
        _of_post(),
        sa.ForeignKeyConstraint(["organization_id", "media_id"], ["media.organization_id", "media.id"]),
    )
    op.create_index("ix_post_media_media", "post_media", ["organization_id", "media_id"])


def _organization() -> sa.Column[int]:
    return sa.Column(
        "organization_id", sa.Integer, sa.ForeignKey("organizations.id"), primary_key=True, autoincrement=False
    )


def _of_post() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organization_id", "post_id"], ["posts.organization_id", "posts.id"], ondelete="CASCADE"
    )
