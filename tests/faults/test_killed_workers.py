"""Workers that are killed at random moments publish every post once, lose none, and leave none stuck."""

from __future__ import annotations

import asyncio
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from app.domain.destination import DestinationStatus
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.faults.receiver import receiving
from tests.faults.rig import SECRET, WAITING, Rig, Worker
from tests.repositories.chance import seeded_chance

POSTS = 300
WORKERS = 2
RUNS = int(os.environ.get("REDRAFT_KILL_RUNS", "1"))


@pytest.mark.timeout(180)
@pytest.mark.parametrize("run", range(RUNS))
async def test_300_posts_are_each_published_once_though_workers_are_killed(
    run: int, database_url: str, database: Database, tmp_path: Path
) -> None:
    chance = seeded_chance()
    async with receiving(SECRET) as receiver:
        receiver.wait = lambda _: asyncio.sleep(chance.uniform(0, 0.1))
        rig = await Rig.make(database_url, receiver.credentials)
        ids = await rig.add_due_posts(POSTS)

        with ExitStack() as stack:
            workers = [
                stack.enter_context(Worker(tmp_path / f"worker{number}", database_url)) for number in range(WORKERS)
            ]
            kills = 0
            while len(receiver.published) < POSTS:
                enough = receiver.calls.total() + chance.randrange(1, 80)
                await receiver.until(
                    lambda enough=enough: receiver.calls.total() >= enough or len(receiver.published) == POSTS,  # type: ignore[misc]
                    within=WAITING,
                )
                await asyncio.sleep(chance.uniform(0, 0.1))  # not always as a call comes
                if len(receiver.published) < POSTS:
                    victim = chance.choice(workers)
                    victim.kill()
                    victim.start()
                    kills += 1
            posts = await rig.settled(database, ids)

    keys = {rig.key_of(post): post for post in posts}
    assert receiver.published == {key: str(post.id) for key, post in keys.items()}
    for key, post in keys.items():
        (destination,) = post.destinations
        assert post.status is PostStatus.PUBLISHED
        assert (destination.status, destination.platform_post_id) == (DestinationStatus.PUBLISHED, key)
        assert destination.attempts >= 1
        assert post.version == 1 + 2 * destination.attempts - (destination.attempts - 1)
    print(f"{kills} kills, {receiver.calls.total()} calls for {POSTS} posts")  # noqa: T201 - shown with -s
    assert kills > 0
