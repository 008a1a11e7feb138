"""Read every post that matches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.commands.unit import Unit, reads
from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.listing import PostListing

if TYPE_CHECKING:
    from app.domain.listing import PostFilter
    from app.domain.post import Post

LIMIT: Final = 1000
"""The most posts that are answered at once: a list that is not whole would not say so."""


@reads
def find_posts(unit: Unit, *, filter: PostFilter) -> list[Post]:
    """By the time they go out, the earliest first, those without a time last. Raises InvalidInput above LIMIT."""
    found = unit.posts.page(PostListing(filter=filter, limit=LIMIT + 1))
    if len(found) > LIMIT:
        message = f"More than {LIMIT} posts match: ask for fewer accounts or posts, or a shorter time."
        raise InvalidInput([InputIssue(path=(), code=IssueCode.INVALID_VALUE, message=message, limit=LIMIT)])
    return found
