"""How long an operation may take."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from graphql import OperationType

if TYPE_CHECKING:
    from asyncio import AbstractEventLoop, TimerHandle

_LOOKS: Final = 20
"""At what is running, within the shorter of the times that operations may take: one that takes longer is ended up to a
twentieth of that later."""

_SHORTEST_PAUSE: Final = 0.01
"""Seconds between two looks, however short the times are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds."""

    query: float = 15.0
    mutation: float = 60.0


class OutOfTime(Exception):
    """An operation was not answered in time. A field of a mutation that has begun is finished; no other is begun."""

    def __init__(self, kind: OperationType, seconds: float) -> None:
        is_mutation = kind is OperationType.MUTATION
        advice = (
            "The field that had begun is finished, and those after it are not begun: read before you repeat it, or "
            "repeat it under its Idempotency-Key, which goes on where it ended."
            if is_mutation
            else "Ask for less, or again later."
        )
        super().__init__(f"The {kind.value} was not answered within {seconds:g} seconds. {advice}")
        self.message = str(self)


class Deadlines:
    """Of every operation that is running.

    Hardly any is ever late. So there is no timer for each, which would take 4 µs to start and to stop, but one for all.
    """

    def __init__(self, timeouts: Timeouts) -> None:
        self._timeouts = timeouts
        self._pause = max(min(timeouts.query, timeouts.mutation) / _LOOKS, _SHORTEST_PAUSE)
        self._running: dict[asyncio.Timeout, float] = {}
        self._next_look: TimerHandle | None = None
        self._loop: AbstractEventLoop | None = None
        """Whose look that is: an application may be served by one loop after the other."""

    def of(self, kind: OperationType) -> _Deadline:
        """`async with deadlines.of(kind)`: raises OutOfTime where what is within takes longer than such may."""
        seconds = self._timeouts.mutation if kind is OperationType.MUTATION else self._timeouts.query
        return _Deadline(self, kind, seconds)

    def begin(self, timeout: asyncio.Timeout, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        self._running[timeout] = loop.time() + seconds
        if self._next_look is None or self._loop is not loop:
            self._loop = loop
            self._next_look = loop.call_later(self._pause, self._look, loop)

    def end(self, timeout: asyncio.Timeout) -> None:
        self._running.pop(timeout, None)

    def _look(self, loop: AbstractEventLoop) -> None:
        now = loop.time()
        for timeout in [timeout for timeout, until in self._running.items() if until <= now]:
            self.end(timeout)
            timeout.reschedule(now)
        self._next_look = loop.call_later(self._pause, self._look, loop) if self._running else None


class _Deadline:
    def __init__(self, deadlines: Deadlines, kind: OperationType, seconds: float) -> None:
        self._deadlines = deadlines
        self._kind = kind
        self._seconds = seconds
        self._timeout = asyncio.timeout(None)

    async def __aenter__(self) -> None:
        await self._timeout.__aenter__()
        self._deadlines.begin(self._timeout, self._seconds)

    async def __aexit__(self, kind: Any, error: Any, traceback: Any) -> None:
        self._deadlines.end(self._timeout)
        try:
            await self._timeout.__aexit__(kind, error, traceback)
        except TimeoutError:
            raise OutOfTime(self._kind, self._seconds) from None
