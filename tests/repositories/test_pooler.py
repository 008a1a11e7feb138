"""Behind PgBouncer in transaction mode everything works as it does without: there, each transaction may run on another
connection of the server, which others use in between."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterator

import psycopg
import pytest
from sqlalchemy import Connection, text

from app.commands.fill_demo import SCHEDULED
from app.repositories import migrations
from app.repositories.database import Database, DatabaseUnavailable, Trouble, open_database
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS
from tests.support.clock import NOW
from tests.support.pgbouncer import Pgbouncer
from tests.support.postgresql import PostgresqlServer

TIMEOUTS = text(
    "SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),"
    " current_setting('idle_in_transaction_session_timeout')"
)


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture(scope="module")
def pooler(postgresql: PostgresqlServer) -> Iterator[Pgbouncer]:
    with Pgbouncer(postgresql) as pooler:
        yield pooler


@pytest.fixture
async def pooled(database_url: str, pooler: Pgbouncer) -> AsyncIterator[Database]:
    database = await open_database(pooler.url(database_url))
    yield database
    await database.close()


def version_of(connection: Connection) -> int:
    return PostRepository(connection, OURS).get(SCHEDULED).version


async def test_statements_that_are_repeated_on_changing_connections_work(
    pooled: Database, database: Database, demo: str
) -> None:
    versions = await asyncio.gather(
        *(pooled.read(version_of) for _ in range(100)), *(pooled.write(version_of) for _ in range(100))
    )

    assert versions == [1] * 200
    prepared = text("SELECT count(*) FROM pg_prepared_statements")
    counts = await asyncio.gather(*(pooled.read(lambda c: c.execute(prepared).scalar_one()) for _ in range(20)))
    assert counts == [0] * 20


async def test_a_reader_keeps_its_snapshot_and_cannot_write(pooled: Database, database: Database, demo: str) -> None:
    has_read, may_read_on = threading.Event(), threading.Event()

    def read_twice(connection: Connection) -> tuple[int, int, str, str]:
        before = version_of(connection)
        has_read.set()
        assert may_read_on.wait(20)
        isolation = connection.execute(text("SHOW transaction_isolation")).scalar_one()
        read_only = connection.execute(text("SHOW transaction_read_only")).scalar_one()
        return before, version_of(connection), isolation, read_only

    reading = asyncio.create_task(pooled.read(read_twice))
    assert await asyncio.to_thread(has_read.wait, 20)
    await pooled.write(lambda connection: connection.execute(text("UPDATE posts SET version = version + 1")) and None)
    may_read_on.set()

    assert await reading == (1, 1, "repeatable read", "on")
    assert await pooled.read(version_of) == 2


async def test_each_transaction_has_its_timeouts_and_leaves_none_behind(
    pooled: Database, database: Database, database_url: str, pooler: Pgbouncer
) -> None:
    limits = ("30s", "10s", "1min")

    def timeouts(connection: Connection) -> tuple[str, ...]:
        return tuple(connection.execute(TIMEOUTS).one())

    assert await pooled.read(timeouts) == await pooled.write(timeouts) == limits
    assert await database.read(timeouts) == await database.write(timeouts) == limits
    with psycopg.connect(pooler.url(database_url), autocommit=True) as stranger:
        assert stranger.execute(TIMEOUTS.text).fetchone() == ("0", "0", "0")


async def test_a_unit_that_was_refused_leaves_nothing_for_the_next_transaction(
    pooled: Database, database: Database
) -> None:
    def fail(connection: Connection) -> None:
        OrganizationRepository(connection).add("refused", now=NOW)
        raise LookupError

    for _ in range(10):
        with pytest.raises(LookupError):
            await pooled.write(fail)
    names = text("SELECT count(*) FROM organizations")
    assert await pooled.read(lambda connection: connection.execute(names).scalar_one()) == 0


async def test_locks_by_name_end_with_their_transaction(pooled: Database, database: Database) -> None:
    lock = text("SELECT pg_try_advisory_xact_lock(1)")

    answers = [await pooled.write(lambda connection: connection.execute(lock).scalar_one()) for _ in range(10)]

    assert answers == [True] * 10


async def test_eight_processes_may_migrate_a_new_database_at_once(
    empty_database_url: str, pooler: Pgbouncer, postgresql: PostgresqlServer
) -> None:
    databases = [await open_database(pooler.url(empty_database_url)) for _ in range(8)]

    await asyncio.gather(*(database.migrate() for database in databases))

    steps = text("SELECT version_num FROM alembic_version")
    for database in databases:
        assert await database.read(lambda connection: connection.execute(steps).scalars().all()) == [migrations.HEAD]
        await database.close()


async def test_a_server_that_is_away_behind_the_pooler_is_told_and_is_used_again_when_it_is_back() -> None:
    with PostgresqlServer() as server, Pgbouncer(server) as pooler:
        database = await open_database(pooler.url(server.create_database()))
        await database.migrate()
        assert await database.write(lambda connection: OrganizationRepository(connection).add("one", now=NOW)) == 1
        server.stop()

        with pytest.raises(DatabaseUnavailable) as met:
            await database.write(lambda connection: OrganizationRepository(connection).add("lost", now=NOW))
        assert met.value.trouble in (Trouble.LOST, Trouble.UNREACHABLE)
        assert not met.value.may_be_stored

        server.start()
        # The number of the sequence that the lost one took, if it got as far, is not part of this.
        await database.write(lambda connection: OrganizationRepository(connection).add("two", now=NOW))
        names = text("SELECT name FROM organizations ORDER BY id")
        assert await database.read(lambda c: c.execute(names).scalars().all()) == ["one", "two"]
        await database.close()
