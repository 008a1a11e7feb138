"""Read one post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, brief, reads

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.post import Post


@brief
@reads
def get_post(unit: Unit, *, post_id: UUID) -> Post:
    """Raises PostNotFound."""
    return unit.posts.get(post_id)
