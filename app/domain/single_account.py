"""The rules of an API on which a post has one account and is always scheduled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.changes import PostChanges
from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.post import Known, PostStatus

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.post import Post
    from app.domain.slots import Slots


def refuse_unless_single_account(post: Post, changes: PostChanges) -> PostChanges:
    """The changes, with an issue noted for a post that such an API cannot update as asked.

    A draft is accepted only together with an account and a time; a post with several accounts only when the update
    names the one it moves to. The issue is refused by Post.apply, in its order.
    """
    moves = changes.names("account_ids")
    if post.status is PostStatus.DRAFT and not (moves and changes.names("scheduled_for")):
        issue = InputIssue(
            path=("status",),
            code=IssueCode.DRAFT_NEEDS_ACCOUNT_AND_TIME,
            message="A draft can be updated here only together with its account and its time.",
        )
    elif len(post.destinations) > 1 and not moves:
        issue = InputIssue(
            path=("account_ids",),
            code=IssueCode.SEVERAL_ACCOUNTS,
            message=f"The post goes to {len(post.destinations)} accounts: name the account that it should move to.",
        )
    else:
        return changes
    return replace(changes, issues=(issue, *changes.issues))


def retried_now(post: Post, slots: Slots, *, now: datetime) -> Post:
    """The failed post queued again: due now, or at the first free instant after. What is published of it stays so.

    Raises InvalidInput for a post that has not failed, and for one that could not be scheduled as it is.
    """
    if post.status not in (PostStatus.FAILED, PostStatus.PARTIALLY_FAILED):
        issue = InputIssue(
            path=("status",), code=IssueCode.NOTHING_TO_RETRY, message="Only a failed post can be retried."
        )
        raise InvalidInput([issue])
    return post._replace(scheduled_for=now).apply(PostChanges(status=PostStatus.SCHEDULED), Known(slots=slots), now=now)
