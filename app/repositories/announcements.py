"""Announcements: word that something was committed, so that nobody has to keep asking.

An announcement is a hint, and never the truth: it may be lost, doubled or late. Whoever hears one looks into the
tables, and whoever hears none for a while looks as well.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

from app.repositories.database import read_database_url

Hear: TypeAlias = Callable[[int | None], None]
"""Called on the event loop with the organisation that something changed for; None: it may be any."""


class Announcements(Protocol):
    """Word of committed changes, within this process and to and from others that share the database."""

    @property
    def are_prompt(self) -> bool:
        """Whether word of other processes arrives at once. Where it is not, those who wait look more often."""
        ...

    def announce(self, organization_id: int) -> None:
        """Say that something of this organisation was committed. Answers at once; several are told as one."""
        ...

    def follow(self, hear: Hear) -> Callable[[], None]:
        """Have every announcement told to `hear`, this process's own and others'. The answer, called, ends it."""
        ...

    async def close(self) -> None: ...


class LocalAnnouncements:
    """Within one process. What the other kinds are made of."""

    are_prompt = True

    def __init__(self) -> None:
        self._hearers: dict[object, Hear] = {}

    def announce(self, organization_id: int | None) -> None:
        for hear in tuple(self._hearers.values()):
            hear(organization_id)

    def follow(self, hear: Hear) -> Callable[[], None]:
        token = object()
        self._hearers[token] = hear

        def leave() -> None:
            self._hearers.pop(token, None)

        return leave

    async def close(self) -> None:
        self._hearers.clear()


async def open_announcements(database_url: str, *, listen_url: str | None = None) -> Announcements:
    """Those of everybody who uses the database of a URL that read_database_url can read.

    listen_url: where PostgreSQL is listened to, past a pooler that database_url leads to.
    """
    parsed = read_database_url(database_url)
    if parsed.get_backend_name() == "sqlite":
        from app.repositories.sqlite_announcements import SqliteAnnouncements

        return SqliteAnnouncements(Path(str(parsed.database)))

    from app.repositories.postgresql_announcements import PostgresqlAnnouncements

    return PostgresqlAnnouncements(parsed, listen_url=read_database_url(listen_url) if listen_url else parsed)
