"""Feeds: what is shared by those who follow one organisation, and that nobody depends on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.commands.list_events import FollowedChange, list_events
from app.commands.manage_keys import try_revoke_key
from app.commands.service import Caller, Service
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.domain.errors import Unauthenticated
from app.domain.events import Cursor
from app.repositories.announcements import LocalAnnouncements
from app.repositories.database import Database
from resolvers.subscriptions import feeds as module
from resolvers.subscriptions.feeds import Feeds, Wanted
from tests.support.clock import Clock, Ids

EVERYTHING = Wanted(post_id=None, statuses=None)


@pytest.fixture
async def caller(service: Service, demo: str) -> Caller:
    return await service.authenticate(demo)


@pytest.fixture
async def start(service: Service) -> Cursor:
    return (await service.run(1, list_events, after=None, limit=1)).end


async def change(service: Service, content: str) -> None:
    await service.run(1, update_post, post_id=DRAFT, changes=PostChanges(content=content))


async def versions(stream: AsyncGenerator[FollowedChange, None], count: int) -> list[int]:
    return [(await anext(stream)).event.version for _ in range(count)]


async def test_whoever_is_further_behind_than_the_feed_reads_for_itself(
    service: Service, caller: Caller, start: Cursor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "WINDOW", 2)
    monkeypatch.setattr(module, "BATCH", 3)
    feeds = Feeds(service)
    async with (
        aclosing(await feeds.follow(caller, EVERYTHING, after=start)) as slow,
        aclosing(await feeds.follow(caller, EVERYTHING, after=start)) as quick,
    ):
        await change(service, "0")
        assert await versions(slow, 1) == [2]
        for number in range(1, 10):
            await change(service, str(number))
        assert await versions(quick, 10) == list(range(2, 12))

        assert await versions(slow, 9) == list(range(3, 12))


async def test_a_feed_ends_with_its_last_follower(service: Service, caller: Caller, start: Cursor) -> None:
    feeds = Feeds(service)
    await change(service, "Something to be told")
    streams = [await feeds.follow(caller, EVERYTHING, after=start) for _ in range(2)]
    for stream in streams:
        await anext(stream)
    assert len(feeds._feeds) == 1

    for stream in streams:
        await stream.aclose()

    assert feeds._feeds == {}
    assert isinstance(service.announcements, LocalAnnouncements)
    assert service.announcements._hearers == {}


async def test_when_feeds_end_so_does_every_stream(service: Service, caller: Caller, start: Cursor) -> None:
    feeds = Feeds(service)
    await change(service, "Something to be told")
    async with aclosing(await feeds.follow(caller, EVERYTHING, after=start)) as stream:
        await anext(stream)
        waiting = asyncio.create_task(anext(stream, None))
        await asyncio.sleep(0)

        feeds.end()

        assert await waiting is None
    async with aclosing(await feeds.follow(caller, EVERYTHING, after=start)) as late:
        assert [told async for told in late] == []


class Unheard(LocalAnnouncements):
    """Of a process that hears no other."""

    are_prompt = False


async def test_a_change_that_nobody_announces_is_found(
    service: Service, caller: Caller, start: Cursor, database: Database, clock: Clock
) -> None:
    service.announcements = Unheard()
    another_process = Service(database, clock=clock, new_id=Ids())
    async with aclosing(await Feeds(service).follow(caller, EVERYTHING, after=start)) as stream:
        first = asyncio.create_task(anext(stream))
        await asyncio.sleep(0)

        await change(another_process, "Said to nobody")

        assert (await first).post is not None


async def test_a_revoked_key_ends_a_stream_that_waits_and_one_that_is_behind(
    service: Service, caller: Caller, start: Cursor, clock: Clock, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "KEY_CHECK", 0.0)
    monkeypatch.setattr("app.commands.service.KEY_CACHE_SECONDS", 0.0)
    feeds = Feeds(service)
    await change(service, "1")
    await change(service, "2")
    async with (
        aclosing(await feeds.follow(caller, EVERYTHING, after=start)) as behind,
        aclosing(await feeds.follow(caller, Wanted(post_id=SCHEDULED, statuses=None), after=start)) as waits,
    ):
        await anext(behind)
        public_id = caller.key.public_id
        await database.write(lambda connection: try_revoke_key(connection, public_id=public_id, now=clock()))

        for stream in (behind, waits):
            with pytest.raises(Unauthenticated):
                await anext(stream)
