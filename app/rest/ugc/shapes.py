"""A post as the `/post/…` routes show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

from typing_extensions import TypedDict

from app.domain.kind import PostKind
from app.domain.post import PostStatus
from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.ugc.examples import POST
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

STATUS = described("Where the post stands.", "scheduled", among=dict.fromkeys(STATUSES.values()))


class PostData(TypedDict):
    """A post, as these routes show it."""

    id: Annotated[str, described("post_ and the 32 digits of the post's UUID.", POST["id"])]
    account_id: Annotated[str | None, described("acc_ and the account's number; null without one.", POST["account_id"])]
    type: Annotated[str, described("Set when a post is created, and never changed.", "video", among=PostKind)]
    status: Annotated[str, STATUS]
    caption: Annotated[str, described("The post's text.", POST["caption"])]
    title: Annotated[str | None, described("A slideshow's title.", None)]
    media_urls: Annotated[list[str], described("Where its media are, in their order.", POST["media_urls"])]
    social_audio_id: Annotated[str | None, described("The social audio it plays.", None)]
    music_post_id: Annotated[str | None, described("The post whose music it plays.", None)]
    scheduled_at: Annotated[
        str | None, described("When it goes out, in UTC; null for a draft without a time.", POST["scheduled_at"])
    ]


def post_shape(post: Post) -> PostData:
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
