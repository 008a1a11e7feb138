"""Counting requests in this process, so that no window ever holds more of them than its limit.

A request counts for the length of the window from the instant it is let in, and is then forgotten: whatever half-open
stretch of that length one looks at, those let in during it were all counted when the last of them was. (A counter that
weighs the window before by how much of it is still in sight lets more through where requests are uneven.)

Remembering each would cost 14 MB for one key with 100,000 requests an hour. So a limit keeps MOST_INSTANTS at most: of
larger ones, requests that follow each other within a thousandth of the window are remembered as one group, all at the
instant of the last. They count up to that thousandth longer, never shorter: what is said above holds.
"""

from __future__ import annotations

from collections import deque
from time import monotonic_ns
from typing import TYPE_CHECKING, Final

from app.http.rate_limits import SECOND, Count, Use

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from app.http.rate_limits import RateLimit

MOST_INSTANTS: Final = 1000
"""What a limit remembers of one key; some 60 KB."""


def microseconds() -> int:
    """On a clock that is never set back or forward."""
    return monotonic_ns() // 1000


def grain_of(limit: RateLimit) -> int:
    """The microseconds that a group of requests may span: 0 where each is remembered by itself."""
    return 0 if limit.amount <= MOST_INSTANTS else limit.seconds * SECOND // MOST_INSTANTS


class RequestCounts:
    """The windows of every key that has asked lately."""

    def __init__(self, limits: Sequence[RateLimit], *, timer: Callable[[], int] = microseconds) -> None:
        """timer: microseconds that only grow."""
        self._limits = limits
        self._timer = timer
        self._windows: dict[str, tuple[_Window, ...]] = {}
        self._enough = MOST_INSTANTS

    async def count(self, key: str) -> Count:
        """Let a request in and count it, unless a limit is used up: then it counts for none of them."""
        now = self._timer()
        windows = self._windows.get(key) or self._begin(key, now)
        is_admitted = True
        for window in windows:
            if not window.has_room(now):
                is_admitted = False
        if is_admitted:
            for window in windows:
                window.add(now)
        return Count(is_admitted, [window.use(now) for window in windows])

    def _begin(self, key: str, now: int) -> tuple[_Window, ...]:
        if len(self._windows) >= self._enough:
            # Looked through each time their number has doubled, which costs every new key next to nothing.
            self._windows = {
                key: windows
                for key, windows in self._windows.items()
                if any(not window.is_over(now) for window in windows)
            }
            self._enough = max(MOST_INSTANTS, 2 * len(self._windows))
        self._windows[key] = windows = tuple(_Window(limit) for limit in self._limits)
        return windows


class _Window:
    """The requests of one key that still count for one limit, in groups: when its last came, and how many they are."""

    __slots__ = ("_amount", "_began", "_grain", "_instants", "_length", "_numbers", "_used")

    def __init__(self, limit: RateLimit) -> None:
        self._amount = limit.amount
        self._length = limit.seconds * SECOND
        self._grain = grain_of(limit)
        self._instants: deque[int] = deque()
        self._numbers: deque[int] = deque()
        self._began = 0
        """When the first of the newest group came."""
        self._used = 0

    def has_room(self, now: int) -> bool:
        instants = self._instants
        while instants and now - instants[0] >= self._length:
            instants.popleft()
            self._used -= self._numbers.popleft()
        return self._used < self._amount

    def add(self, now: int) -> None:
        self._used += 1
        if self._grain and self._instants and now - self._began < self._grain:
            self._instants[-1] = now
            self._numbers[-1] += 1
        else:
            self._instants.append(now)
            self._numbers.append(1)
            self._began = now

    def use(self, now: int) -> Use:
        return Use(self._used, self._instants[0] + self._length - now if self._instants else self._length)

    def is_over(self, now: int) -> bool:
        return not self._instants or now - self._instants[-1] >= self._length
