"""Write a new post."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.domain.post import Post

if TYPE_CHECKING:
    from app.domain.changes import PostChanges
    from app.domain.kind import PostKind


@writes
def create_post(unit: Unit, *, kind: PostKind, changes: PostChanges, publish_now: bool = False) -> Post:
    """Store a new post; publish_now makes it due at once unless the changes name a time.

    Raises InvalidFieldName and InvalidInput.
    """
    post = Post.create(unit.new_id(), kind, changes, unit.known(changes), now=unit.now, publish_now=publish_now)
    unit.posts.add(post)
    return post
