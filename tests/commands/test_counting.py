"""Read-then-write updates of one post, however many at once, are all counted: none overwrites another unseen."""

from __future__ import annotations

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.commands.create_post import create_post
from app.commands.service import Service
from app.domain.changes import PostChanges
from app.domain.kind import PostKind
from app.domain.post import Known, Post
from app.repositories.database import Database
from app.repositories.posts import LostUpdate, PostRepository
from tests.repositories.storage import OURS, stored_post
from tests.support.clock import NOW

TASKS = 8
ROUNDS = 60


@pytest.fixture
async def counter(service: Service) -> UUID:
    """A post whose content is the number 0."""
    post = (await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=PostChanges(content="0"))).post
    return post.id


def increased(post: Post) -> Post:
    return post.apply(PostChanges(content=str(int(post.content) + 1)), Known(), now=NOW)


async def count(database: Database, post_id: UUID) -> None:
    def count_once(connection: Connection) -> None:
        posts = PostRepository(connection, OURS)
        post = posts.get_to_change(post_id)
        posts.save((post, increased(post)))

    for _ in range(ROUNDS):
        await database.write(count_once)


async def test_eight_tasks_of_sixty_updates_each_count_to_480(database: Database, counter: UUID) -> None:
    await asyncio.gather(*(count(database, counter) for _ in range(TASKS)))

    post = await stored_post(database, counter)
    assert (post.content, post.version) == ("480", 481)


async def test_they_count_to_480_through_two_processes_connections_as_well(
    database: Database, second_database: Database, counter: UUID
) -> None:
    await asyncio.gather(*(count((database, second_database)[task % 2], counter) for task in range(TASKS)))

    post = await stored_post(database, counter)
    assert (post.content, post.version) == ("480", 481)


async def test_a_post_saved_over_a_version_that_is_no_longer_stored_is_an_error_and_changes_nothing(
    database: Database, counter: UUID
) -> None:
    stale = await stored_post(database, counter)
    await database.write(lambda connection: PostRepository(connection, OURS).save((stale, increased(stale))))

    with pytest.raises(LostUpdate):
        await database.write(lambda connection: PostRepository(connection, OURS).save((stale, increased(stale))))

    post = await stored_post(database, counter)
    assert (post.content, post.version) == ("1", 2)


async def test_a_post_deleted_at_a_version_that_is_no_longer_stored_is_an_error_and_stays(
    database: Database, counter: UUID
) -> None:
    stale = await stored_post(database, counter)
    await database.write(lambda connection: PostRepository(connection, OURS).save((stale, increased(stale))))

    with pytest.raises(LostUpdate):
        await database.write(lambda connection: PostRepository(connection, OURS).delete(stale, now=NOW))

    assert (await stored_post(database, counter)).version == 2
