"""The tables. Every primary key starts with the organisation, so that tenancy is structural: there is no way to name
another organisation's row, and a sharded PostgreSQL can distribute every table by its first column.

These classes define tables and nothing else. Repositories run Core statements on them and build domain objects;
object tracking would cost three times as much per update and hide the one guarded UPDATE that matters.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, SafeUUID

import orjson
from sqlalchemy import JSON, BigInteger, ForeignKeyConstraint, Index, Text, UniqueConstraint, Uuid, text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware datetime kept as whole milliseconds since 1970 in UTC: the same exact, sortable value on both engines,
    whatever time zone a session or a server is set to."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else self.milliseconds(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:
        # What TypeDecorator makes of a process_result_value takes twice as long, and a page of posts holds hundreds.
        return self.of_optional

    @staticmethod
    def milliseconds(instant: datetime) -> int:
        return (instant - _EPOCH) // _MILLISECOND

    @staticmethod
    def of(milliseconds: int) -> datetime:
        return _EPOCH + milliseconds * _MILLISECOND

    @staticmethod
    def of_optional(milliseconds: int | None) -> datetime | None:
        return None if milliseconds is None else _EPOCH + milliseconds * _MILLISECOND


class Json(TypeDecorator[Any]):
    """JSON of nothing but text that can be stored, booleans, null and small numbers: orjson is many times as fast as
    the standard library, and takes neither lone surrogates nor more than 64 bits."""

    impl = JSON
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return _written if dialect.name == "sqlite" else super().bind_processor(dialect)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return orjson.loads if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _written(value: Any) -> str:
    return orjson.dumps(value).decode()


class Id(TypeDecorator[UUID]):
    """A UUID: PostgreSQL's own, and 32 hexadecimal digits on SQLite."""

    impl = Uuid
    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return _optional_id if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


_set_number = UUID.__dict__["int"].__set__
_set_safety = UUID.__dict__["is_safe"].__set__
_NOBODY_KNOWS = SafeUUID.unknown


def read_id(stored: str | UUID) -> UUID:
    """An id that was read as it is stored: UUID(stored), of digits that were written from a UUID. What UUID does to see
    whether they can be read as one takes twice as long as all of this."""
    if isinstance(stored, UUID):
        return stored
    id = object.__new__(UUID)
    _set_number(id, int(stored, 16))
    _set_safety(id, _NOBODY_KNOWS)
    return id


def _optional_id(stored: str | None) -> UUID | None:
    return None if stored is None else read_id(stored)


def _cascade(*columns: str, to: str) -> ForeignKeyConstraint:
    targets = [f"{to}.organization_id", f"{to}.id"]
    return ForeignKeyConstraint(["organization_id", *columns], targets, ondelete="CASCADE")


def _restrict(*columns: str, to: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(["organization_id", *columns], [f"{to}.organization_id", f"{to}.id"])


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, postgresql_where=text(where), sqlite_where=text(where))


