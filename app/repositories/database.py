"""The database, as commands see it: two ways to run a whole unit of work.

A unit of work is a plain function of a connection. It is run whole on a database thread, in one transaction, and the
only asynchronous step is waiting for it: no request can hold a transaction open, and none that is cancelled can leave
one behind. Which of the two databases it runs on is decided here, by the URL, and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

_USE = "Use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."

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


def read_database_url(url: str) -> URL:
    """sqlite:///PATH or postgresql://…; raises ValueError, without the password, for any other URL."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # the second for a port that is no number
        raise ValueError(f"The database URL cannot be read. {_USE}") from None
    name = parsed.get_backend_name()
    if name not in ("sqlite", "postgresql", "postgres") or parsed.database in (None, "", ":memory:"):
        raise ValueError(f"This {name} URL names no database that Redraft can use. {_USE}")
    return parsed


async def open_database(url: str) -> Database:
    """Open, or on SQLite make, the database of a URL that read_database_url can read."""
    parsed = read_database_url(url)
    if parsed.get_backend_name() == "sqlite":
        from app.repositories.sqlite_database import SqliteDatabase

        return await SqliteDatabase.open(Path(str(parsed.database)))

    from app.repositories.postgresql_database import PostgresqlDatabase

    return PostgresqlDatabase(parsed)
