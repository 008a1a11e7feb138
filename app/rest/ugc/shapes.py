"""What the `/post/…` routes show of a post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from typing_extensions import TypedDict

from app.domain.post import PostStatus
from app.domain.schedule import format_instant
from app.rest.ugc.ids import account_id_text, post_id_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.post import Post

STATUSES: Final[Mapping[PostStatus, str]] = {
    PostStatus.DRAFT: "draft",
    PostStatus.SCHEDULED: "scheduled",
    PostStatus.PUBLISHING: "pending",
    PostStatus.PUBLISHED: "complete",
    PostStatus.PARTIALLY_FAILED: "failed",
    PostStatus.FAILED: "failed",
}


class PostShape(TypedDict):
    id: str
    account_id: str | None
    type: str
    status: str
    caption: str
    title: str | None
    media_urls: list[str]
    social_audio_id: str | None
    music_post_id: str | None
    scheduled_at: str | None


def post_shape(post: Post) -> PostShape:
    """account_id is the first where there are several: such posts are made on other edges."""
    return {
        "id": post_id_text(post.id),
        "account_id": account_id_text(post.account_ids[0]) if post.destinations else None,
        "type": post.kind,
        "status": STATUSES[post.status],
        "caption": post.content,
        "title": post.title,
        "media_urls": [item.url for item in post.media],
        "social_audio_id": post.social_audio_id,
        "music_post_id": post.music_post_id,
        "scheduled_at": None if post.scheduled_for is None else format_instant(post.scheduled_for),
    }
