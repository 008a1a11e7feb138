"""A clock that tests set, and ids that tests can foresee."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

NOW = datetime(2026, 4, 12, 8, 30, tzinfo=UTC)
"""The instant of the documented examples' answers."""


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


class Ids:
    """UUIDs that count up from 1."""

    def __init__(self) -> None:
        self._numbers = count(1)

    def __call__(self) -> UUID:
        return UUID(int=next(self._numbers))
