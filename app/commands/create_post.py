"""Write a new post."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.domain.post import Post

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.changes import PostChanges
    from app.domain.kind import PostKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedPost:
    """requested_for: the time that was asked for, where it was taken and the post moved to the next free slot."""

    post: Post
    requested_for: datetime | None


@writes
def create_post(unit: Unit, *, kind: PostKind, changes: PostChanges, publish_now: bool = False) -> CreatedPost:
    """Store a new post; publish_now makes it due at once unless the changes name a time.

    Raises InvalidFieldName and InvalidInput.
    """
    known = unit.known((None, changes))
    post = Post.create(unit.new_id(), kind, changes, known, now=unit.now, publish_now=publish_now)
    unit.posts.add(post)
    return CreatedPost(post=post, requested_for=changes.moved_from(unit.now if publish_now else None, post))
