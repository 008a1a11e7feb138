"""The database, as commands see it: two ways to run a whole unit of work.

A unit of work is a plain function of a connection. It is run whole on a database thread, in one transaction, and the
only asynchronous step is waiting for it: no request can hold a transaction open, and none that is cancelled can leave
one behind. Which of the two databases it runs on is decided here, by the URL, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import Connection, make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

Work: TypeAlias = Callable[[Connection], T]
"""A unit of work. It may be run a second time where the database had to give up the first (a deadlock)."""


class Database(Protocol):
    """What both databases promise.

    A unit that has started is finished, whatever happens to the request that asked for it. When write() answers, the
    unit's changes are on disk; when it raises, nothing of the unit is kept.
    """

    async def read(self, work: Work[T]) -> T:
        """Run a unit that only reads, on one consistent snapshot."""
        ...

    async def write(self, work: Work[T]) -> T:
        """Run a unit that changes something, and commit it."""
        ...

    async def migrate(self) -> None:
        """Bring the tables to the newest version. Safe to call from several processes at once."""
        ...

    async def close(self) -> None:
        """Finish what has been handed over, then let go of every connection and thread."""
        ...


async def open_database(url: str) -> Database:
    """Open sqlite:///PATH or postgresql://…; raises ValueError, without the password, for any other URL."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError("The database URL cannot be read. Use sqlite:///PATH or postgresql://…") from None
    match parsed.get_backend_name():
        case "sqlite" if parsed.database:
            from app.repositories.sqlite_database import SqliteDatabase

            return await SqliteDatabase.open(Path(parsed.database))
        case "postgresql" | "postgres":
            from app.repositories.postgresql_database import PostgresqlDatabase

            return PostgresqlDatabase(parsed)
        case other:
            raise ValueError(f"{other} is not a database for Redraft. Use sqlite:///PATH or postgresql://…")
