"""What REST v1 shows of posts and accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

from app.domain.schedule import format_instant
from app.rest.v1.next_step import next_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.domain.account import Account
    from app.domain.destination import Destination
    from app.domain.media import Media
    from app.domain.post import Post


class MediaShape(TypedDict):
    media_id: str
    type: str
    width: int | None
    height: int | None


class DestinationShape(TypedDict):
    account_id: int
    account_name: str
    platform: str
    status: str
    platform_post_id: str | None
    platform_post_url: str | None
    published_at: str | None
    error: str | None
    attempts: int


class PostShape(TypedDict):
    post_id: str
    id: str
    status: str
    content: str
    account_ids: list[int]
    scheduled_for: str | None
    timezone: str
    media_ids: list[str]
    media: list[MediaShape]
    platform_content: dict[str, object]
    destinations: list[DestinationShape]
    created_at: str
    updated_at: str
    next_step: str


class Pagination(TypedDict):
    limit: int
    offset: int
    total: int
    has_more: bool


class PostListShape(TypedDict):
    posts: list[PostShape]
    pagination: Pagination


class DeletedShape(TypedDict):
    post_id: str
    deleted: bool


class HealthShape(TypedDict):
    status: str
    can_post: bool


class AccountShape(TypedDict):
    account_id: int
    platform: str
    account_name: str
    is_active: bool
    created_at: str
    health: HealthShape


class AccountListShape(TypedDict):
    accounts: list[AccountShape]


def post_shape(post: Post, *, changed_fields: Sequence[str] | None = None) -> PostShape:
    """changed_fields: what the update that is being answered changed; None when the answer is not to an update."""
    return {
        "post_id": str(post.id),
        "id": str(post.id),
        "status": post.status,
        "content": post.content,
        "account_ids": post.account_ids,
        "scheduled_for": _time(post.scheduled_for),
        "timezone": post.timezone,
        "media_ids": [str(id) for id in post.media_ids],
        "media": media_shapes(post),
        "platform_content": dict(post.platform_content),
        "destinations": [_destination_shape(destination) for destination in post.destinations],
        "created_at": format_instant(post.created_at),
        "updated_at": format_instant(post.updated_at),
        "next_step": next_step(post, changed_fields=changed_fields),
    }


def media_shapes(post: Post) -> list[MediaShape]:
    return [_media_shape(item) for item in post.media]


def account_shape(account: Account) -> AccountShape:
    return {
        "account_id": account.id,
        "platform": account.platform,
        "account_name": account.name,
        "is_active": account.is_active,
        "created_at": format_instant(account.created_at),
        "health": {"status": "healthy" if account.is_active else "inactive", "can_post": account.is_active},
    }


def _media_shape(item: Media) -> MediaShape:
    return {"media_id": str(item.id), "type": item.type, "width": item.width, "height": item.height}


def _destination_shape(destination: Destination) -> DestinationShape:
    return {
        "account_id": destination.account.id,
        "account_name": destination.account.name,
        "platform": destination.account.platform,
        "status": destination.status,
        "platform_post_id": destination.platform_post_id,
        "platform_post_url": destination.platform_post_url,
        "published_at": _time(destination.published_at),
        "error": destination.error,
        "attempts": destination.attempts,
    }


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)
