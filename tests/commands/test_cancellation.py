"""A request that is cancelled, wherever it happens to wait, locks nobody out and leaves a whole row.

A cancelled update may have been stored or not: its client never heard. What must not be is half of one, a lock that
stays, or an error that nobody looked at.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Any

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED
from app.commands.service import Service
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.domain.post import Post
from app.domain.schedule import format_instant
from app.repositories.database import Database, open_database
from tests.conftest import serving
from tests.repositories.storage import OURS, changed_tables, dump, stored_post
from tests.support.clock import NOW, Clock, Ids

pytestmark = pytest.mark.usefixtures("quiet_loop")

CONTENT = "Written by a request that was cancelled"
TIME = NOW + timedelta(days=30)
UPDATE = PostChanges(content=CONTENT, account_ids=frozenset({2280, 2290}), scheduled_for=TIME)
MUTATION = "mutation($id: ID!, $input: UpdatePostInput!) { updatePost(id: $id, input: $input) { __typename } }"


class CountedWaits:
    """Awaits a coroutine, and cancels the task that does so while it waits for the nth time."""

    def __init__(self, coroutine: Coroutine[Any, Any, object], *, cancelled_at: int) -> None:
        self._coroutine = coroutine
        self._cancelled_at = cancelled_at

    def __await__(self) -> Generator[Any, Any, None]:
        waits = self._coroutine.__await__()
        task = asyncio.current_task()
        assert task is not None
        resume: Callable[[], Any] = partial(next, waits)
        for number in count(1):
            try:
                awaited = resume()
            except StopIteration:
                return
            if number == self._cancelled_at:
                asyncio.get_running_loop().call_soon(task.cancel)
            try:
                yield awaited
            except BaseException as error:  # noqa: BLE001 - the cancellation goes where the coroutine waits
                resume = partial(waits.throw, error)
            else:
                resume = partial(next, waits)


async def was_cancelled(coroutine: Coroutine[Any, Any, object], *, at: int) -> bool:
    """Run a coroutine as a request of its own, cancelled while it waits for the nth time, if it waits so often."""

    async def request() -> None:
        await CountedWaits(coroutine, cancelled_at=at)

    task = asyncio.create_task(request())
    await asyncio.wait([task])
    if task.cancelled():
        return True
    task.result()
    return False


async def write_next(database: Database, clock: Clock, number: int) -> None:
    """The next writer of the same post, on the connections the cancelled request used. It must not wait for ever."""
    service = Service(database, clock=clock, new_id=Ids())
    changes = PostChanges(social_audio_id=f"audio-{number}")
    await asyncio.wait_for(service.run(OURS, update_post, post_id=SCHEDULED, changes=changes), timeout=20)


def assert_whole(before: Post, after: Post, number: int) -> None:
    """Only the next writer's change, or that and the whole cancelled one."""
    assert after.social_audio_id == f"audio-{number}"
    shown = (after.version - before.version, after.content, after.account_ids, after.scheduled_for)
    assert shown in (
        (1, before.content, before.account_ids, before.scheduled_for),
        (2, CONTENT, [2280, 2290], TIME),
    )


async def restore(database: Database, before: Post, clock: Clock) -> Post:
    service = Service(database, clock=clock, new_id=Ids())
    changes = PostChanges(
        content=before.content, account_ids=frozenset(before.account_ids), scheduled_for=before.scheduled_for
    )
    return (await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)).post


async def cancel_at_each_wait(
    database: Database,
    clock: Clock,
    attempt: Callable[[int], Awaitable[bool]],
) -> int:
    """Cancel an update at its first wait, its second, and so on, until it ends uncancelled; the number of waits."""
    number = 0
    cancelled = True
    while cancelled:
        number += 1
        before = await stored_post(database, SCHEDULED)
        cancelled = await attempt(number)
        after = await stored_post(database, SCHEDULED)
        assert_whole(before, after, number)
        if not cancelled:
            assert after.content == CONTENT
        await restore(database, before, clock)
    return number - 1


async def test_an_update_cancelled_at_any_wait_is_whole_and_locks_nobody_out(
    database: Database, database_url: str, clock: Clock, demo: str
) -> None:
    async def attempt(number: int) -> bool:
        theirs = await open_database(database_url)
        service = Service(theirs, clock=clock, new_id=Ids())
        update = service.run(OURS, update_post, post_id=SCHEDULED, changes=UPDATE)
        cancelled = await was_cancelled(update, at=number)
        await write_next(theirs, clock, number)
        await theirs.close()
        return cancelled

    assert await cancel_at_each_wait(database, clock, attempt) >= 1


