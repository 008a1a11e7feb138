"""PostgreSQL: the same units of work on a small pool of threads over psycopg 3.

This is what Redraft runs on when one machine is not enough: any number of processes may share one database.
"""

from __future__ import annotations

import asyncio
import random
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from sqlalchemy.exc import DBAPIError

from app.repositories.database import DatabaseUnavailable, Trouble
from app.repositories.postgresql_connections import open_engine
from app.repositories.postgresql_migration import migrate
from app.repositories.postgresql_troubles import PASSING, naming_troubles

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from app.repositories.database import Work

T = TypeVar("T")

THREADS: Final = 8
ATTEMPTS: Final = 3
PATIENCE: Final = 5.0
"""Seconds from when a unit is handed over, for which a server that is away is waited for: most restarts are shorter."""
_PAUSES: Final = (0.05, 0.25)
"""Seconds between looks, at random: all threads wait for the same server."""
_LOST_RACES: Final = (DeadlockDetected, SerializationFailure, UniqueViolation)
"""What PostgreSQL says to the later of two transactions that got in each other's way. Run again, it finds the work of
the first: the row that both wanted to insert is there to be read."""


class PostgresqlDatabase:
    """See app.repositories.database.Database for what read, write, migrate and close promise."""

    def __init__(self, url: URL, *, threads: int = THREADS) -> None:
        self._url = url
        self._engine = open_engine(url, connections=2 * threads)
        # READ COMMITTED for writers: they lock the row first, and read everything else after the lock is theirs.
        # REPEATABLE READ for readers: a post and its destinations are read by several statements of one snapshot.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Two pools of threads: writers that wait for one locked row keep nobody from reading.
        self._readers = ThreadPoolExecutor(threads, thread_name_prefix="redraft-read")
        self._writers = ThreadPoolExecutor(threads, thread_name_prefix="redraft-write")
        self._is_away = False

    async def read(self, work: Work[T], *, is_brief: bool = False) -> T:
        until = time.monotonic() + PATIENCE
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._patiently, self._read, work, until)

    async def write(self, work: Work[T], *, is_brief: bool = False) -> T:
        # A cancelled request stops waiting. Its unit, once on a thread, runs to its COMMIT or its ROLLBACK there.
        until = time.monotonic() + PATIENCE
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._writers, self._patiently, self._write, work, until)

    async def migrate(self) -> None:
        await asyncio.get_running_loop().run_in_executor(self._writers, migrate, self._url)

    async def close(self) -> None:
        for threads in (self._readers, self._writers):
            await asyncio.get_running_loop().run_in_executor(None, threads.shutdown)
        self._engine.dispose()

    def _patiently(self, attempt: Callable[[Work[T]], T], work: Work[T], until: float) -> T:
        """Run a unit, again while the server is away, as long as it is certain that nothing of the unit was stored."""
        # What has waited for a thread so long, because those before it waited for the server, is not tried in vain.
        if self._is_away and time.monotonic() > until:
            raise DatabaseUnavailable(Trouble.UNREACHABLE, cause="it was away already when the unit's turn came")
        while True:
            try:
                answer = attempt(work)
            except DatabaseUnavailable as error:
                self._is_away = error.trouble in PASSING
                if error.may_be_stored or not self._is_away or time.monotonic() > until:
                    raise
                time.sleep(random.uniform(*_PAUSES))  # noqa: S311
            else:
                self._is_away = False
                return answer

    def _read(self, work: Work[T]) -> T:
        with naming_troubles(), self._snapshots.connect() as connection:
            return work(connection)

    def _write(self, work: Work[T]) -> T:
        for _ in range(ATTEMPTS):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if not isinstance(error.orig, _LOST_RACES):
                    raise
                lost = error
        if isinstance(lost.orig, UniqueViolation):
            raise lost
        raise DatabaseUnavailable(Trouble.BUSY, cause=f"{ATTEMPTS} {type(lost.orig).__name__} in a row") from lost

    def _write_once(self, work: Work[T]) -> T:
        with naming_troubles(), self._engine.connect() as connection:
            answer = work(connection)
            with naming_troubles(is_committing=True):
                connection.commit()
            return answer
