"""Databases for the edges' tests, copied from one that was migrated once; and a real server on the demo posts."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.repositories.database import open_database
from tests.support.postgresql import PostgresqlServer


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
def database_url(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if engine == "sqlite":
        path = tmp_path / "redraft.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), path)
        yield f"sqlite:///{path}"
        return
    server: PostgresqlServer = request.getfixturevalue("postgresql")
    url = server.create_database(template=request.getfixturevalue("migrated_postgresql"))
    yield url
    server.drop_database(url)


@dataclass(frozen=True, slots=True)
class RealServer:
    """`redraft serve --demo` in a process of its own."""

    address: str
    key: str
    database_url: str


@pytest.fixture(scope="module")
def real_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    home = tmp_path_factory.mktemp("home")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REDRAFT_")}
    environment |= {"REDRAFT_HOME": str(home), "REDRAFT_PORT": "0"}
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.cli", "serve", "--demo"],
            stdout=subprocess.PIPE,
            stderr=log,
            env=environment,
            text=True,
        )
    try:
        address = _read_address(process) or pytest.fail((home / "log").read_text())
        yield RealServer(address, (home / "demo.key").read_text().strip(), f"sqlite:///{home / 'redraft.db'}")
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=30)


def _read_address(process: subprocess.Popen[str]) -> str | None:
    """What the banner says; None when the process ends without one."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(r"ready at (http://\S+)", line):
            return found[1]
    return None


async def _migrate(url: str) -> None:
    database = await open_database(url)
    await database.migrate()
    await database.close()
