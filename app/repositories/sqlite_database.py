"""SQLite: one thread that writes, a few that read, one that carries the log over, and one COMMIT for many units.

aiosqlite owns the connections and their threads; whole units of work are handed to them. Handing over statement by
statement, as aiosqlite's own methods do, costs about four thread hops a statement, and lets a cancelled request leave
the write lock held.

Brief units are not handed over, but run on the event loop's thread, and only their COMMIT, which waits for the disk,
elsewhere. Two threads that both run Python pass the interpreter's lock to and fro between two cores, for every
statement and every socket: a server answered 1,500 updates a second that way, and answers 2,100 this way.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import deque
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

import aiosqlite
from sqlalchemy import Connection, create_engine
from sqlalchemy.pool import StaticPool

from app.monitoring.metrics import commit_batch_units
from app.repositories.migrations import upgrade
from app.repositories.sqlite_troubles import unavailable
from app.repositories.statements import DRIVER

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from app.repositories.database import Work

T = TypeVar("T")

READERS = 3
_WAIT = "PRAGMA busy_timeout = 5000"
"""Milliseconds that a transaction waits for another process."""
_DO_NOT_WAIT = "PRAGMA busy_timeout = 0"

CACHE = 12_000
"""KiB of pages that the connection that writes keeps at most. With SQLite's own 2,000, an update of one of 10,000 posts
read four pages from the file."""

CARRIED_AT_ONCE = 200
"""Units after which what they have changed is carried from the write-ahead log into the file, on a thread of its own.
Left to itself, SQLite does that within a COMMIT, once the log has 1,000 pages, and every unit waits for it."""

LONGEST_LOG = 16_000
"""Pages of the log, 64 MB, at which SQLite does it itself within a COMMIT, so that the log can begin anew: while others
write, the thread beside them never comes to its end. By then there is little left to carry."""

BATCH_LIMIT = 64
"""Units that share one COMMIT at most, so that the first of them does not wait for an endless queue."""


class SqliteDatabase:
    """See app.repositories.database.Database for what read, write, migrate and close promise."""

    def __init__(self, writer: _Lane, readers: Sequence[_Lane], keeper: _Lane) -> None:
        """keeper: carries what is committed from the log into the file."""
        self._writer = writer
        self._readers = readers
        self._keeper = keeper
        self._not_carried = 0
        self._carrying: asyncio.Task[None] | None = None
        self._idle_readers: asyncio.LifoQueue[_Lane] = asyncio.LifoQueue()
        for reader in readers:
            self._idle_readers.put_nowait(reader)
        self._waiting: deque[_Unit[Any]] = deque()
        self._committing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, path: Path) -> SqliteDatabase:
        """Open the file, or make it. What is made, the folder and the file, its owner alone can read."""
        _make_private(path)
        writer = await _Lane.open(path, query_only=False)
        readers = [await _Lane.open(path, query_only=True) for _ in range(READERS)]
        return cls(writer, readers, await _Lane.open(path, query_only=False))

    async def read(self, work: Work[T], *, is_brief: bool = False) -> T:
        reader = await self._idle_readers.get()
        try:
            if is_brief and reader.is_free:
                return _read_snapshot(reader, work)
            # A cancelled read leaves its thread working. The next unit for that thread queues up behind it.
            answer: T = await reader.run(lambda: _read_snapshot(reader, work))
            return answer
        finally:
            self._idle_readers.put_nowait(reader)

    async def write(self, work: Work[T], *, is_brief: bool = False) -> T:
        unit: _Unit[T] = _Unit(work, asyncio.get_running_loop().create_future(), is_brief)
        self._waiting.append(unit)
        if self._committing is None:
            self._committing = asyncio.create_task(self._commit_batches())
        return await unit.answer

    async def migrate(self) -> None:
        await self.write(upgrade)

    async def close(self) -> None:
        if self._committing is not None:
            await asyncio.shield(self._committing)
        if self._carrying is not None:
            await asyncio.shield(self._carrying)
        for lane in (*self._readers, self._keeper, self._writer):
            await lane.close()

    async def _commit_batches(self) -> None:
        """Commit what is waiting, batch after batch: units that arrive during one COMMIT form the next batch.

        This task belongs to no request, so that cancelling a request cancels no more than its waiting for the answer.
        """
        try:
            while self._waiting:
                await asyncio.sleep(0)  # whoever asks in this turn of the loop shares the COMMIT
                batch = [self._waiting.popleft() for _ in range(min(BATCH_LIMIT, len(self._waiting)))]
                try:
                    outcomes = await self._stored(batch)
                except Exception as error:  # noqa: BLE001 - that the connection is closed, say: nobody waits for ever
                    outcomes = [_Outcome(error=error) for _ in batch]
                commit_batch_units.observe(len(batch))
                for unit, outcome in zip(batch, outcomes, strict=True):
                    unit.settle(outcome)
                self._not_carried += len(batch)
                if self._not_carried >= CARRIED_AT_ONCE and self._carrying is None:
                    self._not_carried = 0
                    self._carrying = asyncio.create_task(self._carry())
        finally:
            self._committing = None

    async def _carry(self) -> None:
        """Carry what is in the log into the file, while others go on (a checkpoint that waits for nobody)."""
        try:
            await self._keeper.run(partial(self._keeper.raw.execute, "PRAGMA wal_checkpoint(PASSIVE)"))
        except (sqlite3.Error, ValueError):
            pass  # a full disk, or a closed connection: nothing is lost, and the next COMMIT that fails says why
        finally:
            self._carrying = None

    async def _stored(self, batch: Sequence[_Unit[Any]]) -> list[_Outcome]:
        """What became of each unit, after COMMIT."""
        writer = self._writer
        if not (all(unit.is_brief for unit in batch) and writer.is_free and _try_begin(writer)):
            return await writer.run(partial(_commit, writer, batch))
        outcomes = _run_brief(writer, batch)
        if outcomes is None:
            return await writer.run(partial(_commit, writer, batch))
        if not writer.raw.in_transaction:  # the transaction has failed, and every unit with it
            return outcomes
        return await writer.run(partial(_finish, writer, outcomes))


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)


@dataclass(slots=True)
class _Unit(Generic[T]):
    work: Work[T]
    answer: asyncio.Future[T]
    is_brief: bool

    def settle(self, outcome: _Outcome) -> None:
        if self.answer.done():  # the request that asked for it was cancelled meanwhile
            return
        if isinstance(outcome.error, StopIteration):  # a future cannot hold one
            self.answer.set_exception(RuntimeError("a unit of work raised StopIteration"))
        elif outcome.error is not None:
            self.answer.set_exception(outcome.error)
        else:
            self.answer.set_result(outcome.value)


@dataclass(slots=True)
class _Outcome:
    value: Any = None
    error: BaseException | None = None


class _Lane:
    """One connection and the thread it lives on."""

    def __init__(self, aio: aiosqlite.Connection, raw: sqlite3.Connection, connection: Connection) -> None:
        self._aio = aio
        self.raw = raw
        self.connection = connection
        self._waits = True
        # Two counts, each of one thread's own: nothing can be lost between them.
        self._handed_over = 0
        self._done = 0

    @property
    def is_free(self) -> bool:
        """Whether its thread has nothing to do. A request that was cancelled may have left it something."""
        return self._handed_over == self._done

    @classmethod
    async def open(cls, path: Path, *, query_only: bool) -> _Lane:
        def connect() -> sqlite3.Connection:
            # isolation_level None: this module says BEGIN and COMMIT, and nobody else does. It also sees to it that
            # only one thread at a time uses a connection, be it the connection's own or the event loop's.
            raw = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            raw.execute(_WAIT)
            _switch_to_wal(raw)
            raw.execute("PRAGMA synchronous = FULL")
            if not query_only:
                raw.execute(f"PRAGMA cache_size = -{CACHE}")
            raw.execute(f"PRAGMA wal_autocheckpoint = {LONGEST_LOG}")
            raw.execute("PRAGMA foreign_keys = ON")
            raw.execute(f"PRAGMA query_only = {int(query_only)}")
            # SQLite's own lower() knows ASCII only; a search should find É by é on both databases.
            raw.create_function("lower", 1, lambda text: text and str(text).lower(), deterministic=True)
            return raw

        aio = await aiosqlite.Connection(connect, iter_chunk_size=64)
        raw = aio._conn

        def wrap() -> Connection:
            engine = create_engine(
                "sqlite://",
                creator=lambda: raw,
                poolclass=StaticPool,
                isolation_level="AUTOCOMMIT",
                hide_parameters=True,  # an error's text must not hold what somebody writes
            )
            return engine.connect().execution_options(**{DRIVER: raw})

        return cls(aio, raw, await aio._execute(wrap))  # type: ignore[no-untyped-call]

    def begin_to_write(self, *, waits: bool) -> None:
        """waits: whether for another process that is writing, and not for long. Raises sqlite3.Error."""
        if waits is not self._waits:
            self.raw.execute(_WAIT if waits else _DO_NOT_WAIT)
            self._waits = waits
        self.raw.execute("BEGIN IMMEDIATE")

    async def run(self, function: Callable[[], T]) -> T:
        def counted() -> T:
            try:
                return function()
            finally:
                self._done += 1

        # aiosqlite's public methods each hand over one statement. Handing over a function is what they are made of.
        handed_over = self._aio._execute(counted)  # type: ignore[no-untyped-call]
        self._handed_over += 1
        result: T = await handed_over
        return result

    async def close(self) -> None:
        await self.run(self.connection.close)
        await self._aio.close()


def _switch_to_wal(raw: sqlite3.Connection) -> None:
    """Once for each file. Of two processes that switch a new file together one is sent away without a wait, whatever
    busy_timeout says, so it waits here."""
    for _ in range(100):
        try:
            raw.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            time.sleep(0.05)
    raw.execute("PRAGMA journal_mode = WAL")


def _read_snapshot(lane: _Lane, work: Work[T]) -> T:
    try:
        lane.raw.execute("BEGIN")
        try:
            return work(lane.connection)
        finally:
            if lane.raw.in_transaction:
                lane.raw.execute("ROLLBACK")
    except Exception as error:
        if (named := unavailable(error)) is None:
            raise
        raise named from error


def _commit(lane: _Lane, batch: Sequence[_Unit[Any]]) -> list[_Outcome]:
    """Run each unit in a savepoint of one transaction, and commit once for all of them.

    A unit that fails is undone alone. When the transaction itself fails, every unit of the batch fails with it, the
    refused ones too: they may have been refused because of a neighbour's change that was never stored.
    """
    try:
        lane.begin_to_write(waits=True)
    except BaseException as error:  # noqa: BLE001 - it is answered to every unit of the batch
        return _all_failed(lane, error, len(batch))
    outcomes = _run_all(lane, batch)
    return _finish(lane, outcomes) if lane.raw.in_transaction else outcomes


def _try_begin(lane: _Lane) -> bool:
    """Begin unless another process is writing: whoever calls this has no time to wait for it."""
    try:
        lane.begin_to_write(waits=False)
    except sqlite3.Error:
        return False  # what is wrong, if it is more than that, is found again and told where there is time
    return True


def _run_brief(lane: _Lane, batch: Sequence[_Unit[Any]]) -> list[_Outcome] | None:
    """Each unit in the transaction that has begun, without a savepoint: for one, SQLite copies every page that a unit
    changes. Units that are refused have changed nothing, and those that fail later than that are few.

    None: one did. The transaction is undone, so that all of them can be run again, each in a savepoint. (A change whose
    RETURNING nobody has read is none yet.)
    """
    outcomes = []
    for unit in batch:
        changed = lane.raw.total_changes
        try:
            outcome = _Outcome(value=unit.work(lane.connection))
        except BaseException as error:  # noqa: BLE001 - it is answered to the unit, or the unit is run again
            if not lane.raw.in_transaction:
                return _all_failed(lane, error, len(batch))
            if lane.raw.total_changes != changed:
                lane.raw.execute("ROLLBACK")
                return None
            outcome = _Outcome(error=unavailable(error) or error)
        if not lane.raw.in_transaction:  # with a savepoint, SQLite would have said so
            return _all_failed(lane, RuntimeError("a unit of work has ended its transaction"), len(batch))
        outcomes.append(outcome)
    return outcomes


def _run_all(lane: _Lane, batch: Sequence[_Unit[Any]]) -> list[_Outcome]:
    """Each unit in a savepoint of the transaction that has begun; where that fails, it is over."""
    try:
        return [_run_in_savepoint(lane, unit.work) for unit in batch]
    except BaseException as error:  # noqa: BLE001 - it is answered to every unit of the batch
        return _all_failed(lane, error, len(batch))


def _finish(lane: _Lane, outcomes: list[_Outcome]) -> list[_Outcome]:
    try:
        lane.raw.execute("COMMIT")
    except BaseException as error:  # noqa: BLE001 - it is answered to every unit of the batch
        return _all_failed(lane, error, len(outcomes), is_committing=True)
    return outcomes


def _all_failed(lane: _Lane, error: BaseException, count: int, *, is_committing: bool = False) -> list[_Outcome]:
    if lane.raw.in_transaction:
        lane.raw.execute("ROLLBACK")
    failed = _Outcome(error=unavailable(error, is_committing=is_committing) or error)
    return [failed] * count


def _run_in_savepoint(lane: _Lane, work: Work[Any]) -> _Outcome:
    lane.raw.execute("SAVEPOINT unit")
    try:
        outcome = _Outcome(value=work(lane.connection))
    except BaseException as error:
        if not lane.raw.in_transaction:  # a full disk or a read error ends the whole transaction, not one statement
            raise
        lane.raw.execute("ROLLBACK TO unit")
        outcome = _Outcome(error=unavailable(error) or error)
    lane.raw.execute("RELEASE unit")
    return outcome
