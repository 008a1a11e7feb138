"""Slots for many posts: read at once what each of them would look up by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.schedule import latest_time
from app.domain.slots import WINDOW

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from app.domain.account import Account
    from app.domain.slots import Slots


def look_at_slots(
    slots: Slots, accounts: Iterable[Account], times: Iterable[datetime | None], *, now: datetime
) -> None:
    """Read what is booked on the accounts around the times that posts are wanted at; None: one without a time."""
    gaps = {account.id: account.minimum_gap for account in accounts if account.minimum_gap}
    # No slot is looked for at any other time: what has passed is due at once, and what is too far ahead is refused.
    latest = latest_time(now)
    bookable = [time for time in times if time is not None and now <= time <= latest]
    if gaps and bookable:
        widest = max(gaps.values())
        slots.look_at(gaps.keys(), min(bookable) - widest, max(bookable) + WINDOW * widest)
