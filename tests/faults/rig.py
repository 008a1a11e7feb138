"""A database full of posts that are due, and real workers to publish them."""

from __future__ import annotations

import asyncio
import base64
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from uuid import UUID

from sqlalchemy import Connection
from uuid6 import uuid7

from app.clock import utc_now
from app.commands.manage_keys import create_key
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.destination import Destination
from app.domain.kind import PostKind
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.domain.schedule import to_milliseconds
from app.repositories.accounts import AccountRepository
from app.repositories.credential_cipher import CredentialCipher, new_secret_key, read_secret_keys
from app.repositories.database import Database, open_database
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository
from tests.support.server import ROOT, environment

SECRET = f"whsec_{base64.b64encode(b'a secret that only tests know').decode()}"
SECRET_KEY = new_secret_key()
READY = "The worker publishes."
WAITING = 60
"""Seconds after which what has not happened will not."""


@dataclass(frozen=True, slots=True)
class Rig:
    """One organisation with accounts that publish to one place, and its API key."""

    database_url: str
    organization_id: int
    key: str
    accounts: Sequence[Account]

    @classmethod
    async def make(
        cls,
        database_url: str,
        credentials: Mapping[str, str],
        *,
        platform: Platform = Platform.WEBHOOK,
        accounts: int = 5,
    ) -> Rig:
        cipher = CredentialCipher(lambda: read_secret_keys(SECRET_KEY))
        now = to_milliseconds(utc_now())

        def work(connection: Connection) -> tuple[int, str, list[Account]]:
            key = create_key(connection, organization="faults", name="editor", scopes=tuple(Scope), now=now)
            organization_id = OrganizationRepository(connection).find_by_name("faults")
            assert organization_id is not None
            repository = AccountRepository(connection, organization_id, cipher=cipher)
            made = [
                Account(id=id, platform=platform, name=f"@{id}", is_active=True, created_at=now)
                for id in range(1, accounts + 1)
            ]
            for account in made:
                repository.add(account, credentials=credentials)
            return organization_id, key, made

        return cls(database_url, *await cls._writing(database_url, work))

    async def add_due_posts(
        self, count: int, *, at: datetime | None = None, accounts: Sequence[Account] | None = None
    ) -> list[UUID]:
        """Posts of one destination each, in turn on these accounts or on all; their text is their id."""
        now = to_milliseconds(utc_now())
        accounts = accounts or self.accounts

        def post(number: int) -> Post:
            id = uuid7()
            return Post(
                id=id,
                kind=PostKind.STANDARD,
                status=PostStatus.SCHEDULED,
                content=str(id),
                title=None,
                scheduled_for=to_milliseconds(at or now),
                timezone="UTC",
                media=(),
                platform_content={},
                social_audio_id=None,
                music_post_id=None,
                destinations=(Destination(account=accounts[number % len(accounts)]),),
                failure_reason=None,
                version=1,
                created_at=now,
                updated_at=now,
            )

        posts = [post(number) for number in range(count)]
        await self._writing(
            self.database_url,
            lambda connection: PostRepository(connection, self.organization_id, changed_by="editor").add(*posts),
        )
        return [post.id for post in posts]

    async def posts(self, database: Database, ids: Sequence[UUID]) -> list[Post]:
        def read(connection: Connection) -> list[Post]:
            repository = PostRepository(connection, self.organization_id)
            return [repository.get(id) for id in ids]

        return await database.read(read)

    async def settled(self, database: Database, ids: Sequence[UUID], *, within: float = WAITING) -> list[Post]:
        """The posts as soon as nothing of them is to be published any more, or on its way. within: seconds."""
        end = asyncio.get_running_loop().time() + within
        while True:
            posts = await self.posts(database, ids)
            unsettled = [post for post in posts if post.status in (PostStatus.SCHEDULED, PostStatus.PUBLISHING)]
            if not unsettled:
                return posts
            assert asyncio.get_running_loop().time() < end, [post.destinations for post in unsettled]
            await asyncio.sleep(0.05)

    @staticmethod
    def key_of(post: Post) -> str:
        """What its one destination is called by towards a network, as app.domain.publishing.Outgoing has it."""
        (destination,) = post.destinations
        return f"post_{post.id.hex}_{destination.account.id}"

    @staticmethod
    async def _writing(database_url: str, work: Callable[[Connection], Any]) -> Any:
        async with opened(database_url) as database:
            await database.migrate()
            return await database.write(work)


async def until(holds: Callable[[], bool]) -> None:
    """Wait for what other processes bring about."""
    async with asyncio.timeout(WAITING):
        while True:
            if holds():
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def opened(database_url: str) -> AsyncIterator[Database]:
    database = await open_database(database_url)
    try:
        yield database
    finally:
        await database.close()


def settings_of(database_url: str, **different: str) -> dict[str, str]:
    """What workers and servers of one rig are started with. A lease is short: dead workers are waited for."""
    return {
        "REDRAFT_DATABASE_URL": database_url,
        "REDRAFT_SECRET_KEY": SECRET_KEY,
        "REDRAFT_ALLOW_PRIVATE_NETWORKS": "1",
        "REDRAFT_LEASE": "2",
        "REDRAFT_CALL_TIMEOUT": "5",
        **different,
    }


class Worker:
    """`redraft worker` on a database; it is killed at the end if it still runs."""

    def __init__(self, home: Path, database_url: str, **different: str) -> None:
        """different: settings, and other variables of its environment."""
        self._log = home.with_suffix(".log")
        self._environment = environment(home, **settings_of(database_url, **different))
        self._process: subprocess.Popen[bytes] | None = None
        self._logged = 0
        self.pids: list[int] = []
        """Of every process that it has been."""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.kill()

    def start(self) -> None:
        with self._log.open("a") as log:
            self._logged = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "app.cli", "worker"], cwd=ROOT, env=self._environment, stdout=log, stderr=log
            )
        self.pids.append(self._process.pid)

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def ready(self) -> None:
        """Wait until it publishes."""
        await until(lambda: READY in self.log[self._logged :])

    def kill(self) -> None:
        """kill -9."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(timeout=30)

    def terminate(self) -> None:
        """SIGTERM, without waiting for what comes of it."""
        assert self._process is not None
        self._process.terminate()

    async def ended(self) -> int:
        """Its exit code, when it has ended."""
        assert self._process is not None
        return await asyncio.to_thread(self._process.wait, WAITING)
