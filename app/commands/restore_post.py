"""Make a post say again what an earlier version of it said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.commands.update_post import UpdatedPost, apply_and_store
from app.domain.history import changes_back_to

if TYPE_CHECKING:
    from uuid import UUID


@writes
def restore_post(
    unit: Unit, *, post_id: UUID, version: int, expected_versions: frozenset[int] | None = None
) -> UpdatedPost:
    """An ordinary update, which makes a new version. Raises what update_post raises."""
    post = unit.posts.get_to_change(post_id)
    since = unit.revisions.since(post_id, version)
    return apply_and_store(unit, post, changes_back_to(version, post, since, expected_versions=expected_versions))
