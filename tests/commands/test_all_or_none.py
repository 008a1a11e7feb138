"""Many posts retried or deleted in one unit of work: what it costs, where they land, and what a race leaves behind."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection
from uuid6 import uuid7

from app.commands.delete_posts import delete_posts
from app.commands.fill_demo import FAILED, OF_ANOTHER_ORGANIZATION
from app.commands.retry_posts import retry_posts
from app.commands.service import Service
from app.commands.unit import Unit
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import InvalidInput, IssueCode, PostNotFound, Refusal
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, THEIRS, changed_tables, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

HOURLY = Account(
    id=2295, platform=Platform.LINKEDIN, name="hourly", is_active=True, created_at=NOW, minimum_gap_minutes=60
)
DAILY = replace(HOURLY, id=2296, name="daily", minimum_gap_minutes=24 * 60)
_FAILED_ON = {
    account.id: Destination(account=account, status=DestinationStatus.FAILED, error="No.", attempts=1)
    for account in (HOURLY, DAILY)
}


@pytest.fixture
async def failed(database: Database, demo: str) -> list[Post]:
    """A hundred posts that failed: one half on an account that keeps an hour between its posts, one on a daily one."""
    template = await stored_post(database, FAILED)
    posts = [
        template._replace(id=UUID(int=number << 64), destinations=(_FAILED_ON[2295 + number % 2],))
        for number in range(1, 101)
    ]

    def add(connection: Connection) -> None:
        for account in (HOURLY, DAILY):
            AccountRepository(connection, OURS).add(account)
        PostRepository(connection, OURS).add(*posts)

    await database.write(add)
    return posts


async def test_posts_that_are_retried_together_take_their_slots_in_the_order_they_are_named(
    service: Service, database: Database, failed: list[Post]
) -> None:
    before = await dump(database)

    retried = await service.run(OURS, retry_posts, post_ids=[post.id for post in reversed(failed)])

    expected = [(timedelta(days=1) if place % 2 else timedelta(hours=1)) * (place // 2) for place in range(100)]
    assert [post.scheduled_for for post in retried] == [NOW + wait for wait in expected]
    assert {post.status for post in retried} == {PostStatus.SCHEDULED}
    for post in (retried[0], retried[57], retried[99]):
        assert await stored_post(database, post.id) == post
    assert changed_tables(before, await dump(database)) == {
        "posts": (100, 100),
        "destinations": (100, 100),
        "revisions": (0, 100),
    }


@pytest.mark.parametrize("command", [retry_posts, delete_posts], ids=["retry", "delete"])
async def test_a_hundred_posts_cost_as_many_statements_as_two(
    database: Database, failed: list[Post], command: Callable[..., Any]
) -> None:
    def statements_for(connection: Connection, posts: list[Post]) -> int:
        unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
        with statements_of(connection) as statements:
            assert len(command(unit, post_ids=[post.id for post in posts])) == len(posts)
        return len(statements)

    few = await database.write(lambda connection: statements_for(connection, failed[:2]))
    many = await database.write(lambda connection: statements_for(connection, failed[2:]))

    assert many == few


@pytest.mark.parametrize("command", [retry_posts, delete_posts], ids=["retry", "delete"])
async def test_one_post_of_another_organisation_keeps_all_of_them_as_they_are(
    service: Service, database: Database, command: Any
) -> None:
    before = await dump(database)

    for organization_id, post_ids in ((OURS, [FAILED, OF_ANOTHER_ORGANIZATION]), (THEIRS, [FAILED])):
        with pytest.raises(PostNotFound) as refused:
            await service.run(organization_id, command, post_ids=post_ids)
        assert refused.value.post_id == str(post_ids[-1])

    assert await dump(database) == before


async def test_a_post_that_breaks_its_platforms_rules_is_named_with_what_it_breaks(
    service: Service, database: Database, failed: list[Post]
) -> None:
    too_long = failed[0]._replace(id=UUID(int=7), content="x" * 3001)
    await database.write(lambda connection: PostRepository(connection, OURS).add(too_long))
    before = await dump(database)

    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, retry_posts, post_ids=[failed[0].id, too_long.id])

    (issue,) = refused.value.issues
    assert issue.path == ("post_ids", str(too_long.id), "content")
    assert (issue.code, issue.limit, issue.actual) == (IssueCode.TOO_LONG, 3000, 3001)
    assert issue.message.startswith(f"`{too_long.id}`: `content` has 3001 characters")
    assert await dump(database) == before


async def test_of_units_that_retry_the_same_posts_at_once_one_does(
    service: Service, database: Database, second_database: Database, clock: Clock, failed: list[Post]
) -> None:
    """Half of them name the posts in the opposite order, and none waits for another in a circle."""
    ids = [post.id for post in failed[:10]]
    services = [Service(one, clock=clock, new_id=uuid7) for one in (database, second_database)]
    before = await dump(database)

    async def retry(number: int) -> list[Post] | Refusal:
        try:
            named = ids if number % 4 < 2 else ids[::-1]
            return await services[number % 2].run(OURS, retry_posts, post_ids=named)
        except Refusal as refusal:
            return refusal

    outcomes = await asyncio.gather(*(retry(number) for number in range(12)))

    (done,) = [outcome for outcome in outcomes if isinstance(outcome, list)]
    assert {post.id for post in done} == set(ids)
    refusals = [outcome for outcome in outcomes if isinstance(outcome, InvalidInput)]
    assert len(refusals) == 11
    assert {issue.code for refusal in refusals for issue in refusal.issues} == {IssueCode.NOTHING_TO_RETRY}
    assert changed_tables(before, await dump(database)) == {
        "posts": (10, 10),
        "destinations": (10, 10),
        "revisions": (0, 10),
    }
