"""Write many new posts in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.commands.create_post import CreatedPost
from app.commands.unit import Unit, writes
from app.domain.errors import Refusal
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.changes import PostChanges
    from app.domain.post import Known

LIMIT: Final = 50
"""Posts that one request may create."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """publish_now: due at once unless the changes name a time."""

    changes: PostChanges
    publish_now: bool


@writes
def create_posts(unit: Unit, *, new_posts: Sequence[NewPost]) -> list[CreatedPost | Refusal]:
    """Store those standard posts that can be; the outcome of each, in their order.

    The number of statements does not depend on how many posts there are.
    """
    known = unit.known(*((None, new.changes) for new in new_posts))
    scheduled = (new for new in new_posts if new.changes.status is PostStatus.SCHEDULED)
    times = (new.changes.asked_time(unit.now if new.publish_now else None) for new in scheduled)
    unit.slots.look_around(times, known.accounts.values(), now=unit.now)

    outcomes: list[CreatedPost | Refusal] = []
    for new in new_posts:
        try:
            outcomes.append(_created(unit, new, known))
        except Refusal as refusal:
            outcomes.append(refusal)
    unit.posts.add(*(outcome.post for outcome in outcomes if isinstance(outcome, CreatedPost)))
    return outcomes


def _created(unit: Unit, new: NewPost, known: Known) -> CreatedPost:
    post = Post.create(unit.new_id(), PostKind.STANDARD, new.changes, known, now=unit.now, publish_now=new.publish_now)
    # The next post of this unit finds the slots as this one leaves them.
    unit.slots.book(post)
    asked = new.changes.moved_from(unit.now if new.publish_now else None, post)
    return CreatedPost(post=post, requested_for=asked)
