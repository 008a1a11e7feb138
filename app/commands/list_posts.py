"""Read a page of posts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.commands.unit import Unit, brief_when, reads
from app.domain.listing import PostFilter

if TYPE_CHECKING:
    from app.domain.listing import PostListing
    from app.domain.post import Post


@dataclass(frozen=True, slots=True, kw_only=True)
class PostPage:
    """total: how many posts match altogether, or None when that was not asked for."""

    posts: list[Post]
    has_more: bool
    total: int | None


def _reads_one_page_off_an_index(*, listing: PostListing, with_total: bool) -> bool:
    return listing.filter == PostFilter() and listing.offset == 0 and not with_total


@brief_when(_reads_one_page_off_an_index)
@reads
def list_posts(unit: Unit, *, listing: PostListing, with_total: bool) -> PostPage:
    """One page. Counting reads every matching row, so it is done only when asked for."""
    # One post more than asked for tells whether there is another page.
    found = unit.posts.page(replace(listing, limit=listing.limit + 1))
    return PostPage(
        posts=found[: listing.limit],
        has_more=len(found) > listing.limit,
        total=unit.posts.count(listing.filter) if with_total else None,
    )
