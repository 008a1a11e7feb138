"""Announcements on SQLite: other processes on the same machine are heard by what they do to the files."""

from __future__ import annotations

import asyncio
import os
import time
from typing import TYPE_CHECKING, Final, TypeAlias

from app.repositories.announcements import LocalAnnouncements

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from app.repositories.announcements import Hear

INTERVAL: Final = 0.1
"""Seconds between looks at the files. A look takes some microseconds, and needs no statement."""

_TICK: Final = 0.02
"""Seconds that a file system's clock may be behind. A file changed within them may change again and look the same."""

_State: TypeAlias = tuple[tuple[int, int], ...]


class SqliteAnnouncements:
    """See app.repositories.announcements.Announcements.

    A commit writes to the write-ahead log, whoever commits. What this process commits is therefore announced a second
    time, as anybody's: nothing in the files says whose it was, and a look too many costs one statement.
    """

    are_prompt = True

    def __init__(self, path: Path) -> None:
        self._files = (f"{path}-wal", str(path))
        self._local = LocalAnnouncements()
        self._watching = asyncio.create_task(self._watch())

    def announce(self, organization_id: int) -> None:
        self._local.announce(organization_id)

    def follow(self, hear: Hear) -> Callable[[], None]:
        return self._local.follow(hear)

    async def close(self) -> None:
        self._watching.cancel()
        await self._local.close()

    async def _watch(self) -> None:
        seen = self._look()
        while True:
            may_change_unseen = abs(time.time() - _newest(seen)) < _TICK
            await asyncio.sleep(INTERVAL)
            found = self._look()
            if found != seen or may_change_unseen:
                self._local.announce(None)
            seen = found

    def _look(self) -> _State:
        """When each file was last written, in nanoseconds, and its size."""
        state: list[tuple[int, int]] = []
        for file in self._files:
            try:
                # On the event loop: it does not touch the disk.
                status = os.stat(file)
            except FileNotFoundError:  # no log: nobody has the database open
                state.append((0, 0))
            else:
                state.append((status.st_mtime_ns, status.st_size))
        return tuple(state)


def _newest(state: _State) -> float:
    return max(written for written, _ in state) / 1e9