@pytest.mark.parametrize("edge", ["graphql", "rest"])
async def test_a_request_cancelled_at_any_wait_is_whole_and_locks_nobody_out(
    edge: str, database: Database, database_url: str, clock: Clock, demo: str
) -> None:
    async def send(client: httpx.AsyncClient) -> None:
        headers = {"Authorization": f"Bearer {demo}"}
        if edge == "graphql":
            fields = {"content": CONTENT, "accountIds": [2280, 2290], "scheduledFor": format_instant(TIME)}
            body = {"query": MUTATION, "variables": {"id": str(SCHEDULED), "input": fields}}
            answer = await client.post("/graphql", json=body, headers=headers)
            assert answer.json()["data"] == {"updatePost": {"__typename": "UpdatePostSuccess"}}
        else:
            fields = {"content": CONTENT, "account_ids": [2280, 2290], "scheduled_for": format_instant(TIME)}
            answer = await client.patch(f"/v1/posts/{SCHEDULED}", json=fields, headers=headers)
            assert answer.status_code == 200

    async def attempt(number: int) -> bool:
        async with serving(database_url, clock) as (app, client):
            cancelled = await was_cancelled(send(client), at=number)
            await write_next(app.state.service.database, clock, number)
        return cancelled

    # The look-up of the key is one wait, the update another.
    assert await cancel_at_each_wait(database, clock, attempt) >= 2


class HeldClock:
    """A clock that a unit of work asks on its database thread, and that answers when it is let go."""

    def __init__(self) -> None:
        self.asked = threading.Event()
        self.let_go = threading.Event()

    def __call__(self) -> datetime:
        self.asked.set()
        assert self.let_go.wait(timeout=20)
        return NOW


async def test_an_update_cancelled_while_its_unit_is_running_is_stored_before_the_database_closes(
    database: Database, database_url: str, clock: Clock, demo: str
) -> None:
    theirs = await open_database(database_url)
    held = HeldClock()
    running = Service(theirs, clock=held, new_id=Ids())
    request = asyncio.create_task(running.run(OURS, update_post, post_id=SCHEDULED, changes=UPDATE))
    assert await asyncio.to_thread(held.asked.wait, 20)

    request.cancel()
    await asyncio.wait([request])
    closing = asyncio.create_task(theirs.close())
    held.let_go.set()
    await asyncio.wait_for(closing, timeout=20)

    assert request.cancelled()
    after = await stored_post(database, SCHEDULED)
    assert (after.version, after.content, after.account_ids, after.scheduled_for) == (2, CONTENT, [2280, 2290], TIME)


async def test_a_read_cancelled_while_it_is_running_holds_up_no_later_read(database: Database, demo: str) -> None:
    started, let_go = threading.Event(), threading.Event()

    def slow_read(_: object) -> None:
        started.set()
        assert let_go.wait(timeout=20)

    request = asyncio.create_task(database.read(slow_read))
    assert await asyncio.to_thread(started.wait, 20)
    request.cancel()
    await asyncio.wait([request])
    let_go.set()

    posts = await asyncio.gather(*(stored_post(database, SCHEDULED) for _ in range(20)))

    assert request.cancelled()
    assert {post.version for post in posts} == {1}


async def test_an_update_cancelled_while_it_is_refused_leaves_no_exception_unseen(
    database: Database, clock: Clock, demo: str
) -> None:
    before = await dump(database)
    held = HeldClock()
    running = Service(database, clock=held, new_id=Ids())
    refused = PostChanges(content=CONTENT, expected_versions=frozenset({7}))
    request = asyncio.create_task(running.run(OURS, update_post, post_id=SCHEDULED, changes=refused))
    assert await asyncio.to_thread(held.asked.wait, 20)

    request.cancel()
    await asyncio.wait([request])
    held.let_go.set()

    assert request.cancelled()
    await database.write(lambda connection: None)
    assert changed_tables(before, await dump(database)) == {}


async def test_a_request_that_is_cancelled_takes_no_other_with_it(database: Database, clock: Clock, demo: str) -> None:
    held = HeldClock()
    running = Service(database, clock=held, new_id=Ids())
    first = asyncio.create_task(running.run(OURS, update_post, post_id=SCHEDULED, changes=UPDATE))
    assert await asyncio.to_thread(held.asked.wait, 20)
    others = [asyncio.create_task(write_next(database, clock, number)) for number in range(5)]
    await asyncio.sleep(0)  # one turn of the loop: each has queued its unit behind the first

    first.cancel()
    others[2].cancel()
    await asyncio.wait([first])
    held.let_go.set()
    await asyncio.wait(others)

    assert first.cancelled()
    assert [other.cancelled() for other in others] == [False, False, True, False, False]
    assert [other.exception() for other in others if not other.cancelled()] == [None] * 4
