"""Slots: an account may keep a minimum gap between its posts. A post whose time is taken moves to the next free one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime, timedelta
    from uuid import UUID

    from app.domain.account import Account
    from app.domain.post import Post

WINDOW: Final = 200
"""How many gaps ahead are looked at in the first go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """A post that goes out, or went out, on an account at a time."""

    account_id: int
    post_id: UUID
    time: datetime


class Calendar(Protocol):
    """Where bookings are kept."""

    def bookings(self, account_ids: Collection[int], since: datetime, until: datetime) -> Collection[Booking]:
        """Every booking of these accounts from one instant to another, both included."""
        ...


class _EmptyCalendar:
    def bookings(self, account_ids: Collection[int], since: datetime, until: datetime) -> Collection[Booking]:
        return ()


class Slots:
    """Finds free instants in a calendar, and knows what has been booked with it since."""

    def __init__(self, calendar: Calendar, *, without: Collection[UUID] = ()) -> None:
        """without: posts that are looked at as if they were not there."""
        self._calendar = calendar
        self._account_ids: frozenset[int] = frozenset()
        self._window: tuple[datetime, datetime] | None = None
        self._loaded: Collection[Booking] = ()
        self._booked: dict[UUID, list[Booking]] = {id: [] for id in without}

    def first_free(self, asked: datetime, accounts: Collection[Account], *, post_id: UUID | None = None) -> datetime:
        """The first instant from `asked` on that is free on every account. A post is not in its own way."""
        gaps = {account.id: account.minimum_gap for account in accounts if account.minimum_gap}
        if not gaps:
            return asked
        widest = max(gaps.values())
        ahead = WINDOW * widest
        while True:
            self.look_at(gaps.keys(), asked - widest, asked + ahead)
            time = self._first_free_of_known(asked, gaps, post_id)
            if time + widest <= asked + ahead:
                return time
            # Looking twice as far each time, a calendar of any length is read in a few goes.
            ahead *= 2

    def _first_free_of_known(self, asked: datetime, gaps: Mapping[int, timedelta], post_id: UUID | None) -> datetime:
        taken = sorted(
            (booking.time - gaps[booking.account_id], booking.time + gaps[booking.account_id])
            for booking in self._known()
            if booking.account_id in gaps and booking.post_id != post_id
        )
        time = asked
        for after, until in taken:
            # Whatever lies between here and the end of this gap collides with it: no free instant is jumped over. And
            # none that was passed over is collided with later, for they come in the order in which they start.
            if after < time < until:
                time = until
        return time

    def look_at(self, account_ids: Collection[int], since: datetime, until: datetime) -> None:
        """Read the bookings of these accounts between two instants, unless they have been read already."""
        is_known = self._account_ids.issuperset(account_ids)
        if self._window is not None:
            if is_known and self._window[0] <= since and until <= self._window[1]:
                return
            # What one post has looked at stays known to the next.
            since, until = min(since, self._window[0]), max(until, self._window[1])
        self._account_ids = self._account_ids.union(account_ids)
        self._window = (since, until)
        self._loaded = self._calendar.bookings(self._account_ids, since, until)

    def book(self, post: Post) -> None:
        """Remember where a post will be, though it is not stored yet."""
        self.book_for(post.id, post.slot_account_ids, post.scheduled_for)

    def book_for(self, post_id: UUID, account_ids: Collection[int], time: datetime | None) -> None:
        """Remember that a post will go out on these accounts at a time; None: that it will not."""
        self._booked[post_id] = [
            Booking(account_id=id, post_id=post_id, time=time) for id in account_ids if time is not None
        ]

    def _known(self) -> list[Booking]:
        stored = [booking for booking in self._loaded if booking.post_id not in self._booked]
        return [*stored, *(booking for bookings in self._booked.values() for booking in bookings)]


def all_free() -> Slots:
    """Slots of a calendar in which nothing is booked."""
    return Slots(_EmptyCalendar())
