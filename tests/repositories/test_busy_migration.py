"""A PostgreSQL is migrated while others are at work on it: they go on, and a migration that was cut off goes on too."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Iterator

import psycopg
import pytest
from sqlalchemy import create_engine

from app.repositories import migrations
from app.repositories.database import open_database
from tests.support.postgresql import PostgresqlServer

INDEXES = {"ix_posts_due", "ix_destinations_next_attempt", "ix_destinations_lease", "ix_revisions_events"}
POST = "00000000-0000-7000-8000-000000000001"


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture
def old_url(empty_database_url: str) -> str:
    """A database as the release before publishing left it, with one post."""
    migrate_to(empty_database_url, "0002")
    with psycopg.connect(empty_database_url) as connection:
        connection.execute("INSERT INTO organizations (id, name, created_at) VALUES (1, 'ours', 0)")
        connection.execute(
            "INSERT INTO posts (organization_id, id, kind, status, content, timezone, platform_content, version,"
            " created_at, updated_at) VALUES (1, %s, 'standard', 'draft', '', 'UTC', '{}', 1, 0, 0)",
            (POST,),
        )
    return empty_database_url


def migrate_to(url: str, step: str) -> None:
    engine = create_engine(url.replace("postgresql://", "postgresql+psycopg://"))
    with engine.connect() as connection:
        migrations.upgrade(connection, to=step)
    engine.dispose()


async def migrate(url: str) -> None:
    database = await open_database(url)
    await database.migrate()
    await database.close()


def state_of(url: str) -> tuple[str, dict[str, bool]]:
    """The step that the database is at, and which of the new indexes are there, and can be used."""
    with psycopg.connect(url) as connection:
        (step,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        rows = connection.execute(
            "SELECT relname, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid"
            " WHERE relname = ANY(%s)",
            (list(INDEXES),),
        ).fetchall()
    return step, dict(rows)


@contextlib.contextmanager
def reading(url: str) -> Iterator[psycopg.Connection]:
    """A long transaction that has read every table that is about to be changed."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        for table in ("posts", "destinations", "revisions"):
            connection.execute(f"SELECT count(*) FROM {table}")  # noqa: S608
        yield connection


def change_as_the_old_release_does(connection: psycopg.Connection, version: int) -> None:
    """Raises LockNotAvailable where it is kept waiting for much longer than a migration may wait for its locks."""
    with connection.transaction():
        connection.execute("SET LOCAL lock_timeout = '10s'")
        connection.execute("SELECT count(*) FROM destinations WHERE organization_id = 1")
        connection.execute("UPDATE posts SET version = %s WHERE organization_id = 1 AND id = %s", (version, POST))
        connection.execute(
            "INSERT INTO revisions (organization_id, post_id, version, changed_at, changed_by, changes)"
            " VALUES (1, %s, %s, 0, 'old', '[]')",
            (POST, version),
        )


async def test_writers_go_on_while_a_migration_waits_for_a_long_transaction(old_url: str) -> None:
    is_over = threading.Event()
    written = 0
    enough = threading.Event()

    def write_on() -> None:
        nonlocal written
        try:
            with psycopg.connect(old_url) as connection:
                while not is_over.is_set():
                    change_as_the_old_release_does(connection, written + 2)
                    written += 1
                    if written >= 300:
                        enough.set()
        finally:
            enough.set()

    with reading(old_url):
        migrating = asyncio.create_task(migrate(old_url))
        await asyncio.to_thread(wait_until_it_waits, old_url)
        writing = asyncio.create_task(asyncio.to_thread(write_on))
        assert await asyncio.to_thread(enough.wait, 60)
        assert written >= 300
        assert not migrating.done()
        assert state_of(old_url) == ("0002", {})
    await migrating
    is_over.set()
    await writing

    assert state_of(old_url) == (migrations.HEAD, dict.fromkeys(INDEXES, True))
    with psycopg.connect(old_url) as connection:
        assert connection.execute("SELECT version FROM posts").fetchall() == [(written + 1,)]
        assert connection.execute("SELECT count(*) FROM revisions").fetchall() == [(written,)]


def wait_until_it_waits(url: str) -> None:
    """Until a statement of the migration waits for a lock, or for the end of a transaction."""
    with psycopg.connect(url, autocommit=True) as connection:
        waiting = "SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        while connection.execute(waiting).fetchone() is None:
            pass


async def test_an_index_that_is_built_concurrently_waits_for_others_and_nobody_for_it(old_url: str) -> None:
    migrate_to(old_url, "0003")

    with reading(old_url), psycopg.connect(old_url) as writer:
        migrating = asyncio.create_task(migrate(old_url))
        await asyncio.to_thread(wait_until_it_waits, old_url)
        for version in range(2, 52):
            await asyncio.to_thread(change_as_the_old_release_does, writer, version)
        assert not migrating.done()
    await migrating

    assert state_of(old_url) == (migrations.HEAD, dict.fromkeys(INDEXES, True))


async def test_a_migration_that_was_cut_off_in_the_middle_of_an_index_goes_on_where_it_was(
    old_url: str, postgresql: PostgresqlServer
) -> None:
    migrate_to(old_url, "0003")
    with reading(old_url):
        migrating = asyncio.create_task(migrate(old_url))
        await asyncio.to_thread(wait_until_it_waits, old_url)
        with psycopg.connect(postgresql.url("postgres"), autocommit=True) as other:
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'CREATE INDEX CONCURRENTLY%'"
            )
        answers = await asyncio.gather(migrating, return_exceptions=True)
    assert [str(answer) for answer in answers] == ["The connection to the database was lost: an index was being built"]
    step, indexes = state_of(old_url)
    assert step == "0003"
    assert False in indexes.values()

    await migrate(old_url)

    assert state_of(old_url) == (migrations.HEAD, dict.fromkeys(INDEXES, True))


async def test_processes_that_wait_for_their_turn_do_not_keep_an_index_from_being_built(old_url: str) -> None:
    await asyncio.gather(*(migrate(old_url) for _ in range(4)))

    assert state_of(old_url) == (migrations.HEAD, dict.fromkeys(INDEXES, True))
