"""Queue again what failed of a post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from app.domain.errors import InputIssue, InvalidFieldName
    from app.domain.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class RetriedPost:
    """retried_count: how many destinations were queued again.

    requested_for: the time that the post had, where it was taken and the post moved to the next free slot.
    """

    post: Post
    retried_count: int
    requested_for: datetime | None


@writes
def retry_post(
    unit: Unit,
    *,
    post_id: UUID,
    account_ids: frozenset[int] | None = None,
    confirm: bool = False,
    expected_versions: frozenset[int] | None = None,
    invalid_field: InvalidFieldName | None = None,
    found: Collection[InputIssue] = (),
) -> RetriedPost:
    """On these accounts, or on all. confirm: also where the post may be out already, because no answer ever came.

    Raises PostNotFound and every refusal of Post.retried.
    """
    post = unit.posts.get_to_change(post_id)
    revised, count = post.retried(
        account_ids,
        now=unit.now,
        confirm=confirm,
        slots=unit.slots,
        expected_versions=expected_versions,
        invalid_field=invalid_field,
        found=found,
    )
    unit.posts.save((post, revised))
    requested_for = None if revised.scheduled_for == post.scheduled_for else post.scheduled_for
    return RetriedPost(post=revised, retried_count=count, requested_for=requested_for)
