"""What REST v1 shows of posts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.destination import DestinationStatus
from app.domain.media import MediaType
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.v1.posts.examples import DESTINATIONS, MEDIA, PAGINATION, POST, POST_ID
from app.rest.v1.posts.next_step import next_step

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.domain.destination import Destination
    from app.domain.media import Media
    from app.domain.post import Post


class V1Media(TypedDict):
    """An image or a video of a post."""

    media_id: Annotated[str, described("Its UUID.", MEDIA["media_id"])]
    type: Annotated[str, described("What it is.", "image", among=MediaType)]
    width: Annotated[int | None, described("Pixels; null where it is not known.", 1920)]
    height: Annotated[int | None, described("Pixels; null where it is not known.", 1080)]


class V1Destination(TypedDict):
    """The post on one account, and how far it has got there."""

    account_id: Annotated[int, described("The account's number.", 2280)]
    account_name: Annotated[str, described("What the account is called.", "@mybrand")]
    platform: Annotated[str, described("Where the account is.", "instagram", among=Platform)]
    status: Annotated[str, described("How far the post has got there.", "queued", among=DestinationStatus)]
    platform_post_id: Annotated[str | None, described("The platform's own id, once it is published.", None)]
    platform_post_url: Annotated[str | None, described("Where it can be seen, once it is published.", None)]
    published_at: Annotated[str | None, described("When it was published, in UTC.", None)]
    error: Annotated[str | None, described("Why it could not be published.", None)]
    attempts: Annotated[int, described("How often the platform has been called.", 0)]


class V1Post(TypedDict):
    """A post. PATCH accepts it back as it is."""

    post_id: Annotated[str, described("The post's UUID.", POST_ID)]
    id: Annotated[str, described("The same as post_id.", POST_ID)]
    status: Annotated[str, described("Where the post stands.", "scheduled", among=PostStatus)]
    content: Annotated[str, described("The post's text.", POST["content"])]
    account_ids: Annotated[list[int], described("The target accounts, in ascending order.", POST["account_ids"])]
    scheduled_for: Annotated[
        str | None, described("When it goes out, in UTC; null for a draft without a time.", POST["scheduled_for"])
    ]
    timezone: Annotated[str, described("An IANA name, for display only.", "UTC")]
    media_ids: Annotated[list[str], described("The ids of its media, in their order.", POST["media_ids"])]
    media: Annotated[list[V1Media], described("Its media, in their order. Send media_ids to change them.", [MEDIA])]
    platform_content: Annotated[dict[str, object], described("What single platforms get instead, by platform.", {})]
    destinations: Annotated[list[V1Destination], described("The post on each of its accounts.", DESTINATIONS)]
    created_at: Annotated[str, described("When it was written, in UTC.", POST["created_at"])]
    updated_at: Annotated[str, described("When it last changed, in UTC.", POST["updated_at"])]
    next_step: Annotated[str, described("What has happened, and what can be done next.", POST["next_step"])]


class V1Pagination(TypedDict):
    """Where a page stands in its list."""

    limit: Annotated[int, described("The most posts that the page can hold.", 20)]
    offset: Annotated[int, described("How many posts stand before it.", 0)]
    total: Annotated[int, described("How many posts there are in all.", 1)]
    has_more: Annotated[bool, described("Whether posts come after it.", False)]


class V1PostPage(TypedDict):
    """A page of a list of posts."""

    posts: Annotated[list[V1Post], described("The posts of the page.", [POST])]
    pagination: Annotated[V1Pagination, described("Where the page stands in the list.", PAGINATION)]


class V1DeletedPost(TypedDict):
    """What is left to say of a post that was deleted."""

    post_id: Annotated[str, described("The UUID that the post had.", POST_ID)]
    deleted: Annotated[bool, described("Always true.", True)]


def post_shape(
    post: Post,
    *,
    changed_fields: Sequence[str] | None = None,
    requested_for: datetime | None = None,
    dry_run: bool = False,
) -> V1Post:
    """changed_fields: what the update that is being answered changed; None when the answer is not to an update.

    requested_for: the time that was asked for, where the post moved to the next free slot. dry_run: whether this is
    the post that an update would have stored.
    """
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
        "destinations": [destination_shape(destination) for destination in post.destinations],
        "created_at": format_instant(post.created_at),
        "updated_at": format_instant(post.updated_at),
        "next_step": next_step(post, changed_fields=changed_fields, requested_for=requested_for, dry_run=dry_run),
    }


def media_shapes(post: Post) -> list[V1Media]:
    return [_media_shape(item) for item in post.media]


def _media_shape(item: Media) -> V1Media:
    return {"media_id": str(item.id), "type": item.type, "width": item.width, "height": item.height}


def destination_shape(destination: Destination) -> V1Destination:
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
