"""Where a post stands, as `POST /post/status` shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.rest.described import described
from app.rest.ugc.examples import POST_ID, POST_URL
from app.rest.ugc.ids import post_id_text
from app.rest.ugc.shapes import STATUS, STATUSES

if TYPE_CHECKING:
    from app.domain.post import Post


class StatusData(TypedDict):
    """Where a post stands, and where it can be seen."""

    post_id: Annotated[str, described("post_ and the 32 digits of the post's UUID.", POST_ID)]
    status: Annotated[str, STATUS]
    postUrl: Annotated[str | None, described("Where it can be seen; null while it is published nowhere.", POST_URL)]


def status_shape(post: Post) -> StatusData:
    """postUrl is the first where there are several: such posts are made on other edges."""
    urls = (item.platform_post_url for item in post.destinations if item.is_published)
    return {
        "post_id": post_id_text(post.id),
        "status": STATUSES[post.status],
        "postUrl": next((url for url in urls if url is not None), None),
    }
