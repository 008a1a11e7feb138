"""PostgreSQL is stopped and started under load: nothing accepted is lost, nothing goes out twice, nothing is stuck."""

from __future__ import annotations

import asyncio
import os
import random
import signal
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import utc_now
from app.domain.post import PostStatus
from tests.faults.editors import Editors, assert_what_went_out_was_accepted, is_coming
from tests.faults.receiver import receiving
from tests.faults.rig import SECRET, WAITING, Rig, Worker, opened, settings_of
from tests.repositories.chance import seeded_chance
from tests.support.postgresql import PostgresqlServer
from tests.support.server import Server

SECONDS = float(os.environ.get("REDRAFT_FAULT_SECONDS", "10"))
UP = (5, 40) if SECONDS >= 60 else (1, 3)
"""Seconds between a start and the next stop, at random."""
DOWN = (0, 8) if SECONDS >= 60 else (0, 2)
KINDS = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)
POSTS = 100
EDITORS = 8


async def restart(postgresql: PostgresqlServer, chance: random.Random) -> Counter[str]:
    """Again and again, each kind of stop as often as another; how often each was."""
    done: Counter[str] = Counter()
    kinds: list[signal.Signals] = []
    loop = asyncio.get_running_loop()
    end = loop.time() + SECONDS
    while True:
        up = chance.uniform(*UP)
        if loop.time() + up > end and done:
            return done
        await asyncio.sleep(up)
        kinds = kinds or chance.sample(KINDS, len(KINDS))
        kind = kinds.pop()
        await asyncio.to_thread(postgresql.stop, kind)
        await asyncio.sleep(chance.uniform(*DOWN))
        await asyncio.to_thread(postgresql.start)
        done[kind.name] += 1


@pytest.mark.timeout(SECONDS + 200)
async def test_restarts_under_load_lose_nothing_that_was_accepted_and_publish_nothing_twice(tmp_path: Path) -> None:
    chance = seeded_chance()
    with PostgresqlServer() as postgresql:
        database_url = postgresql.create_database()
        async with opened(database_url) as database, receiving(SECRET) as receiver:
            receiver.wait = lambda _: asyncio.sleep(chance.uniform(0, 0.1))
            rig = await Rig.make(database_url, receiver.credentials)
            with (
                Server(tmp_path / "server", **settings_of(database_url)) as server,
                Worker(tmp_path / "worker", database_url) as worker,
            ):
                await worker.ready()
                ids = await rig.add_due_posts(POSTS, at=utc_now() + timedelta(seconds=1))
                editors = Editors(lambda: server.address, rig, chance)
                restarts: Counter[str] = Counter()

                async def restart_it() -> None:
                    restarts.update(await restart(postgresql, chance))

                await editors.edit(ids, editors=EDITORS, during=restart_it)

                by = utc_now() + timedelta(minutes=1)
                coming = [post.id for post in await rig.posts(database, list(editors.told)) if is_coming(post, by=by)]
                settled = await rig.settled(database, coming, within=2 * WAITING)
            posts = await rig.posts(database, list(editors.told))
            print(f"{dict(restarts)}; {receiver.calls.total()} calls; edits: {dict(editors.answers)}")  # noqa: T201 - shown with -s
            assert {post.status for post in settled} == {PostStatus.PUBLISHED}
            out = [post for post in posts if post.status is PostStatus.PUBLISHED]
            assert receiver.published.keys() == {rig.key_of(post) for post in out}
            await assert_what_went_out_was_accepted(editors, receiver, database, posts)
    assert editors.answers["never answered"] == 0
    assert editors.answers["accepted"] > 0
    assert restarts.total() > 0
