"""A dry run answers what the update would, refusals and slots included, and leaves the database as it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
    try_fill_demo,
)
from app.commands.service import Service
from app.commands.update_post import UpdatedPost, update_post
from app.commands.update_posts import PostUpdate, update_posts
from app.domain.api_key import new_secret
from app.domain.changes import PostChanges
from app.domain.errors import InvalidInput, Refusal
from app.domain.post import PostStatus
from app.repositories.database import Database, open_database
from tests.repositories.storage import OURS, dump, stored_post
from tests.support.clock import NOW, Clock, Ids

TIME = NOW + timedelta(days=3)

UPDATES: list[tuple[UUID, PostChanges]] = [
    (SCHEDULED, PostChanges()),
    (SCHEDULED, PostChanges(content="a" * 3_001)),
    (SCHEDULED, PostChanges(content="a" * 281, platform_content={"x": {"content": "Short"}})),
    (SCHEDULED, PostChanges(timezone=None, account_ids=frozenset({9999}), scheduled_for=NOW, media_ids=None)),
    (SCHEDULED, PostChanges(account_ids=frozenset({2282, 2290}), media_ids=None)),
    (SCHEDULED, PostChanges(status=PostStatus.DRAFT, scheduled_for=None)),
    (SCHEDULED, PostChanges(expected_versions=frozenset({7}), content="x")),
    (SCHEDULED, PostChanges(platform_content={"instagran": {}})),
    (VIDEO, PostChanges(scheduled_for=TIME)),
    (SLIDESHOW, PostChanges(scheduled_for=TIME)),
    (SLIDESHOW, PostChanges(scheduled_for=TIME, title=None)),
    (DRAFT, PostChanges(status=PostStatus.SCHEDULED)),
    (DRAFT, PostChanges(status=PostStatus.SCHEDULED, scheduled_for=TIME)),
    (FAILED, PostChanges(content="Again")),
    (PARTIALLY_FAILED, PostChanges(account_ids=frozenset({2282}))),
    (PARTIALLY_FAILED, PostChanges(account_ids=frozenset({2280}))),
    (PUBLISHED, PostChanges()),
    (PUBLISHING, PostChanges(content="x")),
    (OF_ANOTHER_ORGANIZATION, PostChanges(content="x")),
    (UUID(int=9), PostChanges(content="x")),
]
"""Accepted and refused for every reason there is; two of them meet in one slot."""


async def outcome(service: Service, post_id: UUID, changes: PostChanges, *, dry_run: bool) -> object:
    """What the update came to, in a form that can be compared."""
    try:
        updated = await service.run(OURS, update_post, post_id=post_id, changes=changes, dry_run=dry_run)
    except Refusal as refusal:
        return comparable(refusal)
    assert updated.dry_run is dry_run
    return replace(updated, dry_run=False)


def comparable(outcome: UpdatedPost | Refusal) -> object:
    if isinstance(outcome, UpdatedPost):
        return replace(outcome, dry_run=False)
    return (type(outcome), outcome.message, vars(outcome))


async def keep_apart(database: Database) -> None:
    keep = text("UPDATE accounts SET minimum_gap_minutes = 30 WHERE id = 2290")
    await database.write(lambda connection: connection.execute(keep).close())


async def test_a_dry_run_answers_what_the_update_answers_and_stores_nothing(
    service: Service, database: Database
) -> None:
    await keep_apart(database)
    for post_id, changes in UPDATES:
        before = await dump(database)
        tried = await outcome(service, post_id, changes, dry_run=True)
        assert await dump(database) == before

        done = await outcome(service, post_id, changes, dry_run=False)

        assert tried == done, (post_id, changes)

    slideshow = await stored_post(database, SLIDESHOW)
    assert slideshow.scheduled_for == TIME + timedelta(minutes=30)


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_dry_run_of_many_answers_what_the_updates_answer_and_stores_nothing(
    atomic: bool, service: Service, database: Database
) -> None:
    await keep_apart(database)
    updates = [PostUpdate(post_id=post_id, changes=changes) for post_id, changes in UPDATES]
    accepted = [
        PostUpdate(post_id=VIDEO, changes=PostChanges(scheduled_for=TIME)),
        PostUpdate(post_id=SLIDESHOW, changes=PostChanges(scheduled_for=TIME)),
    ]
    for batch in (updates, accepted):
        before = await dump(database)
        tried = await service.run(OURS, update_posts, updates=batch, atomic=atomic, dry_run=True)
        assert await dump(database) == before

        done = await service.run(OURS, update_posts, updates=batch, atomic=atomic)

        assert [comparable(item) for item in tried] == [comparable(item) for item in done]


async def test_the_violations_of_a_dry_run_are_the_real_ones(service: Service, database: Database) -> None:
    before = await dump(database)
    changes = PostChanges(content="a" * 3_001, timezone="Nowhere")

    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes, dry_run=True)

    assert [(item.path, item.platform, item.limit, item.actual) for item in refused.value.issues] == [
        (("timezone",), None, None, None),
        (("content",), "instagram", 2_200, 3_001),
        (("content",), "x", 280, 3_001),
        (("content",), "linkedin", 3_000, 3_001),
    ]
    assert await dump(database) == before


def bytes_of(path: Path) -> dict[str, bytes]:
    """The database file and its log of changes."""
    return {name: path.with_name(name).read_bytes() for name in (path.name, f"{path.name}-wal")}


async def test_a_dry_run_changes_no_byte_of_the_embedded_database(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "redraft.db"
    database = await open_database(f"sqlite:///{path}")
    await database.migrate()
    await database.write(lambda connection: try_fill_demo(connection, secret=new_secret(), now=clock()))
    await keep_apart(database)
    service = Service(database, clock=clock, new_id=Ids())
    await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(scheduled_for=TIME))
    before = bytes_of(path)
    assert all(before.values())

    for post_id, changes in UPDATES:
        await outcome(service, post_id, changes, dry_run=True)
    updates = [PostUpdate(post_id=post_id, changes=changes) for post_id, changes in UPDATES]
    for atomic in (True, False):
        await service.run(OURS, update_posts, updates=updates, atomic=atomic, dry_run=True)
    assert bytes_of(path) == before

    await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(content="Real"))
    assert bytes_of(path) != before
    await database.close()
