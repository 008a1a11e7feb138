"""A disk that is full: a clear error, nothing half written, and work goes on once there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Connection, text

from app.repositories.database import Database, DatabaseUnavailable, Trouble, open_database
from app.repositories.organizations import OrganizationRepository
from tests.support.clock import NOW
from tests.support.postgresql import PostgresqlServer, unprivileged_user

LARGE = "x" * 300_000
SIZE = 24 * 1024 * 1024


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", folder], capture_output=True, text=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"No small disk can be mounted here, so that none was filled: {mounted.stderr.strip()}")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def url(engine: str, disk: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database on the small disk."""
    if engine == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_sqlite"), disk / "redraft.db")
        yield f"sqlite:///{disk / 'redraft.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    if (user := unprivileged_user()) is not None:
        # pytest's own folders let nobody else through.
        for folder in (disk, *disk.parents[:4]):
            folder.chmod(folder.stat().st_mode | 0o011)
        shutil.chown(disk, user)
    (disk / "space").mkdir()
    if user is not None:
        shutil.chown(disk / "space", user)
    name = request.getfixturevalue("migrated_postgresql")
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(f"CREATE TABLESPACE small LOCATION '{disk / 'space'}'")
        connection.execute(f"CREATE DATABASE small TEMPLATE {name} TABLESPACE small")
    yield server.url("small")
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute("DROP DATABASE small WITH (FORCE)")
        connection.execute("DROP TABLESPACE small")


def adding(*names: str) -> Callable[[Connection], None]:
    def add(connection: Connection) -> None:
        for name in names:
            OrganizationRepository(connection).add(name, now=NOW)

    return add


def adding_files(connection: Connection) -> None:
    """More than there is room for: text that neither database can make smaller, in a column without an index."""
    adding("refused")(connection)
    for number in range(100):
        text_of_it = os.urandom(150_000).hex()
        connection.execute(
            text(
                "INSERT INTO revisions (organization_id, post_id, version, changed_at, changed_by, changes)"
                " VALUES (1, :post, 1, 0, :text, '[]')"
            ),
            {"post": f"{number:032x}", "text": text_of_it},
        )


async def stored(database: Database) -> tuple[list[str], int]:
    def read(connection: Connection) -> tuple[list[str], int]:
        names = connection.execute(text("SELECT name FROM organizations ORDER BY id")).scalars().all()
        return list(names), connection.execute(text("SELECT count(*) FROM revisions")).scalar_one()

    return await database.read(read)


async def test_a_full_disk_is_told_and_nothing_is_half_written_and_work_goes_on_when_there_is_room(
    url: str, disk: Path
) -> None:
    database = await open_database(url)
    await database.write(adding("before"))
    filler = disk / "filler"
    filler.write_bytes(bytes(shutil.disk_usage(disk).free - 4_000_000))

    with pytest.raises(DatabaseUnavailable) as met:
        await database.write(adding_files)

    assert (met.value.trouble, met.value.may_be_stored) == (Trouble.FULL, False)
    assert await stored(database) == (["before"], 0)

    filler.unlink()
    await database.write(adding("after"))
    assert await stored(database) == (["before", "after"], 0)
    await database.close()
    reopened = await open_database(url)
    assert await stored(reopened) == (["before", "after"], 0)
    await reopened.close()
