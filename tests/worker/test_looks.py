"""When a worker looks: seldom while there is nothing to do, and at once when there is."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from uuid6 import uuid7

from app.clock import utc_now
from app.commands.service import Service
from app.domain.post import PostStatus
from app.media.file_store import open_file_store
from app.repositories.announcements import open_announcements
from app.repositories.credential_cipher import CredentialCipher, read_secret_keys
from app.repositories.database import Database
from app.repositories.sqlite_database import SqliteDatabase
from app.settings import Settings
from app.worker import worker
from app.worker.running import working
from tests.faults.receiver import Receiver, receiving
from tests.faults.rig import SECRET, SECRET_KEY, Rig, opened
from tests.support.postgresql import PostgresqlServer

SECONDS = 6
"""Longer than a worker ever waits."""
TRANSACTION = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK)\b")
LOGGED = re.compile(r"LOG:  (?:statement|execute [^:]+): (.*)")


@asynccontextmanager
async def a_worker(database: Database, database_url: str, home: Path) -> AsyncIterator[Service]:
    """A whole worker on a database; the service that it works for."""
    settings = Settings(home=home, database_url=database_url, allow_private_networks=True, secret_key=SECRET_KEY)
    announcements = await open_announcements(database_url)
    try:
        service = Service(
            database,
            clock=utc_now,
            new_id=uuid7,
            cipher=CredentialCipher(lambda: read_secret_keys(SECRET_KEY)),
            announcements=announcements,
        )
        async with working(service, settings, files=open_file_store(None, folder=settings.media_folder)):
            yield service
    finally:
        await announcements.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving(SECRET) as receiver:
        yield receiver


@pytest.fixture
def never_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has no reason to look does not look in the time that a test takes."""
    monkeypatch.setattr(worker, "PROMPT_LOOK", 3600.0)
    monkeypatch.setattr(worker, "LONELY_LOOK", 3600.0)


async def idle_statements(statements: Callable[[], list[str]]) -> tuple[list[str], int]:
    """What a worker runs in SECONDS when it has become idle: statements, and how many begin or end a transaction."""
    before = -1
    while len(statements()) != before:
        before = len(statements())
        await asyncio.sleep(1)
    await asyncio.sleep(SECONDS)
    run = statements()[before:]
    others = [text for text in run if not TRANSACTION.match(text)]
    return others, len(run) - len(others)


async def test_an_idle_worker_runs_a_statement_a_second_at_most_on_sqlite(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'redraft.db'}"
    statements: list[str] = []
    async with opened(url) as database:
        await database.migrate()
        assert isinstance(database, SqliteDatabase)
        for lane in (database._writer, *database._readers):
            await lane.run(lambda raw=lane.raw: raw.set_trace_callback(statements.append))  # type: ignore[misc]
        async with a_worker(database, url, tmp_path):
            others, transactions = await idle_statements(lambda: list(statements))
    print(f"{len(others)} statements and {transactions} BEGIN, COMMIT or ROLLBACK in {SECONDS} s")  # noqa: T201 - shown with -s
    assert 0 < len(others) <= SECONDS, others


async def test_an_idle_worker_runs_a_statement_a_second_at_most_on_postgresql(tmp_path: Path) -> None:
    """As the server logs them: what the driver says by itself is among them."""
    with PostgresqlServer("log_statement=all") as postgresql:
        url = postgresql.create_database()
        log = postgresql.folder / "log"
        async with opened(url) as database:
            await database.migrate()
            begun = len(log.read_text())
            async with a_worker(database, url, tmp_path):
                others, transactions = await idle_statements(lambda: LOGGED.findall(log.read_text()[begun:]))
    print(f"{len(others)} statements and {transactions} BEGIN, COMMIT or ROLLBACK in {SECONDS} s")  # noqa: T201 - shown with -s
    assert 0 < len(others) <= SECONDS, others


@pytest.mark.usefixtures("never_by_itself")
async def test_a_post_that_somebody_else_makes_due_is_claimed_when_that_is_announced(
    database: Database, database_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    rig = await Rig.make(database_url, receiver.credentials)
    announcements = await open_announcements(database_url)
    try:
        async with a_worker(database, database_url, tmp_path):
            first = await rig.add_due_posts(1)
            announcements.announce(rig.organization_id)
            await rig.settled(database, first)  # so it looks, and from now on it has no reason to
            ids = await rig.add_due_posts(3)
            announcements.announce(rig.organization_id)
            posts = await rig.settled(database, ids)
    finally:
        await announcements.close()
    assert {post.status for post in posts} == {PostStatus.PUBLISHED}


@pytest.mark.usefixtures("never_by_itself")
async def test_a_post_that_is_due_later_goes_out_then_and_not_before(
    database: Database, database_url: str, receiver: Receiver, tmp_path: Path
) -> None:
    """What it knows of when it looks first is reason enough to look again: the times of the posts."""
    rig = await Rig.make(database_url, receiver.credentials)
    now = utc_now()
    ids = [id for ahead in (1.0, 1.5, 2.0) for id in await rig.add_due_posts(2, at=now + timedelta(seconds=ahead))]
    async with a_worker(database, database_url, tmp_path):
        posts = await rig.settled(database, ids)
    assert {post.status for post in posts} == {PostStatus.PUBLISHED}
    assert receiver.calls == {rig.key_of(post): 1 for post in posts}
    for post in posts:
        assert post.scheduled_for is not None
        assert receiver.published_at[rig.key_of(post)] >= post.scheduled_for
