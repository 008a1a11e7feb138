"""Slots in the database: who takes one, who finds one, and that no two posts ever share it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlmodel import SQLModel

from app.commands.create_post import create_post
from app.commands.fill_demo import DRAFT, FAILED, OF_ANOTHER_ORGANIZATION, SCHEDULED, SLIDESHOW, VIDEO
from app.commands.preview_schedule import PlannedPost, PreviewedSlot, preview_schedule
from app.commands.retry_post import retry_post
from app.commands.schedule_draft import schedule_draft
from app.commands.service import Service
from app.commands.unit import Unit
from app.commands.update_account import update_account
from app.commands.update_post import update_post
from app.domain.account_changes import AccountChanges
from app.domain.changes import PostChanges
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import InvalidInput, IssueCode
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.calendar import AccountCalendar
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, THEIRS, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

INSTAGRAM, X, LINKEDIN, TIKTOK = 2280, 2282, 2285, 2290
TIME = NOW + timedelta(days=3)
POSTS, DESTINATIONS = SQLModel.metadata.tables["posts"], SQLModel.metadata.tables["destinations"]
HALF_AN_HOUR = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


async def keep_apart(service: Service, *account_ids: int, minutes: int = 30) -> None:
    for account_id in account_ids:
        await service.run(
            OURS, update_account, account_id=account_id, changes=AccountChanges(minimum_gap_minutes=minutes)
        )


async def new_posts(service: Service, database: Database, count: int, *account_ids: int, time: datetime) -> list[UUID]:
    """Posts on these accounts, scheduled by the hour from `time` on: an hour is more than any gap here."""
    template = await stored_post(database, SCHEDULED)
    accounts = [item.account for item in template.destinations if item.account.id in account_ids]
    assert len(accounts) == len(account_ids)
    posts = [
        template._replace(
            id=UUID(int=1_000_000 + number),
            destinations=tuple(Destination(account=account) for account in accounts),
            scheduled_for=time + number * timedelta(hours=1),
        )
        for number in range(count)
    ]
    await database.write(lambda connection: PostRepository(connection, OURS).add(*posts))
    return [post.id for post in posts]


async def test_an_update_into_a_taken_slot_stores_the_next_free_one(service: Service, database: Database) -> None:
    await keep_apart(service, TIKTOK)
    first = await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(scheduled_for=TIME))

    second = await service.run(OURS, update_post, post_id=SLIDESHOW, changes=PostChanges(scheduled_for=TIME - MINUTE))

    assert (first.post.scheduled_for, first.requested_for) == (TIME, None)
    assert (second.post.scheduled_for, second.requested_for) == (TIME + HALF_AN_HOUR, TIME - MINUTE)
    assert second.changed_fields == ["scheduled_for"]
    assert await stored_post(database, SLIDESHOW) == second.post


async def test_a_post_that_is_in_its_slot_already_is_not_written_again(service: Service, database: Database) -> None:
    await keep_apart(service, TIKTOK)
    for post_id in (VIDEO, SLIDESHOW):
        await service.run(OURS, update_post, post_id=post_id, changes=PostChanges(scheduled_for=TIME))
    before = await dump(database)

    again = await service.run(OURS, update_post, post_id=SLIDESHOW, changes=PostChanges(scheduled_for=TIME))

    assert (again.changed_fields, again.post.version) == ([], 2)
    assert (again.post.scheduled_for, again.requested_for) == (TIME + HALF_AN_HOUR, TIME)
    assert await dump(database) == before


async def test_a_new_gap_moves_nothing_until_the_schedule_is_changed(service: Service, database: Database) -> None:
    # Both are due at the same instant already.
    together = (await stored_post(database, VIDEO)).scheduled_for
    assert (await stored_post(database, SLIDESHOW)).scheduled_for == together
    await keep_apart(service, TIKTOK)

    edited = await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(content="Other words"))

    assert (edited.changed_fields, edited.post.scheduled_for, edited.requested_for) == (["content"], together, None)


async def test_a_dry_run_answers_the_slot_and_books_none(service: Service, database: Database) -> None:
    await keep_apart(service, TIKTOK)
    await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(scheduled_for=TIME))
    before = await dump(database)

    tried = await service.run(
        OURS, update_post, post_id=SLIDESHOW, changes=PostChanges(scheduled_for=TIME), dry_run=True
    )
    assert await dump(database) == before
    done = await service.run(OURS, update_post, post_id=SLIDESHOW, changes=PostChanges(scheduled_for=TIME))

    assert tried == replace(done, dry_run=True)
    assert (done.post.scheduled_for, done.requested_for) == (TIME + HALF_AN_HOUR, TIME)


async def test_a_new_post_finds_a_slot_too(service: Service, database: Database) -> None:
    await keep_apart(service, X)
    changes = PostChanges(content="New", account_ids=frozenset({X}), scheduled_for=TIME, status=PostStatus.SCHEDULED)

    first = await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes)
    second = await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes)
    draft = await service.run(
        OURS, create_post, kind=PostKind.STANDARD, changes=replace(changes, status=PostStatus.DRAFT)
    )

    assert (first.post.scheduled_for, first.requested_for) == (TIME, None)
    assert (second.post.scheduled_for, second.requested_for) == (TIME + HALF_AN_HOUR, TIME)
    assert (draft.post.scheduled_for, draft.requested_for) == (TIME, None)
    assert await stored_post(database, second.post.id) == second.post


async def test_what_should_go_out_now_waits_for_its_slot_as_well(service: Service, database: Database) -> None:
    await keep_apart(service, X)
    changes = PostChanges(content="New", account_ids=frozenset({X}), status=PostStatus.SCHEDULED)

    # The demo has a post that is on the wire on this account at this instant.
    made = await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes, publish_now=True)
    queued = await service.run(OURS, schedule_draft, post_id=DRAFT, changes=PostChanges(), publish_now=True)

    assert (made.post.scheduled_for, made.requested_for) == (NOW + HALF_AN_HOUR, NOW)
    assert (queued.post.scheduled_for, queued.requested_for) == (NOW + 2 * HALF_AN_HOUR, NOW)
    assert queued.changed_fields == ["scheduled_for", "status"]
    assert await stored_post(database, DRAFT) == queued.post


async def bookings(database: Database, *account_ids: int, organization: int = OURS) -> list[tuple[int, UUID]]:
    def look(connection: Connection) -> list[tuple[int, UUID]]:
        calendar = AccountCalendar(connection, organization, to_book=False)
        found = calendar.bookings(account_ids, NOW - timedelta(days=9), NOW + timedelta(days=9))
        return sorted((booking.account_id, booking.post_id) for booking in found)

    return await database.read(look)


async def test_drafts_and_what_failed_take_no_slot_and_everything_else_does(
    service: Service, database: Database
) -> None:
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(scheduled_for=TIME))
    template = await stored_post(database, SCHEDULED)
    [account] = [item.account for item in template.destinations if item.account.id == X]
    stati = {UUID(int=number): status for number, status in enumerate(DestinationStatus, start=1)}

    def add(connection: Connection) -> None:
        for id, status in stati.items():
            destination = Destination(account=account, status=status)
            PostRepository(connection, OURS).add(template._replace(id=id, destinations=(destination,)))

    before = await bookings(database, X)
    await database.write(add)

    assert FAILED not in [post_id for _, post_id in await bookings(database, LINKEDIN)]
    assert DRAFT not in [post_id for _, post_id in before]
    assert sorted(set(await bookings(database, X)) - set(before)) == [
        (X, id) for id, status in stati.items() if status is not DestinationStatus.FAILED
    ]


async def test_a_calendar_holds_the_posts_of_one_organisation_and_of_the_accounts_asked_for(
    database: Database, demo: str
) -> None:
    assert await bookings(database, TIKTOK, 3100) == [(TIKTOK, SLIDESHOW), (TIKTOK, VIDEO)]
    assert await bookings(database, TIKTOK, 3100, organization=THEIRS) == [(3100, OF_ANOTHER_ORGANIZATION)]
    assert await bookings(database) == []


async def test_the_edges_of_the_time_that_is_looked_at_belong_to_it(database: Database, demo: str) -> None:
    time = (await stored_post(database, VIDEO)).scheduled_for
    assert time is not None
    millisecond = timedelta(milliseconds=1)

    def count(since: datetime, until: datetime) -> Callable[[Connection], int]:
        return lambda connection: len(AccountCalendar(connection, OURS, to_book=False).bookings([TIKTOK], since, until))

    assert await database.read(count(time, time)) == 2
    assert await database.read(count(time + millisecond, time + MINUTE)) == 0
    assert await database.read(count(time - MINUTE, time - millisecond)) == 0


async def test_a_preview_answers_what_the_posts_would_get_and_books_nothing(
    service: Service, database: Database
) -> None:
    await keep_apart(service, TIKTOK)
    await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(scheduled_for=TIME))
    before = await dump(database)
    plan = [
        PlannedPost(account_id=TIKTOK, time=TIME),
        PlannedPost(account_id=TIKTOK, time=TIME),
        PlannedPost(account_id=X, time=TIME),
        PlannedPost(account_id=X, time=TIME),
    ]

    previewed = await service.run(OURS, preview_schedule, plan=plan)
    without = await service.run(OURS, preview_schedule, plan=plan[:2], without=[VIDEO, DRAFT])

    assert [slot.scheduled_time for slot in previewed] == [TIME + HALF_AN_HOUR, TIME + 2 * HALF_AN_HOUR, TIME, TIME]
    assert without == [
        PreviewedSlot(account_id=TIKTOK, requested_time=TIME, scheduled_time=TIME),
        PreviewedSlot(account_id=TIKTOK, requested_time=TIME, scheduled_time=TIME + HALF_AN_HOUR),
    ]
    assert await dump(database) == before


async def test_a_preview_names_every_entry_that_could_not_be_a_post(service: Service) -> None:
    await keep_apart(service, TIKTOK)
    farthest = datetime.max.replace(tzinfo=NOW.tzinfo)
    first = datetime.min.replace(tzinfo=NOW.tzinfo)
    plan = [
        PlannedPost(account_id=TIKTOK, time=first),
        PlannedPost(account_id=9999, time=NOW),
        PlannedPost(account_id=TIKTOK, time=TIME),
        PlannedPost(account_id=3100, time=farthest),
    ]

    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, preview_schedule, plan=plan)

    assert [(item.path, item.code) for item in refused.value.issues] == [
        (("entries", "0", "scheduled_for"), IssueCode.PAST_SCHEDULE_TIME),
        (("entries", "1", "account_id"), IssueCode.UNKNOWN_ID),
        (("entries", "1", "scheduled_for"), IssueCode.PAST_SCHEDULE_TIME),
        (("entries", "3", "account_id"), IssueCode.UNKNOWN_ID),
        (("entries", "3", "scheduled_for"), IssueCode.TOO_FAR_AHEAD),
    ]


@pytest.mark.parametrize("posts", [2, 20])
async def test_concurrent_updates_for_one_slot_never_share_it(
    posts: int, service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    await keep_apart(service, X)
    ids = await new_posts(service, database, posts, X, time=NOW + timedelta(days=30))
    services = [service, Service(second_database, clock=clock, new_id=Ids())]

    answers = await asyncio.gather(
        *(
            services[number % 2].run(OURS, update_post, post_id=id, changes=PostChanges(scheduled_for=TIME))
            for number, id in enumerate(ids)
        )
    )

    slots = [TIME + number * HALF_AN_HOUR for number in range(posts)]
    assert sorted(answer.post.scheduled_for for answer in answers if answer.post.scheduled_for) == slots
    assert Counter(answer.requested_for for answer in answers) == {None: 1, TIME: posts - 1}
    for answer in answers:
        assert await stored_post(database, answer.post.id) == answer.post


async def test_concurrent_updates_and_new_posts_on_several_accounts_keep_apart_on_each(
    service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    accounts = (INSTAGRAM, X, LINKEDIN)
    await keep_apart(service, INSTAGRAM, LINKEDIN)
    await keep_apart(service, X, minutes=7)
    ids = await new_posts(service, database, 12, *accounts, time=NOW + timedelta(days=30))
    services = [service, Service(second_database, clock=clock, new_id=Ids())]
    services[1]._new_id = lambda: UUID(int=77)

    async def change(number: int, id: UUID) -> Post:
        targets = frozenset(accounts[number % 3 :][:2])
        changes = PostChanges(scheduled_for=TIME + number % 2 * MINUTE, account_ids=targets)
        return (await services[number % 2].run(OURS, update_post, post_id=id, changes=changes)).post

    async def make() -> Post:
        changes = PostChanges(
            content="New", account_ids=frozenset({X, LINKEDIN}), scheduled_for=TIME, status=PostStatus.SCHEDULED
        )
        return (await services[1].run(OURS, create_post, kind=PostKind.STANDARD, changes=changes)).post

    posts = await asyncio.gather(make(), *(change(number, id) for number, id in enumerate(ids)))

    for account_id, gap in ((INSTAGRAM, 30), (X, 7), (LINKEDIN, 30)):
        times = sorted(post.scheduled_for for post in posts if account_id in post.account_ids and post.scheduled_for)
        assert len(times) >= 4
        assert min(later - earlier for earlier, later in pairwise(times)) >= gap * MINUTE


async def test_past_ten_thousand_posts_in_a_row_a_slot_is_found_in_a_few_statements(
    service: Service, database: Database
) -> None:
    await keep_apart(service, X, minutes=1)
    ids = [UUID(int=1_000_000 + number) for number in range(10_000)]

    def fill(connection: Connection) -> None:
        shared = {"organization_id": OURS, "kind": "standard", "status": "scheduled", "content": "x", "timezone": "UTC"}
        stored = {"platform_content": {}, "version": 1, "created_at": NOW, "updated_at": NOW}
        times = {id: {"id": id, "scheduled_for": TIME + number * MINUTE} for number, id in enumerate(ids)}
        connection.execute(POSTS.insert(), [{**shared, **stored, **times[id]} for id in ids])
        target = {"organization_id": OURS, "account_id": X, "status": "queued", "attempts": 0}
        connection.execute(DESTINATIONS.insert(), [{**target, "post_id": id} for id in ids])
        connection.execute(text("ANALYZE"))  # as both databases do by and by; nobody adds so much at once

    await database.write(fill)

    def update(connection: Connection) -> tuple[datetime | None, list[str]]:
        changes = PostChanges(scheduled_for=TIME, status=PostStatus.SCHEDULED)
        with statements_of(connection) as statements:
            unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
            updated = update_post(unit, post_id=DRAFT, changes=changes)
        return updated.post.scheduled_for, [statement for statement, _ in statements]

    slot, statements = await database.write(update)

    assert slot == TIME + 10_000 * MINUTE
    # The post is read by three statements and stored by two; seven looks at the calendar lock and read.
    assert len(statements) == 3 + 7 * 2 + 2


async def test_a_retry_into_a_taken_slot_tells_both_times(service: Service, database: Database) -> None:
    # given what failed of a post that has been given a later time, and another post at that time
    await keep_apart(service, LINKEDIN)
    failed = await stored_post(database, FAILED)
    await database.write(
        lambda connection: PostRepository(connection, OURS).save(
            (failed, failed._replace(scheduled_for=TIME, version=failed.version + 1))
        )
    )
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(scheduled_for=TIME))

    retried = await service.run(OURS, retry_post, post_id=FAILED)

    assert (retried.post.scheduled_for, retried.requested_for) == (TIME + HALF_AN_HOUR, TIME)
    assert await stored_post(database, FAILED) == retried.post


async def test_what_was_left_out_of_a_retry_takes_a_slot_when_it_is_retried(
    service: Service, database: Database
) -> None:
    # given a scheduled post that failed on one account, at whose time another post has since taken the slot there
    await keep_apart(service, LINKEDIN)
    post = await stored_post(database, SCHEDULED)
    partly = post._replace(
        destinations=tuple(
            replace(item, status=DestinationStatus.FAILED) if item.account.id == LINKEDIN else item
            for item in post.destinations
        ),
        scheduled_for=TIME,
        version=post.version + 1,
    )
    await database.write(lambda connection: PostRepository(connection, OURS).save((post, partly)))
    await service.run(
        OURS, update_post, post_id=DRAFT, changes=PostChanges(account_ids=frozenset({LINKEDIN}), scheduled_for=TIME)
    )
    other = await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(status=PostStatus.SCHEDULED))
    assert other.post.scheduled_for == TIME

    retried = await service.run(OURS, retry_post, post_id=SCHEDULED)

    assert (retried.post.scheduled_for, retried.requested_for) == (TIME + HALF_AN_HOUR, TIME)
