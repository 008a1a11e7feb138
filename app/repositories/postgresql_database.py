"""PostgreSQL: the same units of work on a small pool of threads over psycopg 3.

This is what Redraft runs on when one machine is not enough: any number of processes may share one database.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from psycopg.errors import DeadlockDetected, SerializationFailure, UniqueViolation
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import DBAPIError

from app.repositories.migrations import upgrade

if TYPE_CHECKING:
    from sqlalchemy import URL

    from app.repositories.database import Work

T = TypeVar("T")

THREADS = 8
ATTEMPTS = 3
_LOST_RACES = (DeadlockDetected, SerializationFailure, UniqueViolation)
"""What PostgreSQL says to the later of two transactions that got in each other's way. Run again, it finds the work of
the first: the row that both wanted to insert is there to be read."""
_MIGRATION_LOCK = 7_215_033
"""Any number, as long as every Redraft process uses the same one."""


class PostgresqlDatabase:
    """See app.repositories.database.Database for what read, write, migrate and close promise."""

    def __init__(self, url: URL, *, threads: int = THREADS) -> None:
        self._engine = create_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=2 * threads,
            max_overflow=0,
            pool_pre_ping=True,  # a restarted server is noticed before a unit starts, not by it
            connect_args={"application_name": "redraft", "connect_timeout": 10},
        )
        # READ COMMITTED for writers: they lock the row first, and read everything else after the lock is theirs.
        # REPEATABLE READ for readers: a post and its destinations are read by several statements of one snapshot.
        self._snapshots = self._engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        # Two pools of threads: writers that wait for one locked row keep nobody from reading.
        self._readers = ThreadPoolExecutor(threads, thread_name_prefix="redraft-read")
        self._writers = ThreadPoolExecutor(threads, thread_name_prefix="redraft-write")

    async def read(self, work: Work[T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Work[T]) -> T:
        # A cancelled request stops waiting. Its unit, once on a thread, runs to its COMMIT or its ROLLBACK there.
        return await asyncio.get_running_loop().run_in_executor(self._writers, self._write, work)

    async def migrate(self) -> None:
        await self.write(_upgrade_alone)

    async def close(self) -> None:
        for threads in (self._readers, self._writers):
            await asyncio.get_running_loop().run_in_executor(None, threads.shutdown)
        self._engine.dispose()

    def _read(self, work: Work[T]) -> T:
        with self._snapshots.begin() as connection:
            return work(connection)

    def _write(self, work: Work[T]) -> T:
        for _ in range(ATTEMPTS - 1):
            try:
                return self._write_once(work)
            except DBAPIError as error:
                if not isinstance(error.orig, _LOST_RACES):
                    raise
        return self._write_once(work)

    def _write_once(self, work: Work[T]) -> T:
        with self._engine.begin() as connection:
            return work(connection)


def _upgrade_alone(connection: Connection) -> None:
    connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _MIGRATION_LOCK})
    upgrade(connection)
