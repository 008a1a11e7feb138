"""What tests of the database and of the edges stand on: both databases, a clock, demo posts, and a client."""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from fastapi.dependencies import models

from app.commands.fill_demo import try_fill_demo
from app.commands.manage_keys import create_key
from app.commands.service import Service
from app.domain.api_key import Scope, new_secret
from app.main import create_app
from app.repositories.database import Database, open_database
from app.settings import Settings
from tests.support.clock import Clock, Ids
from tests.support.log import Log, logging_to
from tests.support.postgresql import PostgresqlServer


def pytest_collection_finish() -> None:
    """What is there before the first test is there after the last: no collection of garbage goes through it again."""
    gc.collect()
    gc.freeze()


def pytest_runtest_logfinish() -> None:
    """FastAPI remembers what it has found out of its last 4,096 functions, and so keeps an application for each of
    the functions that are made with one. A thousand of them make every collection of garbage take seconds."""
    for remembered in (
        models._is_gen_callable_cached,
        models._is_async_gen_callable_cached,
        models._is_coroutine_callable_cached,
    ):
        remembered.cache_clear()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresqlServer]:
    with PostgresqlServer() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> str:
    """Every test that touches a database runs on both."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "redraft.db"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgresql(postgresql: PostgresqlServer) -> str:
    url = postgresql.create_database()
    asyncio.run(_migrate(url))
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture
def empty_database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A database that no migration has seen."""
    if engine == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.create_database()
    yield url
    server.drop_database(url)


@pytest.fixture
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """A migrated database, copied from one that was migrated once."""
    if engine == "sqlite":
        path = tmp_path / "redraft.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.create_database(template=request.getfixturevalue("migrated_postgresql"))
    yield url
    server.drop_database(url)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def log() -> Iterator[Log]:
    """What a server would log meanwhile, as JSON lines."""
    with logging_to(StringIO()) as log:
        yield log


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A migrated database without any row."""
    database = await open_database(database_url)
    await database.migrate()
    yield database
    await database.close()


@pytest.fixture
async def demo(database: Database, clock: Clock) -> str:
    """The database filled with the demo posts (app/commands/fill_demo.py); the key of their organisation, of id 1."""
    secret = new_secret()
    assert await database.write(lambda connection: try_fill_demo(connection, secret=secret, now=clock()))
    return secret


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    """Runs commands on the demo posts: `await service.run(1, command, …)`."""
    return Service(database, clock=clock, new_id=Ids())


async def _migrate(url: str) -> None:
    database = await open_database(url)
    await database.migrate()
    await database.close()


@asynccontextmanager
async def serving(database_url: str, clock: Clock, **settings: Any) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    """The whole application in this process, on an existing database, and a client without a key."""
    with TemporaryDirectory() as home:
        app = create_app(Settings(database_url=database_url, home=Path(home), **settings), clock=clock, new_id=Ids())
        async with app.router.lifespan_context(app):
            transport = httpx.ASGITransport(app)
            async with httpx.AsyncClient(transport=transport, base_url="http://redraft.test") as client:
                yield app, client


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on the demo posts, with the key of their organisation."""
    async with serving(database_url, clock) as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        yield client


async def key_with(database: Database, clock: Clock, *scopes: Scope, organization: str = "Redraft Demo") -> str:
    """Another key of the demo's organisation, with these scopes only."""
    return await database.write(
        lambda connection: create_key(connection, organization=organization, name="other", scopes=scopes, now=clock())
    )
