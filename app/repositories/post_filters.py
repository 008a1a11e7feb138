"""Listing posts, as SQL: conditions, order, and where a page starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, and_, bindparam, exists, false, func, literal_column, or_, type_coerce

from app.domain.listing import PostOrder
from app.domain.text import is_storable
from app.repositories.accounts import LARGEST_ID
from app.repositories.tables import NEVER_MS, AccountRow, DestinationRow, Instant, PostRow

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from app.domain.listing import Position, PostFilter

_posts = PostRow.__table__  # type: ignore[attr-defined]
_destinations = DestinationRow.__table__  # type: ignore[attr-defined]
_accounts = AccountRow.__table__  # type: ignore[attr-defined]


def conditions_of(filter: PostFilter) -> list[ColumnElement[bool]]:
    """None for a filter that every post matches."""
    conditions: list[ColumnElement[bool]] = []
    if filter.statuses is not None:
        conditions.append(_posts.c.status.in_(sorted(filter.statuses)))
    if filter.platforms is not None:
        conditions.append(_goes_to(_accounts.c.platform.in_(sorted(filter.platforms))))
    if filter.account_ids is not None:
        possible = sorted(id for id in filter.account_ids if 0 < id <= LARGEST_ID)
        # Written into the statement: as parameters they could be more than a database takes.
        conditions.append(
            _goes_to(_accounts.c.id.in_(bindparam("accounts", possible, expanding=True, literal_execute=True)))
        )
    if filter.scheduled_after is not None:
        conditions.append(_posts.c.scheduled_for > filter.scheduled_after)
    if filter.scheduled_before is not None:
        conditions.append(_posts.c.scheduled_for < filter.scheduled_before)
    if filter.search is not None:
        holds = _posts.c.content.icontains(filter.search, autoescape=True)
        conditions.append(holds if is_storable(filter.search) else false())
    if filter.post_ids is not None:
        # Written into the statement, like the accounts.
        conditions.append(
            _posts.c.id.in_(bindparam("posts", sorted(filter.post_ids), expanding=True, literal_execute=True))
        )
    return conditions


def sort_key(order: PostOrder) -> ColumnElement[int]:
    """The order's instant as milliseconds; posts without a time come last."""
    if order is PostOrder.SCHEDULED_FOR:
        # Spelled as in the index, constant included, so that both databases use it.
        return func.coalesce(type_coerce(_posts.c.scheduled_for, BigInteger), literal_column(str(NEVER_MS), BigInteger))
    return type_coerce(_posts.c[order.value], BigInteger)


def is_after_position(key: ColumnElement[int]) -> ColumnElement[bool]:
    """Whether a post comes after a position, the values of which are parameters."""
    instant, post_id = (
        bindparam("position_instant", type_=BigInteger),
        bindparam("position_post", type_=_posts.c.id.type),
    )
    # The first condition follows from the second. It is what both databases start reading the index at.
    return and_(key >= instant, or_(key > instant, _posts.c.id > post_id))


def values_of(position: Position) -> dict[str, Any]:
    """The parameters of is_after_position."""
    instant = NEVER_MS if position.instant is None else Instant.milliseconds(position.instant)
    return {"position_instant": instant, "position_post": position.post_id}


def _goes_to(condition: Any) -> ColumnElement[bool]:
    return exists().where(
        _destinations.c.organization_id == _posts.c.organization_id,
        _destinations.c.post_id == _posts.c.id,
        _accounts.c.organization_id == _destinations.c.organization_id,
        _accounts.c.id == _destinations.c.account_id,
        condition,
    )
