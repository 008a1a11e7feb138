"""The sentence that tells a GraphQL client where a post stands and what can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.post import PostStatus
from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from app.domain.post import Post


def next_step(post: Post) -> str:
    unknown = ", ".join(map(str, post.unknown_account_ids))
    if not unknown or post.status is PostStatus.PUBLISHING:
        return _where_it_stands(post)
    return (
        f"{_where_it_stands(post)} Whether it is out on {unknown} is unknown: look there, and only if it is not, "
        f"call retryPost with accountIds [{unknown}] and confirm true."
    )


def _where_it_stands(post: Post) -> str:
    match post.status:
        case PostStatus.DRAFT:
            return "The post is a draft. Update it with status SCHEDULED to queue it."
        case PostStatus.SCHEDULED if post.scheduled_for is not None:
            return (
                f"The post is scheduled for {format_instant(post.scheduled_for)}. It can be changed until it goes out."
            )
        case PostStatus.PUBLISHED:
            return "The post is published. It can no longer be changed here."
        case PostStatus.FAILED | PostStatus.PARTIALLY_FAILED if not any(item.has_failed for item in post.destinations):
            return "The network never answered where destinations say so."
        case PostStatus.FAILED | PostStatus.PARTIALLY_FAILED:
            return (
                "Publishing failed where destinations say so. "
                "Update the post with a change, or with status SCHEDULED, to queue what failed again."
            )
        case _:
            return "The post is being published. Query it again to see the outcome."
