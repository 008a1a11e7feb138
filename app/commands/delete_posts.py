"""Delete posts of which nothing is out, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.all_or_none import for_each, get_all_to_change
from app.commands.unit import Unit, writes
from app.domain.post import Post

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


@writes
def delete_posts(unit: Unit, *, post_ids: Sequence[UUID]) -> list[UUID]:
    """The ids of what is gone, each once, in their order.

    Raises PostNotFound, and InvalidInput for posts that cannot be deleted. The number of statements does not depend
    on how many posts there are.
    """
    posts = get_all_to_change(unit, post_ids)
    for_each(posts, Post.refuse_unless_deletable)
    unit.posts.delete(*posts, now=unit.now)
    return [post.id for post in posts]
