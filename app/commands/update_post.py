"""Change a post before it goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.changes import PostChanges
    from app.domain.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatedPost:
    """changed_fields: names in the domain's snake_case; empty when the update changed nothing, and wrote nothing."""

    post: Post
    changed_fields: list[str]
    dry_run: bool


@writes
def update_post(unit: Unit, *, post_id: UUID, changes: PostChanges, dry_run: bool = False) -> UpdatedPost:
    """Apply changes to a post and store it; a dry run answers the same, and stores nothing.

    Raises PostNotFound, and every refusal of Post.apply.
    """
    post = unit.posts.get_to_change(post_id)
    return apply_and_store(unit, post, changes, dry_run=dry_run)


def apply_and_store(unit: Unit, post: Post, changes: PostChanges, *, dry_run: bool = False) -> UpdatedPost:
    """The update of a post that this unit has loaded to change."""
    revised = post.apply(changes, unit.known(changes, to=post), now=unit.now)
    if revised is not post and not dry_run:
        unit.posts.save(post, revised)
    return UpdatedPost(post=revised, changed_fields=post.changed_fields(revised), dry_run=dry_run)
