"""The clock is set forward and back an hour while workers publish: nothing goes out twice, early, or never."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.domain.destination import DestinationStatus
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.faults.clocks import SetClock, clear_up_after
from tests.faults.receiver import receiving
from tests.faults.rig import SECRET, WAITING, Rig, Worker, until
from tests.faults.sites import Channel, serving
from tests.repositories.chance import seeded_chance

pytestmark = pytest.mark.timeout(150)

HOUR = timedelta(hours=1)
NOT_AT_ALL = timedelta(0)
CALLS = 8


@pytest.fixture
def set_clock(tmp_path: Path) -> SetClock:
    return SetClock(tmp_path / "clock")


@pytest.fixture
def workers(set_clock: SetClock, database_url: str, tmp_path: Path) -> Iterator[list[Worker]]:
    both = [Worker(tmp_path / name, database_url, **set_clock.environment) for name in ("one", "another")]
    try:
        with both[0], both[1]:
            yield both
    finally:
        clear_up_after(pid for worker in both for pid in worker.pids)


async def test_a_post_goes_out_when_the_clock_says_so_and_never_before(
    database_url: str, database: Database, set_clock: SetClock, workers: list[Worker]
) -> None:
    async with receiving(SECRET) as receiver:
        receiver.clock = set_clock
        rig = await Rig.make(database_url, receiver.credentials)
        due = await rig.add_due_posts(10, at=set_clock())
        in_half_an_hour = await rig.add_due_posts(10, at=set_clock() + HOUR / 2)
        in_two_hours = await rig.add_due_posts(10, at=set_clock() + 2 * HOUR)
        await rig.settled(database, due)
        assert sorted(receiver.published.values()) == sorted(map(str, due))

        set_clock.set(HOUR)
        await rig.settled(database, in_half_an_hour)
        assert sorted(receiver.published.values()) == sorted(map(str, due + in_half_an_hour))

        # Back again, what is due before the clock was set back is due later than what is due now.
        at_that_time = await rig.add_due_posts(10, at=set_clock() + HOUR / 4)
        set_clock.set(NOT_AT_ALL)
        at_this_time = await rig.add_due_posts(10, at=set_clock())
        await rig.settled(database, at_this_time)
        assert sorted(receiver.published.values()) == sorted(map(str, due + in_half_an_hour + at_this_time))

        set_clock.set(HOUR + HOUR / 2)
        posts = await rig.settled(database, due + in_half_an_hour + at_that_time + at_this_time)
        (*_, unsent) = await rig.posts(database, in_two_hours)
    assert {post.status for post in posts} == {PostStatus.PUBLISHED}
    assert receiver.calls == {rig.key_of(post): 1 for post in posts}
    assert unsent.status is PostStatus.SCHEDULED


async def test_calls_that_are_on_the_wire_while_the_clock_is_set_leave_one_post_each(
    database_url: str, database: Database, set_clock: SetClock, workers: list[Worker]
) -> None:
    """Leases are a few seconds long: an hour further on they all have lapsed, and an hour back they are all too long.
    So calls that go on are made again, by the same worker or by another, under the same id."""
    chance = seeded_chance()
    async with receiving(SECRET) as receiver:
        receiver.clock = set_clock
        receiver.wait = lambda _: asyncio.sleep(chance.uniform(0.2, 1))
        rig = await Rig.make(database_url, receiver.credentials)
        for worker in workers:
            await worker.ready()
        ids = await rig.add_due_posts(100, at=set_clock() - HOUR)
        for off in (HOUR, NOT_AT_ALL, -HOUR, NOT_AT_ALL):
            await receiver.until(lambda: len(receiver.published) > chance.randrange(20), within=WAITING)
            await asyncio.sleep(chance.uniform(0.1, 1))
            set_clock.set(off)
        posts = await rig.settled(database, ids)
    keys = {rig.key_of(post): post for post in posts}
    assert {post.status for post in posts} == {PostStatus.PUBLISHED}
    assert receiver.published == {key: str(post.id) for key, post in keys.items()}
    assert all(post.destinations[0].platform_post_id == key for key, post in keys.items())
    print(f"{receiver.calls.total()} calls for {len(ids)} posts")  # noqa: T201 - shown with -s


@pytest.mark.parametrize("ahead", [HOUR, -HOUR], ids=["ahead", "behind"])
async def test_what_a_worker_had_claimed_that_died_when_the_clock_was_an_hour_off_is_not_stuck(
    database_url: str, database: Database, set_clock: SetClock, workers: list[Worker], ahead: timedelta
) -> None:
    async with receiving(SECRET) as receiver:
        receiver.clock = set_clock
        silence = asyncio.Event()

        async def wait(_: str) -> None:
            await silence.wait()

        receiver.wait = wait
        rig = await Rig.make(database_url, receiver.credentials)
        for worker in workers:
            await worker.ready()
        set_clock.set(ahead)
        ids = await rig.add_due_posts(40, at=set_clock())
        await receiver.until(lambda: len(receiver.published) >= 20, within=WAITING)
        for worker in workers:
            worker.kill()
        silence.set()
        set_clock.set(NOT_AT_ALL)
        for worker in workers:
            worker.start()
        if ahead > NOT_AT_ALL:  # what none of them had claimed is an hour away by now
            claimed = [post.id for post in await rig.posts(database, ids) if post.status is not PostStatus.SCHEDULED]
        else:
            claimed = ids
        assert len(claimed) >= 20
        posts = await rig.settled(database, claimed)
    keys = {rig.key_of(post): post for post in posts}
    assert {post.status for post in posts} == {PostStatus.PUBLISHED}
    assert receiver.published == {key: str(post.id) for key, post in keys.items()}


@pytest.mark.parametrize("off", [HOUR, -HOUR], ids=["forward", "back"])
async def test_a_call_that_cannot_be_repeated_is_made_once_wherever_the_clock_is_set_to(
    database_url: str, database: Database, set_clock: SetClock, workers: list[Worker], off: timedelta
) -> None:
    """Its lease seems to have lapsed: where a worker looks before the one that makes the call has renewed it, it counts
    as unknown, and its answer, when it comes, settles it after all."""
    channel = Channel()
    silence = asyncio.Event()

    async def wait() -> None:
        if len(channel.messages) <= CALLS:
            await silence.wait()

    channel.wait = wait
    async with serving(channel.take) as channel.url:
        rig = await Rig.make(database_url, channel.credentials, platform=Platform.DISCORD)
        for worker in workers:
            await worker.ready()
        ids = await rig.add_due_posts(CALLS, at=set_clock() - 2 * HOUR)
        await until(lambda: len(channel.messages) == CALLS)
        called = list(channel.messages)
        set_clock.set(off)
        later = await rig.add_due_posts(CALLS, at=set_clock())  # by when they are out, workers have looked
        await rig.settled(database, later)
        silence.set()
        async with asyncio.timeout(WAITING):
            while True:
                posts = await rig.posts(database, ids + later)
                if all(post.status is PostStatus.PUBLISHED for post in posts):
                    break
                await asyncio.sleep(0.05)
    assert sorted(called) == sorted(map(str, ids))
    assert sorted(channel.messages) == sorted(map(str, ids + later))
    assert {(post.destinations[0].status, post.destinations[0].attempts) for post in posts} == {
        (DestinationStatus.PUBLISHED, 1)
    }
