"""Posts in the schema."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import strawberry

from scripts.benchmarks.peers.textbook import tables
from scripts.benchmarks.peers.textbook.enums import DestinationStatus, Platform, PostKind, PostStatus

Info = strawberry.Info[dict[str, Any], None]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _instant(milliseconds: int | None) -> datetime | None:
    return None if milliseconds is None else _EPOCH + timedelta(milliseconds=milliseconds)


@strawberry.type
class Destination:
    account_id: int
    account_name: str
    platform: Platform
    status: DestinationStatus
    platform_post_id: str | None
    platform_post_url: str | None
    published_at: datetime | None
    error: str | None
    attempts: int
    next_attempt_at: datetime | None

    @classmethod
    def of(cls, destination: tables.Destination, account: tables.Account) -> Destination:
        return cls(
            account_id=destination.account_id,
            account_name=account.name,
            platform=Platform(account.platform),
            status=DestinationStatus(destination.status),
            platform_post_id=destination.platform_post_id,
            platform_post_url=destination.platform_post_url,
            published_at=_instant(destination.published_at),
            error=destination.error,
            attempts=destination.attempts,
            next_attempt_at=_instant(destination.next_attempt_at),
        )


@strawberry.type
class Post:
    post_id: strawberry.Private[UUID]
    id: strawberry.ID
    status: PostStatus
    kind: PostKind
    content: str
    title: str | None
    scheduled_for: datetime | None
    timezone: str
    social_audio_id: str | None
    failure_reason: str | None
    version: int
    created_at: datetime
    updated_at: datetime

    @strawberry.field
    async def account_ids(self, info: Info) -> list[int]:
        found = await info.context["loaders"].destinations.load(self.post_id)
        return [account.id for _, account in found]

    @strawberry.field
    async def media_ids(self, info: Info) -> list[UUID]:
        ids: list[UUID] = await info.context["loaders"].media_ids.load(self.post_id)
        return ids

    @strawberry.field
    async def destinations(self, info: Info) -> list[Destination]:
        found = await info.context["loaders"].destinations.load(self.post_id)
        return [Destination.of(destination, account) for destination, account in found]

    @classmethod
    def of(cls, post: tables.Post) -> Post:
        return cls(
            post_id=post.id,
            id=strawberry.ID(str(post.id)),
            status=PostStatus(post.status),
            kind=PostKind(post.kind),
            content=post.content,
            title=post.title,
            scheduled_for=_instant(post.scheduled_for),
            timezone=post.timezone,
            social_audio_id=post.social_audio_id,
            failure_reason=post.failure_reason,
            version=post.version,
            created_at=_instant(post.created_at),  # type: ignore[arg-type]
            updated_at=_instant(post.updated_at),  # type: ignore[arg-type]
        )


@strawberry.type
class PageInfo:
    has_next_page: bool


@strawberry.type
class PostConnection:
    nodes: list[Post]
    page_info: PageInfo
