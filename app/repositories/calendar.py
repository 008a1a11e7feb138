"""The calendar of an organisation's accounts: which posts go out on them, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from app.domain.destination import DestinationStatus
from app.domain.listing import PostOrder
from app.domain.post import PostStatus
from app.domain.slots import Booking
from app.repositories.post_filters import sort_key
from app.repositories.tables import AccountRow, DestinationRow, Instant, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection

_posts = PostRow.__table__  # type: ignore[attr-defined]
_destinations = DestinationRow.__table__  # type: ignore[attr-defined]
_accounts = AccountRow.__table__  # type: ignore[attr-defined]

_time = sort_key(PostOrder.SCHEDULED_FOR)
_select_bookings = (
    select(_destinations.c.account_id, _posts.c.id, _posts.c.scheduled_for)
    .join_from(
        _posts,
        _destinations,
        (_destinations.c.organization_id == _posts.c.organization_id) & (_destinations.c.post_id == _posts.c.id),
    )
    .where(
        _posts.c.organization_id == bindparam("organization"),
        _time >= bindparam("since"),
        _time <= bindparam("until"),
        _posts.c.status != PostStatus.DRAFT,
        _destinations.c.account_id.in_(bindparam("accounts", expanding=True)),
        _destinations.c.status != DestinationStatus.FAILED,
    )
    .order_by(_time)
)
# Adding a destination takes a weaker lock on its account's row, and does not wait for this one.
_lock_accounts = (
    select(_accounts.c.id)
    .where(
        _accounts.c.organization_id == bindparam("organization"),
        _accounts.c.id.in_(bindparam("accounts", expanding=True)),
    )
    .order_by(_accounts.c.id)
    .with_for_update(key_share=True)
)


class AccountCalendar:
    """See app.domain.slots.Calendar. Drafts and what has failed take no slot."""

    def __init__(self, connection: Connection, organization_id: int, *, to_book: bool) -> None:
        """to_book: whether the answers are used to store a post, so that nobody else may use them meanwhile."""
        self._connection = connection
        self._organization_id = organization_id
        self._to_book = to_book

    def bookings(self, account_ids: Collection[int], since: datetime, until: datetime) -> list[Booking]:
        keys = {"organization": self._organization_id, "accounts": sorted(account_ids)}
        if self._to_book:
            # Of two units that look for a slot on one account the later waits here, and then sees what the first took.
            self._connection.execute(_lock_accounts, keys).all()
        window = {"since": Instant.milliseconds(since), "until": Instant.milliseconds(until)}
        return [
            Booking(account_id=row.account_id, post_id=row.id, time=row.scheduled_for)
            for row in self._connection.execute(_select_bookings, keys | window)
        ]