class OrganizationRow(SQLModel, table=True):
    __tablename__ = "organizations"

    id: int = Field(primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    created_at: datetime = Field(sa_type=Instant)


class ApiKeyRow(SQLModel, table=True):
    """Looked up before the organisation is known, hence the unique public_id beside the tenant-first key."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("public_id"),)

    organization_id: int = Field(primary_key=True, foreign_key="organizations.id")
    public_id: str = Field(primary_key=True)
    name: str = Field(sa_type=Text)
    digest: bytes
    scopes: str
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(sa_type=Instant, default=None)
    revoked_at: datetime | None = Field(sa_type=Instant, default=None)


class AccountRow(SQLModel, table=True):
    __tablename__ = "accounts"

    organization_id: int = Field(primary_key=True, foreign_key="organizations.id")
    id: int = Field(primary_key=True)
    platform: str
    name: str = Field(sa_type=Text)
    is_active: bool
    created_at: datetime = Field(sa_type=Instant)
    minimum_gap_minutes: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    rules: dict[str, Any] = Field(sa_type=JSON, default_factory=dict, sa_column_kwargs={"server_default": "{}"})
    credentials: bytes | None = None


class MediaRow(SQLModel, table=True):
    """The same URL twice is the same record, hence the unique index; see app.domain.media.URL_LIMIT for its size.

    A record outlives its deletion: published posts and the history of others still name it.
    """

    __tablename__ = "media"
    __table_args__ = (UniqueConstraint("organization_id", "url"),)

    organization_id: int = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(sa_type=Id, primary_key=True)
    type: str
    url: str = Field(sa_type=Text)
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = Field(sa_type=BigInteger, default=None)
    alt_text: str | None = Field(sa_type=Text, default=None)
    created_at: datetime = Field(sa_type=Instant)
    file: str | None = Field(sa_type=Text, default=None)
    content_type: str | None = Field(sa_type=Text, default=None)
    size: int | None = Field(sa_type=BigInteger, default=None)
    deleted_at: datetime | None = Field(sa_type=Instant, default=None)


NEVER_MS = 2**63 - 1
"""Where a post without a time sorts: after every post that has one."""


class PostRow(SQLModel, table=True):
    """The posts table is the schedule: there is no second queue to keep in step with it."""

    __tablename__ = "posts"
    __table_args__ = (
        Index("ix_posts_scheduled_for", "organization_id", text(f"coalesce(scheduled_for, {NEVER_MS})"), "id"),
        Index("ix_posts_created_at", "organization_id", "created_at", "id"),
        Index("ix_posts_updated_at", "organization_id", "updated_at", "id"),
        # The worker's: across organisations, and no larger than what is still to go out.
        _partial("ix_posts_due", "scheduled_for", "organization_id", "id", where="status = 'scheduled'"),
    )

    organization_id: int = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(sa_type=Id, primary_key=True)
    kind: str
    status: str
    content: str = Field(sa_type=Text)
    title: str | None = Field(sa_type=Text, default=None)
    scheduled_for: datetime | None = Field(sa_type=Instant, default=None)
    timezone: str
    platform_content: dict[str, Any] = Field(sa_type=Json)
    social_audio_id: str | None = Field(sa_type=Text, default=None)
    music_post_id: str | None = Field(sa_type=Text, default=None)
    failure_reason: str | None = Field(sa_type=Text, default=None)
    version: int
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class DestinationRow(SQLModel, table=True):
    __tablename__ = "destinations"
    __table_args__ = (
        _cascade("post_id", to="posts"),
        _restrict("account_id", to="accounts"),
        Index("ix_destinations_account", "organization_id", "account_id", "post_id"),
        _partial("ix_destinations_next_attempt", "next_attempt_at", where="next_attempt_at IS NOT NULL"),
        _partial("ix_destinations_lease", "lease_until", where="lease_until IS NOT NULL"),
    )

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(sa_type=Id, primary_key=True)
    account_id: int = Field(primary_key=True)
    status: str
    platform_post_id: str | None = Field(sa_type=Text, default=None)
    platform_post_url: str | None = Field(sa_type=Text, default=None)
    published_at: datetime | None = Field(sa_type=Instant, default=None)
    error: str | None = Field(sa_type=Text, default=None)
    attempts: int = 0
    next_attempt_at: datetime | None = Field(sa_type=Instant, default=None)
    lease_until: datetime | None = Field(sa_type=Instant, default=None)
    called_at: datetime | None = Field(sa_type=Instant, default=None)


class PostMediaRow(SQLModel, table=True):
    """Which media a post carries, in which order."""

    __tablename__ = "post_media"
    __table_args__ = (
        _cascade("post_id", to="posts"),
        _restrict("media_id", to="media"),
        Index("ix_post_media_media", "organization_id", "media_id"),
    )

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(sa_type=Id, primary_key=True)
    position: int = Field(primary_key=True)
    media_id: UUID = Field(sa_type=Id)


class RevisionRow(SQLModel, table=True):
    """One stored change of one post. The rows outlive their post: who deleted it, and when, is the last of them.

    They are the outbox too: see app.repositories.events for transaction_id and position.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        _partial(
            "ix_revisions_events", "organization_id", "transaction_id", "position", where="transaction_id IS NOT NULL"
        ),
    )

    organization_id: int = Field(primary_key=True)
    post_id: UUID = Field(sa_type=Id, primary_key=True)
    version: int = Field(primary_key=True)
    changed_at: datetime = Field(sa_type=Instant)
    changed_by: str = Field(sa_type=Text)
    changes: list[Any] = Field(sa_type=Json)
    event: str | None = None
    status: str | None = None
    transaction_id: int | None = Field(sa_type=BigInteger, default=None)
    position: int | None = Field(sa_type=BigInteger, default=None)


class WebhookRow(SQLModel, table=True):
    """Who wants to be told of changes. transaction_id and position: the last change that deliveries were made for.

    first_transaction_id and first_position: the last change before the webhook was made.
    """

    __tablename__ = "webhooks"

    organization_id: int = Field(primary_key=True, foreign_key="organizations.id")
    id: UUID = Field(sa_type=Id, primary_key=True)
    url: str = Field(sa_type=Text)
    events: list[str] = Field(sa_type=JSON)
    secret: bytes
    is_active: bool
    created_at: datetime = Field(sa_type=Instant)
    first_transaction_id: int = Field(sa_type=BigInteger)
    first_position: int = Field(sa_type=BigInteger)
    transaction_id: int = Field(sa_type=BigInteger)
    position: int = Field(sa_type=BigInteger)


class WebhookDeliveryRow(SQLModel, table=True):
    """One change that one webhook is told of, and how far that has got. status: the last HTTP status."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        _cascade("webhook_id", to="webhooks"),
        Index("ix_webhook_deliveries_webhook", "organization_id", "webhook_id", "id"),
        # By webhook, so that thousands of calls that one of them is behind with hide nobody else's.
        _partial(
            "ix_webhook_deliveries_next_attempt",
            *("organization_id", "webhook_id", "next_attempt_at", "id"),
            where="next_attempt_at IS NOT NULL",
        ),
        Index("ix_webhook_deliveries_created_at", "created_at"),
    )

    organization_id: int = Field(primary_key=True)
    id: UUID = Field(sa_type=Id, primary_key=True)
    webhook_id: UUID = Field(sa_type=Id)
    post_id: UUID = Field(sa_type=Id)
    version: int
    event: str
    at: datetime = Field(sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    attempts: int = 0
    status: int | None = None
    delivered_at: datetime | None = Field(sa_type=Instant, default=None)
    next_attempt_at: datetime | None = Field(sa_type=Instant, default=None)
    error: str | None = Field(sa_type=Text, default=None)


class IdempotencyKeyRow(SQLModel, table=True):
    """What a request under a key has done. A request of several commands has a row for each, by its step from 0."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "organization_id", "created_at"),)

    organization_id: int = Field(primary_key=True)
    key: str = Field(sa_type=Text, primary_key=True)
    step: int = Field(primary_key=True)
    fingerprint: bytes
    outcome: dict[str, Any] | None = Field(sa_type=JSON, default=None)
    created_at: datetime = Field(sa_type=Instant)
