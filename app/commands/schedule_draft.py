"""Queue a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.commands.update_post import UpdatedPost
from app.domain.changes import PostChanges
from app.domain.errors import InputIssue, IssueCode
from app.domain.post import PostStatus

if TYPE_CHECKING:
    from uuid import UUID


@writes
def schedule_draft(unit: Unit, *, post_id: UUID, changes: PostChanges, publish_now: bool = False) -> UpdatedPost:
    """The update that asks for `scheduled`, for drafts only. publish_now: due at once.

    Raises what update_post raises; InvalidInput with NOT_A_DRAFT for a post that is no draft.
    """
    post = unit.posts.get_to_change(post_id)
    changes = replace(changes, status=PostStatus.SCHEDULED)
    if post.status is not PostStatus.DRAFT:
        # That is all there is to say of it, whatever time was asked for.
        message = f"Only a draft can be scheduled. The post is {post.status}: update it to give it another time."
        issue = InputIssue(path=("status",), code=IssueCode.NOT_A_DRAFT, message=message)
        changes = PostChanges(
            expected_versions=changes.expected_versions, invalid_field=changes.invalid_field, issues=(issue,)
        )
    timed = post._replace(scheduled_for=unit.now) if publish_now else post
    updated = UpdatedPost.of(timed, changes, unit.known((post, changes)), now=unit.now)
    unit.posts.save((post, updated.post))
    return replace(updated, changed_fields=post.changed_fields(updated.post))
