"""Whoever follows events from any cursor is told every stored change after it: in order, none twice, none lost."""

from __future__ import annotations

import asyncio
import threading
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import text

from app.commands.delete_post import delete_post
from app.commands.fill_demo import DRAFT, OF_ANOTHER_ORGANIZATION, SCHEDULED
from app.commands.list_events import EventPage, list_events
from app.commands.service import Service
from app.commands.unit import Unit, writes
from app.commands.update_post import update_post
from app.commands.update_posts import PostUpdate, update_posts
from app.domain.changes import PostChanges
from app.domain.errors import PostNotFound
from app.domain.events import START, Cursor
from app.domain.history import EventType
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.support.clock import Clock, Ids

WRITERS = 8
CHANGES = 20


@pytest.fixture
def second_service(second_database: Database, clock: Clock) -> Service:
    return Service(second_database, clock=clock, new_id=Ids())


async def end_of(service: Service) -> Cursor:
    """The place after everything that has happened."""
    return (await service.run(1, list_events, after=None, limit=1)).end


async def page_after(
    service: Service,
    after: Cursor,
    *,
    limit: int = 100,
    post_id: UUID | None = None,
    statuses: frozenset[PostStatus] | None = None,
    organization_id: int = 1,
) -> EventPage:
    return await service.run(organization_id, list_events, after=after, limit=limit, post_id=post_id, statuses=statuses)


def told(page: EventPage) -> list[tuple[UUID, int]]:
    """The post and the version of every event."""
    return [(change.event.post_id, change.event.version) for change in page.changes]


async def change(service: Service, post_id: UUID, content: str) -> int:
    """The version that it made."""
    updated = await service.run(1, update_post, post_id=post_id, changes=PostChanges(content=content))
    return updated.post.version


async def test_an_event_says_what_was_changed_and_the_post_is_as_it_is_now(service: Service, clock: Clock) -> None:
    before = await end_of(service)
    await change(service, DRAFT, "Once")
    clock.advance(minutes=1)
    await change(service, DRAFT, "Twice")

    first, second = (await page_after(service, before)).changes

    assert (first.event.type, first.event.post_id, first.event.version) == (EventType.UPDATED, DRAFT, 2)
    assert (first.event.status, first.event.changed_fields) == (PostStatus.DRAFT, ("content",))
    assert second.event.at == clock.now
    assert first.post is not None
    assert (first.post.content, first.post.version) == ("Twice", 3)
    assert first.post == second.post


async def test_every_cursor_resumes_after_its_own_event(service: Service) -> None:
    before = await end_of(service)
    for number in range(5):
        await change(service, (DRAFT, SCHEDULED)[number % 2], f"Change {number}")
    everything = await page_after(service, before)
    assert told(everything) == [(DRAFT, 2), (SCHEDULED, 2), (DRAFT, 3), (SCHEDULED, 3), (DRAFT, 4)]

    for position, known in enumerate(everything.changes, start=1):
        cursor = Cursor.read(str(known.event.cursor))
        rest = await page_after(service, cursor)
        assert rest.changes == everything.changes[position:]
        assert rest.through == everything.through
    assert (await page_after(service, everything.through)).changes == ()


async def test_a_page_that_is_not_the_last_ends_at_its_last_event(service: Service) -> None:
    before = await end_of(service)
    for number in range(3):
        await change(service, DRAFT, f"Change {number}")

    page = await page_after(service, before, limit=2)

    assert told(page) == [(DRAFT, 2), (DRAFT, 3)]
    assert page.through == page.changes[-1].event.cursor
    assert told(await page_after(service, page.through, limit=2)) == [(DRAFT, 4)]


async def test_a_filter_leaves_out_others_and_comes_past_them(service: Service) -> None:
    before = await end_of(service)
    await change(service, DRAFT, "Of the draft")
    await change(service, SCHEDULED, "Of the scheduled post")

    of_one = await page_after(service, before, post_id=DRAFT)
    scheduled = await page_after(service, before, statuses=frozenset({PostStatus.SCHEDULED}))
    of_none = await page_after(service, before, statuses=frozenset())

    assert told(of_one) == [(DRAFT, 2)]
    assert told(scheduled) == [(SCHEDULED, 2)]
    assert told(of_none) == []
    end = await end_of(service)
    assert (of_one.through, scheduled.through, of_none.through) == (end, end, end)


async def test_a_deletion_is_an_event_without_a_post(service: Service) -> None:
    before = await end_of(service)
    await change(service, DRAFT, "Last words")
    await service.run(1, delete_post, post_id=DRAFT)

    update, deletion = (await page_after(service, before)).changes

    assert (deletion.event.type, deletion.event.version, deletion.post) == (EventType.DELETED, 3, None)
    assert (update.event.type, update.post) == (EventType.UPDATED, None)


