"""When SQLite's transaction itself fails, every unit that shared it fails, and nothing of it is stored."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable

from sqlalchemy import Connection

from app.domain.errors import Forbidden
from app.repositories.database import DatabaseUnavailable
from app.repositories.organizations import OrganizationRepository
from tests.repositories.conftest import Embedded, raw
from tests.support.clock import NOW


def adding(name: str) -> Callable[[Connection], int]:
    return lambda connection: OrganizationRepository(connection).add(name, now=NOW)


def refused(_: Connection) -> None:
    raise Forbidden("write")


def breaking_the_commit(connection: Connection) -> None:
    """A key to an organisation that does not exist, which is looked at when the transaction commits."""
    connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
    connection.exec_driver_sql(
        "INSERT INTO api_keys (organization_id, public_id, name, digest, scopes, created_at)"
        " VALUES (999, 'nobody', 'nobody', x'00', 'read', 0)"
    )


async def test_a_commit_that_fails_fails_every_unit_of_its_batch_the_refused_one_too(embedded: Embedded) -> None:
    await embedded.database.write(adding("stored before"))

    answers = await embedded.write_together(adding("one"), refused, breaking_the_commit, adding("two"))

    assert [type(answer) for answer in answers] == [sqlite3.IntegrityError] * 4
    assert [str(answer) for answer in answers] == ["FOREIGN KEY constraint failed"] * 4
    assert embedded.names() == ["stored before"]
    assert embedded.rows("SELECT public_id FROM api_keys") == []


async def test_the_database_works_after_a_commit_that_failed(embedded: Embedded) -> None:
    await embedded.write_together(breaking_the_commit, adding("lost"))

    assert await embedded.write_together(adding("one"), adding("two")) == [1, 2]
    assert embedded.names() == ["one", "two"]


def fill_up(connection: Connection) -> None:
    pages = raw(connection).execute("PRAGMA page_count").fetchone()[0]
    raw(connection).execute(f"PRAGMA max_page_count = {pages}")


def make_room(connection: Connection) -> None:
    raw(connection).execute("PRAGMA max_page_count = 1000000")


async def test_a_full_database_that_ends_the_transaction_fails_every_unit_of_the_batch(embedded: Embedded) -> None:
    def add_too_much(connection: Connection) -> None:
        # Without a RETURNING clause SQLite keeps no journal for the statement, and has to undo the whole transaction.
        statement = "INSERT INTO organizations (name, created_at) VALUES (?, 0)"
        connection.exec_driver_sql(statement, ("large" * 100_000,))

    await embedded.database.write(adding("stored before"))
    await embedded.database.write(fill_up)

    answers = await embedded.write_together(adding("one"), refused, add_too_much, adding("two"))

    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 4
    assert {str(answer) for answer in answers} == {
        "The database's disk is full: database or disk is full (SQLITE_FULL)"
    }
    assert embedded.names() == ["stored before"]

    await embedded.database.write(make_room)
    assert await embedded.write_together(adding("one"), adding("two")) == [2, 3]
    assert embedded.names() == ["stored before", "one", "two"]


async def test_a_full_database_that_ends_one_statement_fails_its_unit_alone(embedded: Embedded) -> None:
    await embedded.database.write(adding("stored before"))
    await embedded.database.write(fill_up)

    one, failed, two = await embedded.write_together(adding("one"), adding("large" * 100_000), adding("two"))

    assert (one, two) == (2, 3)
    assert isinstance(failed, DatabaseUnavailable)
    assert str(failed) == "The database's disk is full: database or disk is full (SQLITE_FULL)"
    assert embedded.names() == ["stored before", "one", "two"]


async def test_a_batch_that_cannot_begin_fails_whole_and_the_next_one_works(embedded: Embedded) -> None:
    await embedded.database.write(lambda connection: raw(connection).execute("PRAGMA busy_timeout = 0") and None)
    other_process = sqlite3.connect(embedded.path, isolation_level=None)
    other_process.execute("BEGIN IMMEDIATE")

    answers = await asyncio.gather(
        *(embedded.database.write(adding(name)) for name in ("one", "two")), return_exceptions=True
    )

    assert [type(answer) for answer in answers] == [DatabaseUnavailable] * 2
    assert {str(answer) for answer in answers} == {"The database took too long: database is locked (SQLITE_BUSY)"}
    other_process.execute("ROLLBACK")
    other_process.close()
    assert await embedded.database.write(adding("next")) == 1
    assert embedded.names() == ["next"]


async def test_writing_to_a_closed_database_is_an_error_and_not_a_wait_for_ever(embedded: Embedded) -> None:
    other = await type(embedded.database).open(embedded.path)
    await other.close()

    answers = await asyncio.wait_for(
        asyncio.gather(
            other.write(adding("late"), is_brief=embedded.is_brief), other.read(adding("late")), return_exceptions=True
        ),
        timeout=20,
    )

    assert [type(answer) for answer in answers] == [ValueError, ValueError]
    assert embedded.names() == []
