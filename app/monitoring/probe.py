"""A question that others may ask as often as they like."""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

T = TypeVar("T")

PATIENCE: Final = 2.0
KEPT: Final = 1.0
"""Seconds."""


class Probe(Generic[T]):
    """Asks once at a time and once a second at most, and gives up waiting after two."""

    def __init__(
        self, ask: Callable[[], Awaitable[T]], *, timer: Callable[[], float] = monotonic, patience: float = PATIENCE
    ) -> None:
        """timer: seconds that only grow. patience: how many of them to wait."""
        self._ask = ask
        self._patience = patience
        self._timer = timer
        self._asked = float("-inf")
        self._asking: asyncio.Future[T] | None = None

    async def answer(self) -> T:
        """Raises what asking raises, and TimeoutError."""
        asking = self._asking
        if asking is None or (asking.done() and self._timer() - self._asked >= KEPT):
            self._asked = self._timer()
            asking = self._asking = asyncio.ensure_future(self._ask())
            asking.add_done_callback(_seen)
        # What takes too long is left to itself, and nothing is asked meanwhile: a database that hangs is not given
        # more to do.
        return await asyncio.wait_for(asyncio.shield(asking), self._patience)


def _seen(asking: asyncio.Future[T]) -> None:
    """Whoever asked may have gone: then nobody else would look at the error, which asyncio would complain of."""
    if not asking.cancelled():
        asking.exception()
