"""What is stored, exactly, and how many statements storing it took."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias
from uuid import UUID

from sqlalchemy import Connection, event, text
from sqlmodel import SQLModel

import app.repositories.tables  # noqa: F401 - defines the tables that SQLModel.metadata lists
from app.domain.post import Post
from app.repositories.database import Database
from app.repositories.posts import PostRepository

Dump: TypeAlias = dict[str, list[tuple[Any, ...]]]

OURS = 1
THEIRS = 2
"""The ids of the two organisations of the demo data."""

READS_OF_POSTS = {"sqlite": 4, "postgresql": 3}
"""Statements that several posts are read with; on SQLite one for their accounts, which elsewhere are joined."""


async def dump(database: Database) -> Dump:
    """Every row of every table, as the database holds it."""

    def read(connection: Connection) -> Dump:
        return {
            name: sorted((tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))), key=repr)  # noqa: S608
            for name in SQLModel.metadata.tables
        }

    return await database.read(read)


def changed_tables(before: Dump, after: Dump) -> dict[str, tuple[int, int]]:
    """For each table that differs, how many of its rows are gone, and how many are new (a changed row is both)."""
    differences = {}
    for name in before:
        gone = [row for row in before[name] if row not in after[name]]
        new = [row for row in after[name] if row not in before[name]]
        if gone or new:
            differences[name] = (len(gone), len(new))
    return differences


async def stored_post(database: Database, post_id: UUID, *, organization_id: int = OURS) -> Post:
    return await database.read(lambda connection: PostRepository(connection, organization_id).get(post_id))


@contextmanager
def statements_of(connection: Connection) -> Iterator[list[tuple[str, Any]]]:
    """The statements that run on a connection meanwhile, with their parameters."""
    statements: list[tuple[str, Any]] = []

    def note(_: object, __: object, statement: str, parameters: Any, *___: object) -> None:
        statements.append((statement, parameters))

    event.listen(connection, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(connection, "before_cursor_execute", note)
