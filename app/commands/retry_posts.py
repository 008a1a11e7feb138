"""Send failed posts out again, all of them or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.all_or_none import for_each, get_all_to_change
from app.commands.unit import Unit, writes
from app.domain.single_account import retried_now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.domain.post import Post


@writes
def retry_posts(unit: Unit, *, post_ids: Sequence[UUID]) -> list[Post]:
    """The posts as they are queued again, each once, in their order: due now, or as soon as their account is free.

    Raises PostNotFound, and InvalidInput for posts that have not failed. The number of statements does not depend on
    how many posts there are.
    """
    posts = get_all_to_change(unit, post_ids)
    unit.slots.look_around([unit.now], (item.account for post in posts for item in post.destinations), now=unit.now)

    def retry(post: Post) -> Post:
        retried = retried_now(post, unit.slots, now=unit.now)
        # The next post of this unit finds the slots as this one leaves them.
        unit.slots.book(retried)
        return retried

    retried = for_each(posts, retry)
    unit.posts.save(*zip(posts, retried, strict=True))
    return retried
