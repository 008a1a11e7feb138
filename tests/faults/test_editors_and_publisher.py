"""Editors and publisher race on the same posts: what went out is exactly a version that an editor was told of."""

from __future__ import annotations

import asyncio
import os
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import utc_now
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.faults.editors import Editors, assert_what_went_out_was_accepted, is_coming
from tests.faults.receiver import receiving
from tests.faults.rig import SECRET, WAITING, Rig, Worker, settings_of
from tests.repositories.chance import seeded_chance
from tests.support.server import Server

SECONDS = float(os.environ.get("REDRAFT_FAULT_SECONDS", "6"))
POSTS = 100
EDITORS = 8
PATIENT = {"REDRAFT_LEASE": "60", "REDRAFT_CALL_TIMEOUT": "30"}
"""Nobody dies here: no claim is to lapse, however busy the machine is."""


@pytest.mark.timeout(SECONDS + 150)
async def test_what_is_published_is_a_version_that_an_editor_was_told_was_accepted(
    database_url: str, database: Database, tmp_path: Path
) -> None:
    """One edit in twenty is given up by its editor before the answer has come: it may be stored, or not."""
    chance = seeded_chance()
    async with receiving(SECRET) as receiver:
        receiver.wait = lambda _: asyncio.sleep(chance.uniform(0, 0.05))
        rig = await Rig.make(database_url, receiver.credentials)
        with (
            Server(tmp_path / "server", **settings_of(database_url, **PATIENT)) as server,
            Worker(tmp_path / "worker", database_url, **PATIENT) as worker,
        ):
            await worker.ready()
            ids = await rig.add_due_posts(POSTS, at=utc_now() + timedelta(seconds=1))
            editors = Editors(
                lambda: server.address,
                rig,
                chance,
                patience=lambda: chance.uniform(0, 0.03) if chance.random() < 0.05 else None,
            )
            await editors.edit(ids, editors=EDITORS, during=lambda: asyncio.sleep(SECONDS))

            by = utc_now() + timedelta(minutes=1)
            coming = [post.id for post in await rig.posts(database, list(editors.told)) if is_coming(post, by=by)]
            settled = await rig.settled(database, coming, within=WAITING + SECONDS)
        posts = await rig.posts(database, list(editors.told))
    assert {post.status for post in settled} == {PostStatus.PUBLISHED}
    out = [post for post in posts if post.status is PostStatus.PUBLISHED]
    assert receiver.calls == {rig.key_of(post): 1 for post in out}
    await assert_what_went_out_was_accepted(editors, receiver, database, posts)

    print(f"{len(out)} posts published; edits: {dict(editors.answers)}")  # noqa: T201 - shown with -s
    assert editors.answers["accepted"] > 0
    assert editors.answers["never answered"] > 0
    assert editors.answers["already_published"] + editors.answers["post_already_published"] > 0
