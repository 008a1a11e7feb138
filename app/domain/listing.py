"""Asking for a page of posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.domain.platforms import Platform
    from app.domain.post import Post, PostStatus

PAGE_LIMIT = 100
"""The most posts one page may hold."""

SEARCH_LIMIT = 1000
"""Characters of a search. SQLite takes patterns of 50,000 bytes."""


class PostOrder(StrEnum):
    """Ascending; posts of the same instant by id, posts without a time last."""

    SCHEDULED_FOR = "scheduled_for"
    CREATED_AT = "created_at"
    UPDATED_AT = "updated_at"


@dataclass(frozen=True, slots=True, kw_only=True)
class PostFilter:
    """What a post must match: every part that is not None, and within a part any of its values.

    scheduled_after and scheduled_before exclude their instants. search: text that the content holds, whatever its case.
    """

    statuses: frozenset[PostStatus] | None = None
    platforms: frozenset[Platform] | None = None
    account_ids: frozenset[int] | None = None
    scheduled_after: datetime | None = None
    scheduled_before: datetime | None = None
    search: str | None = None
    post_ids: frozenset[UUID] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A place in an order: just behind the post of this instant and id. instant None: among posts without a time."""

    instant: datetime | None
    post_id: UUID

    @classmethod
    def of(cls, post: Post, order: PostOrder) -> Position:
        return cls(instant=getattr(post, order.value), post_id=post.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostListing:
    """limit: how many posts at most.

    A list starts after a position, which stays true while posts come and go, or at an offset, which does not.
    """

    filter: PostFilter = field(default_factory=PostFilter)
    order: PostOrder = PostOrder.SCHEDULED_FOR
    limit: int = 20
    after: Position | None = None
    offset: int = 0
