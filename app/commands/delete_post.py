"""Delete a post that is not out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from uuid import UUID


@writes
def delete_post(unit: Unit, *, post_id: UUID, expected_versions: frozenset[int] | None = None) -> None:
    """Raises PostNotFound, AlreadyPublished, PublishingInProgress, VersionConflict."""
    post = unit.posts.get_to_change(post_id)
    post.refuse_unless_deletable()
    post.expect_version(expected_versions)
    unit.posts.delete(post, now=unit.now)
