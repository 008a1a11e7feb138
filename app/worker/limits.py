"""How many calls are made at once: of one account, of one network, and altogether."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """per_account and per_network: calls on the wire; of a network that is many servers, to each of them.

    claimed: posts of one account in one claim, so that the next ones are at hand. held: calls that one worker has
    claimed, on the wire or waiting for their turn.
    """

    per_account: int = 4
    per_network: int = 32
    claimed: int = 8
    held: int = 512


class Gates:
    """Lets calls through, so many at once for each key; the others wait in the order in which they came."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._gates: dict[Hashable, asyncio.Semaphore] = {}
        self._users: Counter[Hashable] = Counter()

    @asynccontextmanager
    async def through(self, key: Hashable) -> AsyncIterator[None]:
        self._users[key] += 1
        gate = self._gates.setdefault(key, asyncio.Semaphore(self._at_once))
        try:
            async with gate:
                yield
        finally:
            self._users[key] -= 1
            if not self._users[key]:  # an account that is never heard of again leaves nothing behind
                del self._users[key], self._gates[key]

    def full(self) -> list[Hashable]:
        """The keys for which another call would have to wait."""
        return [key for key, users in self._users.items() if users >= self._at_once]
