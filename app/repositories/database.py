"""The database, as commands see it: two ways to run a whole unit of work.

A unit of work is a plain function of a connection. It is run whole on a database thread, in one transaction, and the
only asynchronous step is waiting for it: no request can hold a transaction open, and none that is cancelled can leave
one behind. Which of the two databases it runs on is decided here, by the URL, and nowhere else.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Final, Protocol, TypeAlias, TypeVar

from sqlalchemy import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError

T = TypeVar("T")

_USE = "Use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."

_SEVERAL_HOSTS: Final = re.compile(
    r"(?P<scheme>postgres(?:ql)?(?:\+psycopg)?://)(?P<user>[^@/]*@)?(?P<hosts>[^/?@]+,[^/?@]+)(?P<rest>/.*)?"
)

Work: TypeAlias = Callable[[Connection], T]
"""A unit of work. It may be run a second time where the database gave up the first, and nothing of it was stored: two
transactions were in each other's way, or the connection was lost before COMMIT."""


class Trouble(Enum):
    """What keeps a database from doing a unit of work, in words that a caller may be shown."""

    UNREACHABLE = "The database cannot be reached"
    LOST = "The connection to the database was lost"
    OVERLOADED = "The database has more to do than it can"
    BUSY = "The database took too long"
    READ_ONLY = "The database takes no changes at the moment"
    FULL = "The database's disk is full"
    BROKEN_DISK = "The database cannot use its disk"


class DatabaseUnavailable(Exception):
    """The database could not do a unit of work, through no fault of the unit.

    may_be_stored: False where it is certain that nothing of the unit was; True where the connection, or the disk, was
    lost during COMMIT. The message is for the log and the operator: it names hosts, and never a value of a row.
    """

    def __init__(self, trouble: Trouble, *, cause: str, may_be_stored: bool = False) -> None:
        super().__init__(f"{trouble.value}{' during COMMIT' if may_be_stored else ''}: {cause}")
        self.trouble = trouble
        self.may_be_stored = may_be_stored


class Database(Protocol):
    """What both databases promise.

    A unit that has started is finished, whatever happens to the request that asked for it. When write() answers, the
    unit's changes are on disk; when it raises, nothing of the unit is kept, but for a DatabaseUnavailable that says
    otherwise. Each of them raises DatabaseUnavailable.
    """

    async def read(self, work: Work[T], *, is_brief: bool = False) -> T:
        """Run a unit that only reads, on one consistent snapshot.

        is_brief: whether it takes a millisecond at most. On SQLite such a unit is run where it is asked for.
        """
        ...

    async def write(self, work: Work[T], *, is_brief: bool = False) -> T:
        """Run a unit that changes something, and commit it.

        is_brief: as for read. Such a unit may be run again, after it or one beside it had to be undone, and so it
        changes nothing but rows.
        """
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
        parsed = _of_several_hosts(url) or make_url(url)
    except (ArgumentError, ValueError):  # the second for a port that is no number
        raise ValueError(f"The database URL cannot be read. {_USE}") from None
    name = parsed.get_backend_name()
    if name not in ("sqlite", "postgresql", "postgres") or parsed.database in (None, "", ":memory:"):
        raise ValueError(f"This {name} URL names no database that Redraft can use. {_USE}")
    return parsed


def _of_several_hosts(url: str) -> URL | None:
    """postgresql://h1:5432,h2:5433/…, as libpq spells it: SQLAlchemy wants the hosts and the ports apart."""
    if (spelled := _SEVERAL_HOSTS.fullmatch(url)) is None:
        return None
    scheme, user, hosts, rest = spelled.group("scheme", "user", "hosts", "rest")
    each = [re.fullmatch(r"(?P<host>\[[^\]]*\]|[^:]*)(?::(?P<port>\d*))?", host) for host in hosts.split(",")]
    if not all(each):
        raise ValueError(hosts)
    names = ",".join(found["host"].strip("[]") for found in each if found)
    ports = ",".join(found["port"] or "5432" for found in each if found)
    return make_url(f"{scheme}{user or ''}{rest or ''}").update_query_dict({"host": names, "port": ports})


async def open_database(url: str) -> Database:
    """Open, or on SQLite make, the database of a URL that read_database_url can read."""
    parsed = read_database_url(url)
    if parsed.get_backend_name() == "sqlite":
        from app.repositories.sqlite_database import SqliteDatabase

        return await SqliteDatabase.open(Path(str(parsed.database)))

    from app.repositories.postgresql_database import PostgresqlDatabase

    return PostgresqlDatabase(parsed)
