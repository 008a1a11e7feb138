"""What PostgreSQL does to the service around it: one that waits keeps nobody else waiting, one that is back is used."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, text

from app.commands.fill_demo import PUBLISHED, SCHEDULED
from app.repositories.database import Database, open_database
from app.repositories.postgresql_database import THREADS
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
async def other(database_url: str) -> AsyncIterator[Database]:
    """The same database as another process sees it."""
    other = await open_database(database_url)
    yield other
    await other.close()


async def test_writers_that_wait_for_one_row_keep_nobody_from_reading(
    database: Database, other: Database, demo: str
) -> None:
    is_locked, may_go = threading.Event(), threading.Event()

    def hold(connection: Connection) -> None:
        PostRepository(connection, OURS).get_to_change(SCHEDULED)
        is_locked.set()
        may_go.wait(60)

    def change(connection: Connection) -> int:
        return PostRepository(connection, OURS).get_to_change(SCHEDULED).version

    holder = asyncio.create_task(other.write(hold))
    await asyncio.to_thread(is_locked.wait)
    writers = [asyncio.create_task(database.write(change)) for _ in range(2 * THREADS)]
    try:
        post = await database.read(lambda connection: PostRepository(connection, OURS).get(PUBLISHED))
        assert post.id == PUBLISHED
        assert not any(writer.done() for writer in writers)
    finally:
        may_go.set()
    await holder
    assert await asyncio.gather(*writers) == [1] * (2 * THREADS)


async def test_connections_that_the_server_has_ended_are_replaced(
    database: Database, other: Database, demo: str
) -> None:
    def read(connection: Connection) -> int:
        return PostRepository(connection, OURS).get(SCHEDULED).version

    assert await database.read(read) == await database.write(read) == 1
    ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
    mine = "AND datname = current_database()"

    count = await other.write(lambda connection: connection.execute(text(ended + mine)).scalar_one())

    assert count >= 1
    assert await database.read(read) == await database.write(read) == 1
