"""The operations that were asked for lately, by their text."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeAlias

from cachetools import LRUCache

from resolvers.operations.preparing import Rules, prepare

if TYPE_CHECKING:
    from strawberry import Schema

    from resolvers.operations.operation import Operation

LONGEST_TEXT: Final = 32 * 1024
ALL_TEXTS: Final = 512 * 1024
"""Characters. A document takes some 70 times its text, and a client can send any number of texts: what is kept of
them together stays below 40 MB."""

_Key: TypeAlias = tuple[str, str | None]


class Operations:
    """Finds operations by their text, least recently used first out, and prepares those that are new.

    Preparing takes milliseconds, and for the largest texts a tenth of a second. It is done on one thread of its own, so
    that everybody else is answered meanwhile, and nobody can have more than one core's share of it.
    """

    def __init__(self, schema: Schema, rules: Rules | None = None) -> None:
        self._schema = schema
        self._rules = rules or Rules()
        self.kept: LRUCache[_Key, Operation] = LRUCache(ALL_TEXTS, getsizeof=len)
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="operations")
        self._in_preparation: dict[_Key, asyncio.Future[Operation]] = {}

    async def find(self, text: str, name: str | None) -> Operation:
        """The operation of a text, or of several the one with this name. Raises what preparing raises."""
        key = (text, name)
        operation = self.kept.get(key)
        if operation is None:
            operation = await self._prepared(key)
        return operation

    async def _prepared(self, key: _Key) -> Operation:
        preparing = self._in_preparation.get(key)
        if preparing is None:
            loop = asyncio.get_running_loop()
            preparing = loop.run_in_executor(self._thread, prepare, self._schema, *key, self._rules)
            self._in_preparation[key] = preparing
            preparing.add_done_callback(lambda done: self._keep(key, done))
        # Several requests may wait for it: one that is cancelled cancels nothing.
        return await asyncio.shield(preparing)

    def _keep(self, key: _Key, done: asyncio.Future[Operation]) -> None:
        del self._in_preparation[key]
        if done.cancelled() or done.exception() is not None:
            return
        if len(key[0]) <= LONGEST_TEXT:
            self.kept[key] = done.result()

    def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
