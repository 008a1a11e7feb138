"""Pages of lists in the schema, as Relay's connections have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import strawberry
from graphql import GraphQLError

from app.domain.listing import PAGE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Sequence


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether more comes after this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page starts after a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item of this page.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last; send it as `after` for the next page."
    )

    @classmethod
    def of(cls, cursors: Sequence[str], *, has_more: bool, is_continued: bool) -> PageInfo:
        """is_continued: whether the page was asked for by the cursor before it."""
        return cls(
            has_next_page=has_more,
            has_previous_page=is_continued,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        )


def read_limit(first: int | None) -> int:
    """How many items a page may hold; 20 where null was sent. Raises GraphQLError for what no page can hold."""
    limit = 20 if first is None else first
    if not 0 <= limit <= PAGE_LIMIT:
        raise GraphQLError(f"`first` must be between 0 and {PAGE_LIMIT}.", extensions={"code": "BAD_USER_INPUT"})
    return limit
