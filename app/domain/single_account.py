"""The rules of an API on which a post has one account and is always scheduled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.domain.errors import InputIssue, IssueCode
from app.domain.post import PostStatus

if TYPE_CHECKING:
    from app.domain.changes import PostChanges
    from app.domain.post import Post


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