async def test_what_was_refused_is_no_event(service: Service) -> None:
    before = await end_of(service)
    with pytest.raises(PostNotFound):
        await change(service, OF_ANOTHER_ORGANIZATION, "Not ours")
    await change(service, DRAFT, (await service.run(1, update_post, post_id=DRAFT, changes=PostChanges())).post.content)

    assert await end_of(service) == before


async def test_events_of_another_organisation_do_not_exist(service: Service) -> None:
    ours = await page_after(service, START)
    theirs = await page_after(service, START, organization_id=2)

    assert OF_ANOTHER_ORGANIZATION not in {post_id for post_id, _ in told(ours)}
    assert {post_id for post_id, _ in told(theirs)} == {OF_ANOTHER_ORGANIZATION}
    assert told(await page_after(service, START, post_id=OF_ANOTHER_ORGANIZATION)) == []


async def test_eight_concurrent_writers_are_followed_without_a_loss(service: Service, second_service: Service) -> None:
    """Two processes write; whoever follows reads page after page meanwhile."""
    before = await end_of(service)
    posts = [SCHEDULED, DRAFT]
    made: list[tuple[UUID, int]] = []

    async def write(number: int) -> None:
        for count in range(CHANGES):
            through = (service, second_service)[number % 2]
            post_id = posts[(number + count) % 2]
            if count % 5 == 0:
                items = [PostUpdate(post_id=id, changes=PostChanges(content=f"{number} {count}")) for id in posts]
                answers = await through.run(1, update_posts, updates=items, atomic=True)
                made.extend((answer.post.id, answer.post.version) for answer in answers)  # type: ignore[union-attr]
            else:
                made.append((post_id, await change(through, post_id, f"Writer {number}, change {count}")))

    async def follow() -> list[tuple[UUID, int]]:
        found: list[tuple[UUID, int]] = []
        cursor = before
        while len(found) < WRITERS * (CHANGES + CHANGES // 5):
            page = await page_after(second_service, cursor, limit=7)
            assert cursor <= page.through
            assert all(a.event.cursor < b.event.cursor for a, b in pairwise(page.changes))
            found += told(page)
            cursor = page.through
        assert (await page_after(second_service, cursor)).changes == ()
        return found

    following = asyncio.create_task(follow())
    await asyncio.gather(*(write(number) for number in range(WRITERS)))
    found = await following

    assert sorted(found) == sorted(made)
    for post_id in posts:
        versions = [version for id, version in found if id == post_id]
        assert versions == list(range(2, 2 + len(versions)))


@writes
def change_when_told(
    unit: Unit, *, post_id: UUID, content: str, has_begun: threading.Event, may_end: threading.Event
) -> None:
    """Takes its place among the transactions, and stores its change before it waits to be told to commit."""
    post = unit.posts.get_to_change(post_id)
    changed = post.apply(PostChanges(content=content), unit.known(), now=unit.now)
    unit.posts.save((post, changed))
    has_begun.set()
    assert may_end.wait(60)


@writes
def take_a_number_and_change_when_told(
    unit: Unit, *, post_id: UUID, content: str, has_begun: threading.Event, may_go_on: threading.Event
) -> None:
    """Takes its place among the transactions, and waits before it looks at the post."""
    unit._connection.execute(text("SELECT pg_current_xact_id()"))
    has_begun.set()
    assert may_go_on.wait(60)
    post = unit.posts.get_to_change(post_id)
    unit.posts.save((post, post.apply(PostChanges(content=content), unit.known(), now=unit.now)))


class TestOnPostgresql:
    @pytest.fixture
    def engine(self) -> str:
        return "postgresql"

    async def test_a_change_is_not_told_before_one_that_may_still_come_before_it(
        self, service: Service, second_service: Service
    ) -> None:
        before = await end_of(service)
        has_begun, may_end = threading.Event(), threading.Event()
        slow = asyncio.create_task(
            second_service.run(1, change_when_told, post_id=DRAFT, content="Slow", has_begun=has_begun, may_end=may_end)
        )
        await asyncio.to_thread(has_begun.wait)
        try:
            await change(service, SCHEDULED, "Quick")
            assert told(await page_after(service, before)) == []
            assert await end_of(service) == before
        finally:
            may_end.set()
        await slow

        assert told(await page_after(service, before)) == [(DRAFT, 2), (SCHEDULED, 2)]

    async def test_the_changes_of_one_post_are_told_in_the_order_of_its_versions(
        self, service: Service, second_service: Service
    ) -> None:
        before = await end_of(service)
        has_begun, may_go_on = threading.Event(), threading.Event()
        slow = asyncio.create_task(
            second_service.run(
                1,
                take_a_number_and_change_when_told,
                post_id=DRAFT,
                content="Second",
                has_begun=has_begun,
                may_go_on=may_go_on,
            )
        )
        await asyncio.to_thread(has_begun.wait)
        try:
            await change(service, DRAFT, "First")
        finally:
            may_go_on.set()
        await slow

        assert told(await page_after(service, before)) == [(DRAFT, 2), (DRAFT, 3)]
