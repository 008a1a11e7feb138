"""A worker that is told to stop ends its calls, gives back what it has not begun, and lets nobody wait for it."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import httpx
import pytest

from app.domain.destination import DestinationStatus
from app.domain.post import PostStatus
from app.repositories.database import Database
from app.worker.limits import Limits
from tests.faults.receiver import Receiver, receiving
from tests.faults.rig import SECRET, WAITING, Rig, Worker, opened, settings_of, until
from tests.support.postgresql import PostgresqlServer
from tests.support.server import Server

pytestmark = pytest.mark.timeout(120)

LIMITS = Limits()
LONG = {"REDRAFT_LEASE": "600"}
"""Whoever waited for a lease would wait longer than any of these tests may take."""


class Held:
    """Calls that get no answer before they are let go, of all posts or of some."""

    def __init__(self, receiver: Receiver, *texts: str) -> None:
        self._texts = texts
        self.go = asyncio.Event()
        receiver.wait = self._wait

    async def _wait(self, text: str) -> None:
        if not self._texts or text in self._texts:
            await self.go.wait()


async def test_a_worker_that_is_told_to_stop_ends_its_calls_and_gives_the_rest_back(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with receiving(SECRET) as receiver:
        held = Held(receiver)
        rig = await Rig.make(database_url, receiver.credentials, accounts=1)
        ids = await rig.add_due_posts(10)
        with (
            Worker(tmp_path / "stopped", database_url, **LONG) as stopped,
            Worker(tmp_path / "next", database_url, **LONG) as other,
        ):
            # Both have room for four calls to the account, and one of them has claimed the rest.
            await receiver.until(lambda: receiver.calls.total() == LIMITS.per_account, within=WAITING)
            await stopped.ready()
            await other.ready()
            for worker in (stopped, other):
                worker.terminate()
                await until(lambda worker=worker: "The worker begins nothing more." in worker.log)  # type: ignore[misc]
            late = await rig.add_due_posts(2)
            held.go.set()
            assert (await stopped.ended(), await other.ended()) == (0, 0)

            called = sorted(receiver.published.values())
            posts = await rig.posts(database, ids)
            out = [post for post in posts if post.status is PostStatus.PUBLISHED]
            assert sorted(str(post.id) for post in out) == called
            for post in (*posts, *await rig.posts(database, late)):
                (destination,) = post.destinations
                if post not in out:
                    assert destination.status is DestinationStatus.QUEUED
                    assert (destination.lease_until, destination.error) == (None, None)
                    assert str(post.id) not in called

            stopped.start()
            posts = await rig.settled(database, [*ids, *late])
    assert [post.status for post in posts] == [PostStatus.PUBLISHED] * 12
    assert receiver.calls == {rig.key_of(post): 1 for post in posts}


async def test_calls_at_once_are_bounded_and_a_slow_account_holds_up_no_other(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    accounts = LIMITS.per_network // LIMITS.per_account + 2
    async with receiving(SECRET) as receiver:
        rig = await Rig.make(database_url, receiver.credentials, accounts=accounts)
        slow, *others = rig.accounts
        slow_ids = await rig.add_due_posts(LIMITS.held, accounts=[slow])
        held = Held(receiver, *map(str, slow_ids))
        with Worker(tmp_path / "worker", database_url, **LONG):
            await receiver.until(lambda: receiver.calls.total() == LIMITS.per_account, within=WAITING)
            # Posts of all others, due after those of the slow one, go out while it answers nothing.
            ids = await rig.add_due_posts(4 * len(others), accounts=others)
            posts = await rig.settled(database, ids)
            assert [post.status for post in posts] == [PostStatus.PUBLISHED] * len(ids)
            assert receiver.calls.total() == LIMITS.per_account + len(ids)

            held.go.set()
            slow_posts = await rig.settled(database, slow_ids)
            assert [post.status for post in slow_posts] == [PostStatus.PUBLISHED] * len(slow_ids)

            # More of every account than may be called at once, and none is answered.
            every = await rig.add_due_posts(LIMITS.held)
            held = Held(receiver, *map(str, every))
            before = receiver.calls.total()
            await receiver.until(lambda: receiver.calls.total() == before + LIMITS.per_network, within=WAITING)
            held.go.set()
            await rig.settled(database, every)
    assert receiver.at_once.pop("") == LIMITS.per_network
    assert (receiver.at_once["1"], max(receiver.at_once.values())) == (LIMITS.per_account, LIMITS.per_account)


async def test_a_worker_that_cannot_record_what_it_has_published_stops_all_the_same(tmp_path: Path) -> None:
    with PostgresqlServer() as postgresql:
        database_url = postgresql.create_database()
        async with receiving(SECRET) as receiver:
            held = Held(receiver)
            rig = await Rig.make(database_url, receiver.credentials, accounts=1)
            ids = await rig.add_due_posts(6)
            with Worker(tmp_path / "worker", database_url, REDRAFT_CALL_TIMEOUT="60") as worker:
                await receiver.until(lambda: receiver.calls.total() == LIMITS.per_account, within=WAITING)
                postgresql.stop()
                worker.terminate()
                await until(lambda: "The worker begins nothing more." in worker.log)
                held.go.set()
                assert await worker.ended() == 0
                assert "What was published could not be recorded before the worker stopped." in worker.log

                # It is as if it had been killed: what its receiver knows already it hears of again, under the same id.
                postgresql.start()
                worker.start()
                async with opened(database_url) as database:
                    posts = await rig.settled(database, ids)
    assert [post.status for post in posts] == [PostStatus.PUBLISHED] * 6
    assert receiver.published == {rig.key_of(post): str(post.id) for post in posts}
    assert sorted(receiver.calls.values()) == [1, 1, 2, 2, 2, 2]


async def test_a_server_that_is_told_to_stop_claims_nothing_more_while_its_last_requests_last(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    async with receiving(SECRET) as receiver:
        rig = await Rig.make(database_url, receiver.credentials, accounts=1)
        with Server(tmp_path / "server", **settings_of(database_url)) as server:
            await rig.add_due_posts(1)
            await receiver.until(lambda: receiver.calls.total() == 1, within=WAITING)
            # A request that is still on its way keeps the server from ending.
            address = server.address.removeprefix("http://").partition(":")[::2]
            with socket.create_connection((address[0], int(address[1]))) as request:
                request.sendall(
                    b"POST /v1/posts HTTP/1.1\r\nHost: redraft.test\r\nContent-Type: application/json\r\n"
                    b"Authorization: Bearer " + rig.key.encode() + b"\r\nContent-Length: 1000\r\n\r\n{"
                )
                await begun(server)
                os.kill(server.pid, signal.SIGTERM)
                await closed(address[0], int(address[1]))
                late = await rig.add_due_posts(3)
            server.stop()
        posts = await rig.posts(database, late)
    assert [post.status for post in posts] == [PostStatus.SCHEDULED] * 3
    assert receiver.calls.total() == 1


async def begun(server: Server) -> None:
    """The half-sent request has been read: one that was sent after it is answered."""
    async with httpx.AsyncClient(base_url=server.address) as client:
        assert (await client.get("/healthz")).status_code == 200


async def closed(host: str, port: int) -> None:
    """The server has heard that it is to stop: it takes no connection any more."""
    async with asyncio.timeout(WAITING):
        while True:
            try:
                _, writer = await asyncio.open_connection(host, port)
            except ConnectionRefusedError:
                return
            writer.close()
            await asyncio.sleep(0.02)
