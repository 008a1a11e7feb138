"""An embedded database whose units can be made to wait for each other."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import Connection

from app.repositories.sqlite_database import SqliteDatabase


class Embedded:
    """A migrated SQLite database in a file of its own. is_brief: of the units that are written together."""

    def __init__(self, database: SqliteDatabase, path: Path, *, is_brief: bool = False) -> None:
        self.database = database
        self.path = path
        self.is_brief = is_brief

    async def write_together(self, *units: Callable[[Connection], object]) -> list[object]:
        """Queue units while the writer is busy with another, so that they form one batch; answers or errors."""
        started, let_go = threading.Event(), threading.Event()

        def occupy(_: Connection) -> None:
            started.set()
            assert let_go.wait(timeout=20)

        occupied = asyncio.create_task(self.database.write(occupy))
        assert await asyncio.to_thread(started.wait, 20)
        queued = [asyncio.create_task(self.database.write(unit, is_brief=self.is_brief)) for unit in units]
        await asyncio.sleep(0)  # one turn of the loop: each task has queued its unit, and waits
        let_go.set()
        await occupied
        return await asyncio.gather(*queued, return_exceptions=True)

    def rows(self, statement: str) -> Sequence[tuple[object, ...]]:
        """What another process sees."""
        connection = sqlite3.connect(self.path)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def names(self) -> list[object]:
        """The names of the organisations that are stored."""
        return [name for (name,) in self.rows("SELECT name FROM organizations ORDER BY id")]


def raw(connection: Connection) -> sqlite3.Connection:
    """The driver's connection, inside a unit."""
    driver = connection.connection.driver_connection
    assert isinstance(driver, sqlite3.Connection)
    return driver


@pytest.fixture(params=[False, True], ids=["handed over", "brief"])
async def embedded(tmp_path: Path, request: pytest.FixtureRequest) -> AsyncIterator[Embedded]:
    path = tmp_path / "embedded.db"
    database = await SqliteDatabase.open(path)
    await database.migrate()
    yield Embedded(database, path, is_brief=request.param)
    await database.close()
