"""Slots: an account may keep a minimum gap between its posts. A post whose time is taken moves to the next free one."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from heapq import merge
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING, Final, Protocol

from app.domain.schedule import latest_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
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
        self._taken: dict[int, list[tuple[datetime, UUID]]] = {}
        self._of_post: dict[UUID, list[Booking]] = {}
        self._booked: set[UUID] = set(without)

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
        time = asked
        for after, until, other in merge(*(self._collisions(id, gap, asked) for id, gap in gaps.items())):
            # Whatever lies between here and the end of this gap collides with it: no free instant is jumped over. And
            # none that was passed over is collided with later, for they come in the order in which they start.
            if after >= time:
                break
            if time < until and other != post_id:
                time = until
        return time

    def _collisions(
        self, account_id: int, gap: timedelta, since: datetime
    ) -> Iterator[tuple[datetime, datetime, UUID]]:
        """Between which instants an account is taken, and by which post, in the order in which these times start."""
        taken = self._taken.get(account_id, [])
        for time, post_id in islice(taken, bisect_left(taken, since - gap, key=itemgetter(0)), None):
            yield time - gap, time + gap, post_id

    def look_around(self, times: Iterable[datetime | None], accounts: Iterable[Account], *, now: datetime) -> None:
        """Read at once what is booked around all the times that posts are wanted at; None: one without a time."""
        gaps = {account.id: account.minimum_gap for account in accounts if account.minimum_gap}
        # No slot is looked for at any other time: what has passed is due at once, and what is too far ahead is refused.
        latest = latest_time(now)
        bookable = [time for time in times if time is not None and now <= time <= latest]
        if gaps and bookable:
            widest = max(gaps.values())
            self.look_at(gaps.keys(), min(bookable) - widest, max(bookable) + WINDOW * widest)

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
        loaded = self._calendar.bookings(self._account_ids, since, until)
        known = [booking for id in self._booked for booking in self._of_post.get(id, ())]
        self._taken, self._of_post = {}, {}
        for booking in (*known, *(booking for booking in loaded if booking.post_id not in self._booked)):
            self._taken.setdefault(booking.account_id, []).append((booking.time, booking.post_id))
            self._of_post.setdefault(booking.post_id, []).append(booking)
        for taken in self._taken.values():
            taken.sort()

    def book(self, post: Post) -> None:
        """Remember where a post will be, though it is not stored yet."""
        self.book_for(post.id, post.slot_account_ids, post.scheduled_for)

    def book_for(self, post_id: UUID, account_ids: Collection[int], time: datetime | None) -> None:
        """Remember that a post will go out on these accounts at a time; None: that it will not."""
        for booking in self._of_post.pop(post_id, ()):
            self._taken[booking.account_id].remove((booking.time, post_id))
        self._booked.add(post_id)
        for id in account_ids:
            if time is not None:
                insort(self._taken.setdefault(id, []), (time, post_id))
                self._of_post.setdefault(post_id, []).append(Booking(account_id=id, post_id=post_id, time=time))


def all_free() -> Slots:
    """Slots of a calendar in which nothing is booked."""
    return Slots(_EmptyCalendar())
