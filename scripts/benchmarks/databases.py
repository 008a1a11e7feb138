"""Databases to measure on: both engines, with as many posts as are asked for, scheduled over the coming year."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, text
from uuid6 import uuid7

from app.commands.service import Service
from app.repositories.database import Database, open_database
from app.repositories.tables import Instant
from tests.support.postgresql import PostgresqlServer

ENGINES = ("sqlite", "postgresql")
ORGANIZATIONS = 20
ACCOUNTS = 50
"""Of each organisation."""

_NUMBERS = {
    "sqlite": "WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < :count) {} numbers",
    "postgresql": "{} generate_series(1, :count) AS numbers(n)",
}
_ID = {
    "sqlite": "printf('%032x', n + :offset)",
    "postgresql": "lpad(to_hex(CAST(n AS BIGINT) + :offset), 32, '0')::uuid",
}
_POSTS = (
    "SELECT 1 + n % {organizations}, {id}, 'standard', 'scheduled', 'A post of the usual length, number ' || n, "
    ":start + CAST(n AS BIGINT) * :step, 'UTC', '{{}}', 1, :start, :start FROM"
)
_DESTINATIONS = "SELECT 1 + n % {organizations}, {id}, 1 + (n / {organizations}) % {accounts}, 'queued', 0 FROM"


def _insert(engine: str, into: str, selected: str) -> str:
    filled = selected.format(organizations=ORGANIZATIONS, accounts=ACCOUNTS, id=_ID[engine])
    return f"INSERT INTO {into} {_NUMBERS[engine].format(filled)}"


def add_posts(connection: Connection, count: int, *, first: datetime, step_ms: int, offset: int = 0) -> None:
    """Posts of one destination each, in turn of every organisation and account, from `first` on.

    offset: what their ids start after.
    """
    engine = connection.dialect.name
    start = Instant.milliseconds(first)
    posts = (
        "posts (organization_id, id, kind, status, content, scheduled_for, timezone, platform_content, version, "
        "created_at, updated_at)"
    )
    destinations = "destinations (organization_id, post_id, account_id, status, attempts)"
    values = {"count": count, "offset": offset}
    connection.execute(text(_insert(engine, posts, _POSTS)), {**values, "start": start, "step": step_ms})
    connection.execute(text(_insert(engine, destinations, _DESTINATIONS)), values)


def _fill(connection: Connection, count: int) -> None:
    now = datetime.now(UTC)
    created = Instant.milliseconds(now)
    for organization in range(1, ORGANIZATIONS + 1):
        connection.execute(
            text("INSERT INTO organizations (id, name, created_at) VALUES (:id, :name, :at)"),
            {"id": organization, "name": f"organisation {organization}", "at": created},
        )
        connection.execute(
            text(
                "INSERT INTO accounts (organization_id, id, platform, name, is_active, created_at) "
                "VALUES (:organization, :id, 'webhook', '@account', true, :at)"
            ),
            [{"organization": organization, "id": id, "at": created} for id in range(1, ACCOUNTS + 1)],
        )
    year_ms = 365 * 24 * 3600 * 1000
    add_posts(connection, count, first=now.replace(year=now.year + 1), step_ms=year_ms // count)


@asynccontextmanager
async def filled(engine: str, *counts: int) -> AsyncIterator[list[Database]]:
    """A database for each count of posts, side by side on one engine."""
    with TemporaryDirectory(prefix="redraft-bench-") as folder, PostgresqlServer() as server:
        databases = []
        for count in counts:
            url = f"sqlite:///{Path(folder) / f'{count}.db'}" if engine == "sqlite" else server.create_database()
            database = await open_database(url)
            databases.append(database)
            await database.migrate()
            await database.write(lambda connection, count=count: _fill(connection, count))
            await database.write(lambda connection: connection.execute(text("ANALYZE")) and None)
        try:
            yield databases
        finally:
            for database in databases:
                await database.close()


def service_on(database: Database) -> Service:
    return Service(database, clock=lambda: datetime.now(UTC), new_id=uuid7)
