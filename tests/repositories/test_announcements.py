"""Word of changes reaches other processes, and whoever cannot hear it knows that."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from app.commands.fill_demo import DRAFT
from app.commands.service import Service
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.repositories import postgresql_announcements
from app.repositories.announcements import Announcements, open_announcements
from tests.support.pgbouncer import Pgbouncer
from tests.support.postgresql import PostgresqlServer


class Ear:
    """What was announced, and a way to wait for it."""

    def __init__(self, announcements: Announcements) -> None:
        self._heard: asyncio.Queue[int | None] = asyncio.Queue()
        self.leave = announcements.follow(self._heard.put_nowait)

    async def next(self) -> int | None:
        return await self._heard.get()

    async def hear(self, organization_id: int | None) -> None:
        """Wait for this, whatever comes before it."""
        while await self.next() != organization_id:
            pass

    def is_silent(self) -> bool:
        return self._heard.empty()


async def until_prompt(announcements: Announcements) -> None:
    ear = Ear(announcements)
    if not announcements.are_prompt:
        await ear.hear(None)  # said when it begins to listen
    ear.leave()
    assert announcements.are_prompt


@pytest.fixture
async def ours(database_url: str) -> AsyncIterator[Announcements]:
    announcements = await open_announcements(database_url)
    yield announcements
    await announcements.close()


@pytest.fixture
async def theirs(database_url: str) -> AsyncIterator[Announcements]:
    """What another process would have."""
    announcements = await open_announcements(database_url)
    yield announcements
    await announcements.close()


async def test_a_process_hears_itself_at_once(ours: Announcements) -> None:
    ear = Ear(ours)

    ours.announce(7)

    assert not ear.is_silent()
    await ear.hear(7)


async def test_who_has_left_hears_nothing_more(ours: Announcements) -> None:
    gone, still_there = Ear(ours), Ear(ours)
    gone.leave()
    gone.leave()

    ours.announce(7)

    assert not still_there.is_silent()
    assert gone.is_silent()


async def test_a_change_by_one_process_is_heard_by_another(
    service: Service, ours: Announcements, theirs: Announcements
) -> None:
    """On SQLite it may be any organisation's: the files do not say."""
    await asyncio.gather(until_prompt(ours), until_prompt(theirs))
    ear = Ear(theirs)
    service.announcements = ours

    await service.run(1, update_post, post_id=DRAFT, changes=PostChanges(content="New"))

    while await ear.next() not in (1, None):
        pass


async def test_a_listener_that_fails_fails_nobody(database_url: str, service: Service) -> None:
    """The address is nobody's: changes are stored all the same."""
    nowhere = "postgresql://redraft@127.0.0.1:1/redraft"
    announcements = await open_announcements(database_url, listen_url=nowhere)
    service.announcements = announcements
    try:
        updated = await service.run(1, update_post, post_id=DRAFT, changes=PostChanges(content="New"))
        assert updated.post.content == "New"
    finally:
        await announcements.close()


class TestOnPostgresql:
    @pytest.fixture
    def engine(self) -> str:
        return "postgresql"

    async def test_another_process_is_told_which_organisations(
        self, ours: Announcements, theirs: Announcements
    ) -> None:
        await asyncio.gather(until_prompt(ours), until_prompt(theirs))
        ear = Ear(theirs)

        for organization in (3, 1, 2):
            ours.announce(organization)

        assert [await ear.next() for _ in range(3)] == [1, 2, 3]

    async def test_its_own_word_does_not_come_back(self, ours: Announcements, theirs: Announcements) -> None:
        await asyncio.gather(until_prompt(ours), until_prompt(theirs))
        ear, marked = Ear(ours), Ear(theirs)

        ours.announce(1)
        await marked.hear(1)
        theirs.announce(2)

        assert [await ear.next(), await ear.next()] == [1, 2]

    async def test_organisations_too_many_to_name_are_anybody(self, ours: Announcements, theirs: Announcements) -> None:
        await asyncio.gather(until_prompt(ours), until_prompt(theirs))
        ear = Ear(theirs)

        for organization in range(1_000_000_000, 1_000_001_000):
            ours.announce(organization)

        assert await ear.next() is None

    async def test_a_word_that_nobody_here_says_is_anybody_s(self, database_url: str, ours: Announcements) -> None:
        """A later version may say more."""
        await until_prompt(ours)
        ear = Ear(ours)

        async with await psycopg.AsyncConnection.connect(database_url, autocommit=True) as connection:
            await connection.execute("SELECT pg_notify('redraft', 'something new')")

        assert await ear.next() is None

    @pytest.fixture
    def own_server(self) -> Iterator[PostgresqlServer]:
        with PostgresqlServer() as server:
            yield server

    async def test_after_the_server_was_restarted_anything_may_have_happened(
        self, own_server: PostgresqlServer
    ) -> None:
        url = own_server.create_database()
        ours, theirs = await open_announcements(url), await open_announcements(url)
        try:
            await asyncio.gather(until_prompt(ours), until_prompt(theirs))
            ear = Ear(theirs)
            await asyncio.to_thread(own_server.stop)
            ours.announce(5)
            await asyncio.to_thread(own_server.start)

            await ear.hear(None)
            assert theirs.are_prompt
            await ear.hear(5)
            ours.announce(6)
            await ear.hear(6)
        finally:
            await ours.close()
            await theirs.close()

    async def test_where_notifications_do_not_come_back_one_line_says_so(
        self,
        database_url: str,
        postgresql: PostgresqlServer,
        caplog: pytest.LogCaptureFixture,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """Another database of the same server: what is said in one is not heard in the other."""
        elsewhere = postgresql.create_database()
        monkeypatch.setattr(postgresql_announcements, "PATIENCE", 0.2)
        announcements = await open_announcements(database_url, listen_url=elsewhere)
        ear = Ear(announcements)
        try:
            with caplog.at_level(logging.WARNING, "redraft"):
                for _ in iter(lambda: len(caplog.records), 1):
                    await asyncio.sleep(0.01)
            assert "REDRAFT_LISTEN_URL" in caplog.text
            assert not announcements.are_prompt
            assert ear.is_silent()
        finally:
            await announcements.close()
            postgresql.drop_database(elsewhere)

    async def test_behind_a_pooler_a_process_hears_when_it_listens_past_it(
        self, database_url: str, postgresql: PostgresqlServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with Pgbouncer(postgresql) as pooler, caplog.at_level(logging.WARNING, "redraft"):
            deaf = await open_announcements(pooler.url(database_url))
            past_it = await open_announcements(pooler.url(database_url), listen_url=database_url)
            try:
                await until_prompt(past_it)
                for _ in iter(lambda: len(caplog.records), 1):
                    await asyncio.sleep(0.01)
                assert not deaf.are_prompt
                ear = Ear(past_it)

                deaf.announce(7)

                assert await ear.next() == 7
            finally:
                await deaf.close()
                await past_it.close()


class TestOnSqlite:
    @pytest.fixture
    def engine(self) -> str:
        return "sqlite"

    async def test_a_file_that_nobody_writes_is_not_announced(self, ours: Announcements, tmp_path: Path) -> None:
        ear = Ear(ours)
        await asyncio.sleep(0.5)
        while not ear.is_silent():
            await ear.next()

        await asyncio.sleep(0.3)

        assert ear.is_silent()
