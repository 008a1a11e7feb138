"""/healthz and /readyz: whether the process lives, and whether it can work."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from app.commands.health import Health
from app.repositories.database import open_database
from tests.conftest import serving
from tests.support.clock import Clock
from tests.support.log import Log
from tests.support.postgresql import PostgresqlServer

READY = (200, {"status": "ok", "checks": {"database": "ok", "migrations": "ok"}})
GONE = (503, {"status": "unavailable", "checks": {"database": "failed", "migrations": "unknown"}})
REPLACED = (503, {"status": "unavailable", "checks": {"database": "failed", "migrations": "ok"}})
BEHIND = (503, {"status": "unavailable", "checks": {"database": "ok", "migrations": "failed"}})


@pytest.fixture(scope="module")
def own_postgresql() -> Iterator[PostgresqlServer]:
    """One that may be stopped."""
    with PostgresqlServer() as server:
        yield server


@dataclass
class Probed:
    app: FastAPI
    client: httpx.AsyncClient

    async def readyz(self) -> tuple[int, Any]:
        response = await self.client.get("/readyz")
        assert response.headers["Cache-Control"] == "no-store"
        return response.status_code, response.json()


@pytest.fixture
async def probed(
    engine: str, tmp_path: Path, clock: Clock, log: Log, request: pytest.FixtureRequest
) -> AsyncIterator[tuple[Probed, str]]:
    """A server that asks its database every time, on a database of its own; no key is known to it."""
    if engine == "sqlite":
        (tmp_path / "data").mkdir()
        url = f"sqlite:///{tmp_path / 'data' / 'redraft.db'}"
    else:
        url = request.getfixturevalue("own_postgresql").create_database()
    async with serving(url, clock) as (app, client):
        database = app.state.service.database
        seconds = count(step=10)
        app.state.health = Health(database, clock=clock, timer=lambda: next(seconds))
        await app.state.health.readiness()
        yield Probed(app, client), url


async def execute(url: str, statement: str) -> None:
    database = await open_database(url)
    await database.write(lambda connection: connection.execute(text(statement)) and None)
    await database.close()


async def test_a_server_with_its_database_is_ready(probed: tuple[Probed, str]) -> None:
    server, _ = probed

    assert await server.readyz() == READY


async def test_asking_for_readiness_changes_nothing(probed: tuple[Probed, str]) -> None:
    server, _ = probed
    database = server.app.state.service.database

    def counted(connection: Any) -> Any:
        rows = text("SELECT version_num FROM alembic_version")
        return connection.execute(rows).scalars().all()

    before = await database.read(counted)
    for _ in range(3):
        assert await server.readyz() == READY

    assert await database.read(counted) == before


async def test_a_server_whose_tables_are_of_an_older_version_is_not_ready(probed: tuple[Probed, str]) -> None:
    server, url = probed

    await execute(url, "UPDATE alembic_version SET version_num = '0001'")

    assert await server.readyz() == BEHIND


async def test_a_server_goes_on_when_a_newer_one_has_migrated_its_tables(probed: tuple[Probed, str]) -> None:
    server, url = probed

    await execute(url, "UPDATE alembic_version SET version_num = '9999'")

    assert await server.readyz() == READY


async def test_a_process_lives_that_has_no_database(
    engine: str, probed: tuple[Probed, str], tmp_path: Path, request: pytest.FixtureRequest, log: Log
) -> None:
    server, url = probed

    if engine == "sqlite":
        shutil.rmtree(tmp_path / "data")
    else:
        request.getfixturevalue("own_postgresql").stop()

    assert await server.readyz() == GONE
    alive = await server.client.get("/healthz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    warning, line = log.lines()[-2:]
    assert (warning["logger"], warning["event"]) == ("redraft.health", "the database cannot be written")
    assert (line["path"], line["status"]) == ("/readyz", 503)

    if engine == "sqlite":
        # Another file in its place: this process still writes to the one that is gone.
        database = await open_database(url)
        await database.migrate()
        await database.close()
        assert await server.readyz() == REPLACED
    else:
        request.getfixturevalue("own_postgresql").start()
        assert await server.readyz() == READY


async def test_a_database_that_only_reads_is_not_ready(
    engine: str, probed: tuple[Probed, str], request: pytest.FixtureRequest
) -> None:
    server, url = probed
    database = server.app.state.service.database
    if engine == "sqlite":
        # What SQLite answers where a file cannot be written; who runs as root may write every file.
        await database.write(lambda connection: connection.execute(text("PRAGMA query_only = 1")) and None)
    else:
        name = url.partition("@/")[2].partition("?")[0]
        own: PostgresqlServer = request.getfixturevalue("own_postgresql")
        with psycopg.connect(own.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on".encode())
            # The connections that it has were made before.
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,))

    assert await server.readyz() == GONE


async def test_a_full_disk_is_not_ready(
    probed: tuple[Probed, str], engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, _ = probed
    # More than any disk has: the machine's own is not to be filled.
    monkeypatch.setattr("app.repositories.health.ROOM", 2**80)

    assert await server.readyz() == (GONE if engine == "sqlite" else READY)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
async def test_health_is_told_without_a_key_and_to_readers_only(path: str, probed: tuple[Probed, str]) -> None:
    server, _ = probed

    assert (await server.client.get(path)).status_code == 200
    assert (await server.client.head(path)).status_code == 200
    assert (await server.client.post(path)).status_code == 405
