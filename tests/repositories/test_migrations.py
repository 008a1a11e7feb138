"""Migrating makes exactly the tables that the code describes, once, whoever else is at it, and never goes back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text
from sqlmodel import SQLModel

import app.repositories.migrations as migrations
from app.repositories.database import Database, open_database
from tests.repositories.storage import dump


def test_head_is_the_newest_step() -> None:
    steps = ScriptDirectory(str(Path(migrations.__file__).parent))

    assert steps.get_current_head() == migrations.HEAD


# No library reads an index on an expression back from SQLite, and two say so. The names of all are compared below.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
async def test_migrated_tables_are_those_the_code_describes(database: Database) -> None:
    differences = await database.read(
        lambda connection: compare_metadata(MigrationContext.configure(connection), SQLModel.metadata)
    )

    assert differences == []


async def test_migrated_columns_have_the_types_and_keys_the_code_describes(database: Database) -> None:
    def described(connection: Connection) -> dict[str, object]:
        return {
            name: [
                (column.name, column.type.compile(connection.dialect), column.nullable, column.primary_key)
                for column in table.columns
            ]
            for name, table in SQLModel.metadata.tables.items()
        }

    def stored(connection: Connection) -> dict[str, object]:
        inspector = inspect(connection)
        return {
            name: [
                (
                    column["name"],
                    column["type"].compile(connection.dialect),
                    column["nullable"],
                    column["name"] in inspector.get_pk_constraint(name)["constrained_columns"],
                )
                for column in inspector.get_columns(name)
            ]
            for name in SQLModel.metadata.tables
        }

    assert await database.read(stored) == await database.read(described)


async def test_migrated_indexes_are_those_the_code_describes(database: Database, engine: str) -> None:
    question = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if engine == "sqlite"
        else "SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND indexname LIKE 'ix%'"
    )

    names = await database.read(lambda connection: set(connection.execute(text(question)).scalars()))

    assert names == {str(index.name) for table in SQLModel.metadata.tables.values() for index in table.indexes}


async def test_migrating_again_changes_nothing(database: Database, demo: str) -> None:
    before = await dump(database)

    await database.migrate()

    assert await dump(database) == before


async def test_eight_processes_may_open_and_migrate_a_new_database_at_once(empty_database_url: str) -> None:
    databases = await asyncio.gather(*(open_database(empty_database_url) for _ in range(8)))

    await asyncio.gather(*(database.migrate() for database in databases))

    for database in databases:
        assert await database.read(version_of) == [migrations.HEAD]
        await database.close()


async def test_a_database_of_a_newer_redraft_is_refused_and_left_as_it_is(database: Database, demo: str) -> None:
    await database.write(lambda connection: connection.execute(text("UPDATE alembic_version SET version_num = '9999'")))
    before = await dump(database)

    with pytest.raises(ValueError, match=r"^The database was migrated by a newer Redraft: its step 9999 is not known"):
        await database.migrate()

    assert await dump(database) == before
    assert await database.read(version_of) == ["9999"]


def version_of(connection: Connection) -> list[str]:
    return list(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())
