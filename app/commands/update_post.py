"""Change a post before it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, brief, writes

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.domain.changes import PostChanges
    from app.domain.post import Known, Post


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedPost:
    """changed_fields: names in the domain's snake_case; empty when the update changed nothing, and wrote nothing.

    requested_for: the time that was asked for, where it was taken and the post moved to the next free slot.
    """

    post: Post
    changed_fields: list[str]
    requested_for: datetime | None
    dry_run: bool

    @property
    def stored_version(self) -> int:
        """The version that is stored afterwards. A dry run shows the next one, and stores none."""
        return self.post.version - 1 if self.dry_run and self.changed_fields else self.post.version

    @classmethod
    def of(cls, post: Post, changes: PostChanges, known: Known, *, now: datetime, dry_run: bool = False) -> UpdatedPost:
        """What an update of this post comes to. Raises every refusal of Post.apply."""
        revised = post.apply(changes, known, now=now)
        return cls(
            post=revised,
            changed_fields=post.changed_fields(revised),
            requested_for=changes.moved_from(post.scheduled_for, revised),
            dry_run=dry_run,
        )


@brief
@writes
def update_post(unit: Unit, *, post_id: UUID, changes: PostChanges, dry_run: bool = False) -> UpdatedPost:
    """Apply changes to a post and store it; a dry run answers the same, and stores nothing.

    Raises PostNotFound, and every refusal of Post.apply.
    """
    post = unit.posts.get_to_change(post_id)
    return apply_and_store(unit, post, changes, dry_run=dry_run)


def apply_and_store(unit: Unit, post: Post, changes: PostChanges, *, dry_run: bool = False) -> UpdatedPost:
    """The update of a post that this unit has loaded to change."""
    updated = UpdatedPost.of(post, changes, unit.known((post, changes)), now=unit.now, dry_run=dry_run)
    if updated.post is not post and not dry_run:
        unit.posts.save((post, updated.post))
    return updated
