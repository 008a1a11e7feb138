"""The operations that were asked for lately, by their text."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeAlias
from weakref import WeakValueDictionary

from cachetools import LRUCache

from resolvers.operations.preparing import Rules, prepare

if TYPE_CHECKING:
    from strawberry import Schema

    from resolvers.operations.operation import Operation

LONGEST_TEXT: Final = 32 * 1024
"""Characters. A longer text is prepared whenever it is asked for."""

ALL_KEPT: Final = 32 * 1024 * 1024
"""Bytes, about, of all operations that are kept: a client can make up any number of them."""

TURNS: Final = 2
"""Operations of one client that are being prepared, or next. Its others wait, and nobody else for them."""

_Key: TypeAlias = tuple[str, str | None]


class Operations:
    """Knows operations by their text, least recently used first out, and prepares those that are new.

    Preparing takes milliseconds, and for the largest texts a tenth of a second. It is done on one thread of its own, so
    that everybody else is answered meanwhile, and nobody can have more than one core's share of it.
    """

    def __init__(self, schema: Schema, rules: Rules | None = None) -> None:
        self._schema = schema
        self._rules = rules or Rules()
        self.kept: LRUCache[_Key, Operation] = LRUCache(ALL_KEPT, getsizeof=lambda operation: operation.weight)
        self._thread: ThreadPoolExecutor | None = None
        self._in_preparation: dict[_Key, asyncio.Future[Operation]] = {}
        self._turns: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    def known(self, text: str, name: str | None) -> Operation | None:
        """The operation of a text, or of several the one with this name, if it is kept."""
        return self.kept.get((text, name))

    async def prepare(self, text: str, name: str | None, *, client: str = "") -> Operation:
        """The operation of a text that is not known. Raises what preparing raises.

        client: who asks, and may ask for many at once.
        """
        key = (text, name)
        preparing = self._in_preparation.get(key)
        if preparing is None:
            turns = self._turns.setdefault(client, asyncio.Semaphore(TURNS))
            await turns.acquire()
            preparing = self._in_preparation.get(key)
            if preparing is not None or key in self.kept:  # it was made while this one waited
                turns.release()
                return await asyncio.shield(preparing) if preparing is not None else self.kept[key]
            if self._thread is None:
                self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="operations")
            loop = asyncio.get_running_loop()
            preparing = loop.run_in_executor(self._thread, prepare, self._schema, *key, self._rules)
            self._in_preparation[key] = preparing
            preparing.add_done_callback(lambda done: self._keep(key, done, turns))
        # Several requests may wait for it: one that is cancelled cancels nothing, and its turn ends with the work.
        return await asyncio.shield(preparing)

    def _keep(self, key: _Key, done: asyncio.Future[Operation], turns: asyncio.Semaphore) -> None:
        turns.release()
        del self._in_preparation[key]
        if done.cancelled() or done.exception() is not None:
            return
        operation = done.result()
        if len(key[0]) <= LONGEST_TEXT and operation.weight <= ALL_KEPT:
            self.kept[key] = operation

    def close(self) -> None:
        if self._thread is not None:
            self._thread.shutdown(wait=False, cancel_futures=True)
            self._thread = None
