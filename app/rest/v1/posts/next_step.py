"""The sentence that tells a REST v1 client what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.post import PostStatus
from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from app.domain.post import Post


def next_step(
    post: Post,
    *,
    changed_fields: Sequence[str] | None = None,
    requested_for: datetime | None = None,
    dry_run: bool = False,
) -> str:
    """What has just happened, if an update is being answered, then where the post stands and what can be done."""
    moved = "" if requested_for is None else f"{format_instant(requested_for)} was taken. "
    if dry_run and changed_fields:
        return f"Dry run: nothing was stored. {moved}Send the request without dry_run to make the change."
    return moved + _outcome(post, changed_fields)


def retry_next_step(post: Post, *, retried_count: int) -> str:
    """What a client does after some of a post was queued again."""
    destinations = "1 destination" if retried_count == 1 else f"{retried_count} destinations"
    return f"{destinations} re-queued. Poll GET /v1/posts/{post.id} to watch publish status.{_what_is_unknown(post)}"


def _outcome(post: Post, changed_fields: Sequence[str] | None) -> str:
    if changed_fields is None:
        return _where_it_stands(post)
    if not changed_fields:
        return f"Nothing changed. {_where_it_stands(post)}"
    if post.status is PostStatus.SCHEDULED and post.scheduled_for is not None and "scheduled_for" in changed_fields:
        return f"Post rescheduled to {format_instant(post.scheduled_for)}. {_check_status(post)}"
    return f"Post updated. {_where_it_stands(post)}"


def _where_it_stands(post: Post) -> str:
    return f"{_what_can_be_done(post)}{_what_is_unknown(post)}"


def _what_is_unknown(post: Post) -> str:
    """The sentence about the accounts on which nobody knows, a space before it; nothing where there are none, and
    while the post is on the wire."""
    accounts = ", ".join(map(str, post.unknown_account_ids))
    if not accounts or post.status is PostStatus.PUBLISHING:
        return ""
    return (
        f" Whether it is out on {accounts} is unknown: look there, and only if it is not, "
        f'POST /v1/posts/{post.id}/retry with {{"account_ids": [{accounts}], "confirm": true}}.'
    )


def _what_can_be_done(post: Post) -> str:
    match post.status:
        case PostStatus.DRAFT:
            return f'The post is a draft. PATCH /v1/posts/{post.id} with status "scheduled" to queue it.'
        case PostStatus.SCHEDULED if post.scheduled_for is not None:
            return f"The post is scheduled for {format_instant(post.scheduled_for)}. {_check_status(post)}"
        case PostStatus.PUBLISHED:
            return "The post is published. It can no longer be changed here."
        case PostStatus.FAILED | PostStatus.PARTIALLY_FAILED if not any(item.has_failed for item in post.destinations):
            return "The network never answered where destinations say so."
        case PostStatus.FAILED | PostStatus.PARTIALLY_FAILED:
            return (
                "Publishing failed where destinations say so. "
                f'PATCH /v1/posts/{post.id} with a change, or with status "scheduled", to queue what failed again.'
            )
        case _:
            return f"The post is being published. {_check_status(post)}"


def _check_status(post: Post) -> str:
    return f"Call GET /v1/posts/{post.id} to check status."
