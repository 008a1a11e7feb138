"""Announcements on PostgreSQL: NOTIFY after commits, LISTEN for everybody else's.

Nothing depends on them. Whatever fails here is tried again, and meanwhile those who wait look for themselves.
"""

from __future__ import annotations

import asyncio
import secrets
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final

from psycopg import AsyncConnection, Error
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from app.monitoring.logs import get_logger
from app.repositories.announcements import LocalAnnouncements
from app.repositories.postgresql_connections import CONNECTING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import URL

    from app.repositories.announcements import Hear

logger = get_logger("announcements")

CHANNEL: Final = "redraft"
PAUSE: Final = 0.02
"""Seconds between notifications of one process: each takes a lock that all commits with one share."""
LARGEST_PAYLOAD: Final = 7_900
"""Bytes. PostgreSQL takes 7,999."""
ANYBODY: Final = "*"
"""Stands for organisations too many to name."""

PATIENCE: Final = 3.0
"""Seconds that a process's own word may take to come back to it."""
RETRY: Final = 1.0
DEAF_RETRY: Final = 60.0
"""Seconds until it is tried again: after a connection was lost, and after nothing was heard on one."""


class PostgresqlAnnouncements:
    """See app.repositories.announcements.Announcements.

    Two connections: NOTIFY goes through whatever the database's URL leads to, a pooler too. LISTEN belongs to one
    session, which a pooler in transaction mode gives to somebody else after every statement: there it is accepted,
    and nothing is ever heard. So the process first listens for a word of its own.
    """

    def __init__(self, url: URL, *, listen_url: URL) -> None:
        self._url = url
        self._listen_url = listen_url
        self._local = LocalAnnouncements()
        self._me = secrets.token_hex(8)
        self._to_tell: set[int] = set()
        self._has_news = asyncio.Event()
        self._hears = False
        self._has_warned = False
        self._tasks = [asyncio.create_task(self._tell()), asyncio.create_task(self._listen())]

    @property
    def are_prompt(self) -> bool:
        return self._hears

    def announce(self, organization_id: int) -> None:
        self._local.announce(organization_id)
        self._to_tell.add(organization_id)
        self._has_news.set()

    def follow(self, hear: Hear) -> Callable[[], None]:
        return self._local.follow(hear)

    async def close(self) -> None:
        await self._local.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _tell(self) -> None:
        """Tell others what has gathered, as one notification; while the server is away, it goes on gathering."""
        while True:
            await self._has_news.wait()
            try:
                async with await _connect(self._url) as connection:
                    while True:
                        await self._has_news.wait()
                        await self._tell_once(connection)
                        await asyncio.sleep(PAUSE)
            except Error:
                await asyncio.sleep(RETRY)

    async def _tell_once(self, connection: AsyncConnection[Any]) -> None:
        told, self._to_tell = self._to_tell, set()
        self._has_news.clear()
        named = ",".join(map(str, sorted(told)))
        try:
            await _notify(connection, f"{self._me}:{named if len(named) < LARGEST_PAYLOAD else ANYBODY}")
        except Error:
            self._to_tell |= told
            self._has_news.set()
            raise

    async def _listen(self) -> None:
        while True:
            pause = RETRY
            try:
                async with await _connect(self._listen_url) as connection:
                    await connection.execute(f"LISTEN {CHANNEL}")
                    if await self._hears_itself(connection):
                        self._hears = True
                        self._local.announce(None)  # for what was said while nobody listened
                        async for notification in connection.notifies():
                            self._hear(notification.payload)
                    else:
                        await connection.execute(f"UNLISTEN {CHANNEL}")
                        self._warn()
                        pause = DEAF_RETRY
            except Error:
                pass
            finally:
                self._hears = False
            await asyncio.sleep(pause)

    async def _hears_itself(self, connection: AsyncConnection[Any]) -> bool:
        # The word goes another way. Behind a pooler one and the same connection might be given it back.
        word = f"{self._me}:{secrets.token_hex(8)}?"
        async with await _connect(self._url) as other:
            await _notify(other, word)
        async with aclosing(connection.notifies(timeout=PATIENCE)) as notifications:
            async for notification in notifications:
                if notification.payload == word:
                    return True
        return False

    def _hear(self, payload: str) -> None:
        sender, _, named = payload.partition(":")
        if sender == self._me or named.endswith("?"):
            return
        for organization in named.split(","):
            self._local.announce(int(organization) if organization.isdecimal() else None)

    def _warn(self) -> None:
        if not self._has_warned:
            self._has_warned = True
            logger.warning(
                "changes that other processes make are noticed a second late: what REDRAFT_DATABASE_URL leads to does "
                "not pass notifications on, as a pooler in transaction mode; set REDRAFT_LISTEN_URL to an address of "
                "PostgreSQL itself"
            )


async def _connect(url: URL) -> AsyncConnection[Any]:
    # The dialect reads a URL as it does for the database itself, several hosts and all.
    dialect: Any = PGDialect_psycopg
    _, given = dialect().create_connect_args(url)
    # Prepared statements are of one connection, which is not always the same behind a pooler.
    return await AsyncConnection.connect(**{**CONNECTING, **given}, autocommit=True, prepare_threshold=None)


async def _notify(connection: AsyncConnection[Any], payload: str) -> None:
    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, payload))
