"""What is committed is carried from the log into the file beside the commits, and none of them waits for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from app.repositories.database import Work
from app.repositories.sqlite_database import CARRIED_AT_ONCE, LONGEST_LOG, SqliteDatabase
from tests.repositories.conftest import Embedded


def naming(name: str) -> Work[None]:
    def work(connection: Connection) -> None:
        connection.exec_driver_sql("INSERT INTO organizations (name, created_at) VALUES (?, 0)", (name,))

    return work


def in_the_file_itself(path: Path) -> int:
    """How many organisations somebody sees who knows nothing of the log."""
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as file:
        count: int = file.execute("SELECT count(*) FROM organizations").fetchone()[0]
    file.close()
    return count


async def eventually(holds: Callable[[], bool], database: SqliteDatabase) -> bool:
    """Whether it holds before a hundred others have been answered by the database's threads."""
    for _ in range(100):
        if holds():
            return True
        await database.read(lambda connection: connection.exec_driver_sql("SELECT 1").scalar_one())
    return False


async def test_it_is_carried_once_there_is_enough_of_it(embedded: Embedded) -> None:
    database = embedded.database
    embedded.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    before = CARRIED_AT_ONCE - 2  # making the tables was a unit too
    for number in range(before):
        await database.write(naming(str(number)), is_brief=True)
    assert in_the_file_itself(embedded.path) == 0

    await database.write(naming("one more"), is_brief=True)

    assert await eventually(lambda: in_the_file_itself(embedded.path) == before + 1, database)


async def test_a_reader_that_holds_an_old_snapshot_keeps_nobody_from_writing(embedded: Embedded) -> None:
    reader = sqlite3.connect(embedded.path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM organizations").fetchone()
    try:
        for number in range(2 * CARRIED_AT_ONCE):
            await embedded.database.write(naming(str(number)), is_brief=True)
        assert reader.execute("SELECT count(*) FROM organizations").fetchone() == (0,)
    finally:
        reader.close()

    assert len(embedded.names()) == 2 * CARRIED_AT_ONCE


async def test_a_database_that_is_closed_while_it_carries_has_everything(embedded: Embedded) -> None:
    database = await SqliteDatabase.open(embedded.path)
    for number in range(CARRIED_AT_ONCE):
        await database.write(naming(str(number)), is_brief=True)

    await database.close()

    assert len(embedded.names()) == CARRIED_AT_ONCE


async def test_the_log_is_begun_anew_when_it_is_long(embedded: Embedded) -> None:
    log = embedded.path.with_name(f"{embedded.path.name}-wal")
    length = LONGEST_LOG * 4096
    megabyte = "x" * 2**20  # which is stored twice, once in the index
    lengths = []
    for number in range(3 * length // 2**21):
        await embedded.database.write(naming(f"{number} {megabyte}"), is_brief=True)
        lengths.append(log.stat().st_size)

    assert length < max(lengths) < 1.1 * length
    assert len(embedded.names()) == len(lengths)
