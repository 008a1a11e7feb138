"""Brief units run on the event loop's thread: where they may, and without ever making it wait."""

from __future__ import annotations

import asyncio
import sqlite3
import threading

import pytest
from sqlalchemy import Connection

from app.repositories.database import DatabaseUnavailable, Work
from app.repositories.sqlite_database import SqliteDatabase
from tests.repositories.conftest import Embedded


def thread_of(_: Connection) -> str:
    return threading.current_thread().name


def waits(connection: Connection) -> int:
    """Milliseconds that a transaction on this connection waits for another process."""
    found: int = connection.exec_driver_sql("PRAGMA busy_timeout").scalar_one()
    return found


async def test_brief_units_run_where_they_are_asked_for_and_others_do_not(embedded: Embedded) -> None:
    here = threading.current_thread().name
    database = embedded.database

    assert await database.write(thread_of, is_brief=True) == await database.read(thread_of, is_brief=True) == here
    assert here not in (await database.write(thread_of), await database.read(thread_of))


async def test_one_unit_that_is_not_brief_has_its_batch_handed_over(embedded: Embedded) -> None:
    database = embedded.database
    threads = await asyncio.gather(*(database.write(thread_of, is_brief=is_brief) for is_brief in (True, False, True)))

    assert len(set(threads)) == 1
    assert threading.current_thread().name not in threads


async def test_the_event_loop_does_not_wait_for_another_process(embedded: Embedded) -> None:
    other = sqlite3.connect(embedded.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        written = asyncio.create_task(embedded.database.write(thread_of, is_brief=True))
        for _ in range(3):  # each takes some turns of the loop, in which the unit has been tried
            assert await embedded.database.read(thread_of) != threading.current_thread().name
        assert not written.done()
    finally:
        other.execute("ROLLBACK")
        other.close()

    assert await written != threading.current_thread().name  # it was waited for on the connection's own


async def test_a_unit_that_is_not_brief_waits_for_another_process_after_one_that_did_not(embedded: Embedded) -> None:
    assert await embedded.database.write(thread_of, is_brief=True) == threading.current_thread().name
    other = sqlite3.connect(embedded.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        written = asyncio.create_task(embedded.database.write(waits))
        for _ in range(3):  # as above
            await embedded.database.read(thread_of)
        assert not written.done()
    finally:
        other.execute("ROLLBACK")
        other.close()

    assert await written == 5000


async def test_a_connection_that_a_cancelled_read_left_at_work_is_used_by_nobody_else(embedded: Embedded) -> None:
    started, let_go = threading.Event(), threading.Event()

    def occupy(_: Connection) -> str:
        started.set()
        assert let_go.wait(timeout=20)
        return thread_of(_)

    given_up = asyncio.create_task(embedded.database.read(occupy))
    assert await asyncio.to_thread(started.wait, 20)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up

    read = asyncio.create_task(embedded.database.read(thread_of, is_brief=True))
    await asyncio.sleep(0)
    assert not read.done()  # of the connections that nobody waits for, the last to be given back is the first taken
    let_go.set()
    assert await read != threading.current_thread().name


async def test_a_brief_unit_that_fails_leaves_no_transaction_behind(embedded: Embedded) -> None:
    def fail(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO organizations (name, created_at) VALUES ('never', 0)")
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await embedded.database.write(fail, is_brief=True)
    with pytest.raises(DatabaseUnavailable, match="takes no changes"):
        await embedded.database.read(fail, is_brief=True)
    assert embedded.names() == []
    assert await embedded.database.write(thread_of, is_brief=True) == threading.current_thread().name


async def test_a_brief_unit_that_fails_after_it_has_changed_something_is_undone_alone(embedded: Embedded) -> None:
    def add(name: str) -> Work[str]:
        def work(connection: Connection) -> str:
            connection.exec_driver_sql("INSERT INTO organizations (name, created_at) VALUES (?, 0)", (name,))
            if name == "never":
                raise ValueError("no")
            return name

        return work

    names = ("first", "never", "last")
    answers = await asyncio.gather(
        *(embedded.database.write(add(name), is_brief=True) for name in names), return_exceptions=True
    )

    assert [str(answer) for answer in answers] == ["first", "no", "last"]
    assert set(embedded.names()) == {"first", "last"}


async def test_a_brief_unit_that_is_refused_keeps_the_others_where_they_are(embedded: Embedded) -> None:
    runs: list[str] = []

    def insert(connection: Connection) -> str:
        runs.append(thread_of(connection))
        connection.exec_driver_sql("INSERT INTO organizations (name, created_at) VALUES (?, 0)", (str(len(runs)),))
        return runs[-1]

    def refuse(_: Connection) -> None:
        raise ValueError("no")

    here = threading.current_thread().name
    units = (insert, refuse, insert)
    answers = await asyncio.gather(
        *(embedded.database.write(unit, is_brief=True) for unit in units), return_exceptions=True
    )

    assert [str(answer) for answer in answers] == [here, "no", here]
    assert runs == [here, here]
    assert set(embedded.names()) == {"1", "2"}


async def test_a_unit_that_ends_the_transaction_is_stored_by_nobody(embedded: Embedded) -> None:
    def insert(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO organizations (name, created_at) VALUES ('never', 0)")

    def end(connection: Connection) -> None:
        connection.exec_driver_sql("ROLLBACK")

    answers = await asyncio.gather(
        *(embedded.database.write(unit, is_brief=True) for unit in (insert, end, insert)), return_exceptions=True
    )

    assert [str(answer) for answer in answers] == ["a unit of work has ended its transaction"] * 3
    assert embedded.names() == []
    assert await embedded.database.write(thread_of, is_brief=True) == threading.current_thread().name


async def test_who_asks_in_one_turn_of_the_loop_shares_a_commit(
    embedded: Embedded, monkeypatch: pytest.MonkeyPatch
) -> None:
    batches: list[float] = []
    monkeypatch.setattr("app.repositories.sqlite_database.commit_batch_units.observe", batches.append)

    async def ask_a_turn_later() -> str:
        await asyncio.sleep(0)
        return await embedded.database.write(thread_of, is_brief=True)

    await asyncio.gather(embedded.database.write(thread_of, is_brief=True), ask_a_turn_later())

    assert batches == [2]


async def test_a_database_that_is_closed_answers_whoever_still_waits(embedded: Embedded) -> None:
    database = await SqliteDatabase.open(embedded.path)
    waiting = [asyncio.create_task(database.write(thread_of, is_brief=True)) for _ in range(3)]
    await asyncio.sleep(0)
    await database.close()
    late = asyncio.create_task(database.write(thread_of, is_brief=True))

    _, unanswered = await asyncio.wait([*waiting, late], timeout=20)

    assert not unanswered
    assert late.exception() is not None
