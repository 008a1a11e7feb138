"""A network whose answer comes too late leaves one post behind, and a person decides where nobody else can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.domain.destination import Destination, DestinationStatus
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from tests.faults.receiver import receiving
from tests.faults.rig import SECRET, Rig, Worker, settings_of, until
from tests.faults.sites import CHANNEL, GUILD, Channel, Timeline, serving
from tests.support.edges import dump
from tests.support.server import Server

pytestmark = pytest.mark.timeout(120)

WHAT_TO_DO = "The post may be out: look at the account, and retry with confirm only if it is not."
SHORT = {"REDRAFT_CALL_TIMEOUT": "0.5"}

RETRY = """
mutation ($id: ID!, $confirm: Boolean! = false) {
  retryPost(id: $id, confirm: $confirm) {
    __typename
    ... on RetryPostSuccess { retriedCount }
    ... on InvalidInput { issues { path code } }
  }
}
"""


@pytest.fixture
async def channel() -> AsyncIterator[Channel]:
    channel = Channel()
    async with serving(channel.take) as channel.url:
        yield channel


async def only(rig: Rig, database: Database, post_id: UUID) -> tuple[Post, Destination]:
    (post,) = await rig.posts(database, [post_id])
    (destination,) = post.destinations
    return post, destination


async def retry(server: Server, rig: Rig, post_id: UUID, **variables: Any) -> Any:
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {rig.key}"}) as client:
        asked = {"query": RETRY, "variables": {"id": str(post_id), **variables}}
        answer = await client.post(f"{server.address}/graphql", json=asked)
    return answer.json()["data"]["retryPost"]


async def test_where_a_repeat_cannot_be_told_the_outcome_is_unknown_until_a_person_confirms(
    database_url: str, database: Database, channel: Channel, tmp_path: Path
) -> None:
    silence = asyncio.Event()
    channel.wait = silence.wait
    rig = await Rig.make(database_url, channel.credentials, platform=Platform.DISCORD, accounts=1)
    (id,) = await rig.add_due_posts(1)
    with Worker(tmp_path / "worker", database_url, **SHORT) as worker:
        await rig.settled(database, [id])
        post, destination = await only(rig, database, id)
        reason = f"{channel.url.removeprefix('http://')} took the call, and gave no answer within 0.5 seconds."
        assert (post.status, post.failure_reason) == (PostStatus.FAILED, f"{reason} {WHAT_TO_DO}")
        assert destination.status is DestinationStatus.UNKNOWN
        assert (destination.error, destination.attempts) == (f"{reason} {WHAT_TO_DO}", 1)
        assert (destination.next_attempt_at, destination.lease_until) == (None, None)

        # Neither a worker that starts anew nor one that goes on publishing other posts calls again.
        silence.set()
        worker.terminate()
        assert await worker.ended() == 0
        worker.start()
        (another,) = await rig.add_due_posts(1)
        await rig.settled(database, [another])
        assert channel.messages == [str(id), str(another)]

        with Server(tmp_path / "server", **settings_of(database_url)) as server:
            before = await dump(database)
            assert await retry(server, rig, id) == {
                "__typename": "InvalidInput",
                "issues": [{"path": ["confirm"], "code": "OUTCOME_UNKNOWN"}],
            }
            assert await dump(database) == before
            assert await retry(server, rig, id, confirm=True) == {"__typename": "RetryPostSuccess", "retriedCount": 1}
            await rig.settled(database, [id])

    post, destination = await only(rig, database, id)
    assert channel.messages == [str(id), str(another), str(id)]
    assert (post.status, post.failure_reason) == (PostStatus.PUBLISHED, None)
    assert (destination.status, destination.error) == (DestinationStatus.PUBLISHED, None)
    assert destination.platform_post_url == f"https://discord.com/channels/{GUILD}/{CHANNEL}/903"


async def test_an_answer_that_comes_while_the_worker_listens_is_taken(
    database_url: str, database: Database, channel: Channel, tmp_path: Path
) -> None:
    """Later than a lease lasts: it is renewed, and no other worker takes the post meanwhile."""
    channel.wait = lambda: asyncio.sleep(2.5)
    rig = await Rig.make(database_url, channel.credentials, platform=Platform.DISCORD, accounts=1)
    (id,) = await rig.add_due_posts(1)
    different = {"REDRAFT_LEASE": "1"}
    with (
        Worker(tmp_path / "one", database_url, **different),
        Worker(tmp_path / "another", database_url, **different),
    ):
        await rig.settled(database, [id])

    post, destination = await only(rig, database, id)
    assert channel.messages == [str(id)]
    assert (post.status, destination.status) == (PostStatus.PUBLISHED, DestinationStatus.PUBLISHED)
    assert (destination.attempts, destination.platform_post_id) == (1, "901")


async def test_a_worker_killed_within_a_call_that_cannot_be_repeated_leaves_one_post_and_its_outcome_unknown(
    database_url: str, database: Database, channel: Channel, tmp_path: Path
) -> None:
    """Of six posts four are on the wire, as many as one account takes at once, and two wait for them: their calls were
    never begun, so another worker makes them."""
    silence = asyncio.Event()
    channel.wait = silence.wait
    rig = await Rig.make(database_url, channel.credentials, platform=Platform.DISCORD, accounts=1)
    ids = await rig.add_due_posts(6)
    with Worker(tmp_path / "worker", database_url) as worker:
        await until(lambda: len(channel.messages) == 4)
        worker.kill()
        called = list(channel.messages)
        silence.set()
        worker.start()
        posts = await rig.settled(database, ids)

    assert len(called) == 4
    assert sorted(channel.messages) == sorted(map(str, ids))
    for post in posts:
        (destination,) = post.destinations
        if str(post.id) in called:
            assert (post.status, destination.status) == (PostStatus.FAILED, DestinationStatus.UNKNOWN)
            assert destination.error == f"The worker that published the post was stopped. {WHAT_TO_DO}"
            assert destination.attempts == 1
        else:
            assert (post.status, destination.status) == (PostStatus.PUBLISHED, DestinationStatus.PUBLISHED)
            assert destination.attempts == 2


async def test_where_a_repeat_can_be_told_a_call_is_made_again_under_the_same_id(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with receiving(SECRET) as receiver:
        silence = asyncio.Event()

        async def wait(_: str) -> None:
            if receiver.calls.total() == 1:
                await silence.wait()

        receiver.wait = wait
        rig = await Rig.make(database_url, receiver.credentials, accounts=1)
        (id,) = await rig.add_due_posts(1)
        with Worker(tmp_path / "worker", database_url, **SHORT):
            await rig.settled(database, [id])
        silence.set()

    post, destination = await only(rig, database, id)
    key = rig.key_of(post)
    assert (receiver.calls, receiver.published) == ({key: 2}, {key: str(id)})
    assert (post.status, destination.status) == (PostStatus.PUBLISHED, DestinationStatus.PUBLISHED)
    assert (destination.attempts, destination.error, destination.platform_post_id) == (2, None, key)


async def test_while_a_network_remembers_keys_a_call_is_made_again_under_the_same_key(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    """A timeout first, then a worker that is killed within the call, then an answer: one status."""
    timeline = Timeline()
    silence = asyncio.Event()

    async def wait() -> None:
        if timeline.calls.total() <= 2:
            await silence.wait()

    timeline.wait = wait
    async with serving(timeline.take) as timeline.url:
        rig = await Rig.make(database_url, timeline.credentials, platform=Platform.MASTODON, accounts=1)
        (id,) = await rig.add_due_posts(1)
        with Worker(tmp_path / "worker", database_url, **SHORT) as worker:
            await until(lambda: timeline.calls.total() == 2)
            worker.kill()
            worker.start()
            await rig.settled(database, [id])
        silence.set()

    post, destination = await only(rig, database, id)
    key = rig.key_of(post)
    assert (timeline.calls, timeline.statuses) == ({key: 3}, {key: str(id)})
    assert (post.status, destination.status) == (PostStatus.PUBLISHED, DestinationStatus.PUBLISHED)
    assert (destination.attempts, destination.platform_post_id) == (3, "1")
