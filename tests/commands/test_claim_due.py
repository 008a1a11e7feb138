"""Claiming what is due: which posts, in which order, by whom; and what is stored of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.commands.claim_due import Assignment, claim_due
from app.commands.service import Service
from app.commands.unit import Everywhere
from app.domain.destination import Destination, DestinationStatus
from app.domain.history import EventType, FieldChange
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.domain.publishing import LEASE, NEVER, Attempt, Outgoing
from app.repositories.database import Database
from app.repositories.revisions import RevisionRepository
from tests.commands.publishing import FIRST, NamedNetwork, NamedNetworks, add_accounts, add_post, claim, numbers
from tests.repositories.storage import OURS, THEIRS, changed_tables, dump, statements_of, stored_post
from tests.support.accounts import ANOTHER_SECRET_KEY, a_cipher
from tests.support.clock import NOW, Clock, Ids

MINUTE = timedelta(minutes=1)
MAY_BE_OUT = "The post may be out: look at the account, and retry with confirm only if it is not."


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    return Service(database, clock=clock, new_id=Ids(), cipher=a_cipher())


@pytest.fixture
async def accounts(service: Service, database: Database) -> list[Destination]:
    """Three destinations to send posts to."""
    return [Destination(account=account) for account in await add_accounts(database, 3)]


def held(item: Destination, **different: Any) -> Destination:
    return replace(
        item,
        **{
            "status": DestinationStatus.PUBLISHING,
            "attempts": 1,
            "lease_until": NOW - MINUTE,
            **different,
        },
    )


async def test_a_post_that_is_due_is_claimed_whole_with_all_that_a_call_needs(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    post = await add_post(database, 1, *accounts[:2])
    before = await dump(database)

    assignments = await claim(service, lease=timedelta(seconds=5))

    stored = await stored_post(database, post.id)
    assert stored == post._replace(
        status=PostStatus.PUBLISHING,
        destinations=tuple(
            replace(item, status=DestinationStatus.PUBLISHING, attempts=1, lease_until=NOW + timedelta(seconds=5))
            for item in accounts[:2]
        ),
        version=2,
        updated_at=NOW,
    )
    assert assignments == [
        Assignment(
            attempt=Attempt(organization_id=OURS, post_id=post.id, account_id=item.account.id, number=1),
            outgoing=Outgoing.of(stored, item.account, attempt=1),
            network=NamedNetwork("mastodon"),
            credentials={"token": f"t{item.account.id}"},
        )
        for item in accounts[:2]
    ]
    assert changed_tables(before, await dump(database)) == {
        "posts": (1, 1),
        "destinations": (2, 2),
        "revisions": (0, 1),
    }
    [revision] = await database.read(lambda connection: list(RevisionRepository(connection, OURS).since(post.id, 1)))
    assert (revision.changed_by, revision.event, revision.status) == (
        "publisher",
        EventType.PUBLISHING,
        PostStatus.PUBLISHING,
    )
    assert revision.changes[0] == FieldChange(field="status", before="scheduled", after="publishing")
    assert [change.field for change in revision.changes] == ["status", "destinations"]


async def test_nothing_that_is_not_due_is_touched(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    one = accounts[0]
    await add_post(database, 1, one, scheduled_for=NOW + timedelta(milliseconds=1))
    await add_post(database, 2, one, status=PostStatus.DRAFT)
    await add_post(database, 3, held(one, lease_until=NOW + LEASE), status=PostStatus.PUBLISHING)
    await add_post(database, 4, replace(one, attempts=1, next_attempt_at=NOW + MINUTE), status=PostStatus.PUBLISHING)
    await add_post(database, 5, replace(one, status=DestinationStatus.UNKNOWN), status=PostStatus.FAILED)
    before = await dump(database)

    assert await claim(service) == []
    assert await dump(database) == before


async def test_an_account_gets_so_many_of_one_claim_those_that_are_due_first(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    one, other = accounts[:2]
    for number in (4, 3, 2, 1):
        await add_post(database, number, one, scheduled_for=NOW - number * MINUTE)
    await add_post(database, 5, one, other, scheduled_for=NOW)
    await add_post(database, 6, other, scheduled_for=NOW)

    assert numbers(await claim(service, per_account=2)) == [4, 3, 6]
    assert numbers(await claim(service, per_account=2)) == [2, 1]
    assert numbers(await claim(service, per_account=2)) == [5, 5]


async def test_lapsed_claims_come_first_then_pauses_that_are_over_then_the_schedule_the_most_overdue_first(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    one = accounts[0]
    late: dict[str, Any] = {"scheduled_for": NOW - timedelta(days=1), "status": PostStatus.PUBLISHING}
    await add_post(database, 1, one, scheduled_for=NOW)
    await add_post(database, 2, one, scheduled_for=NOW - timedelta(hours=1))
    await add_post(database, 3, replace(one, attempts=1, next_attempt_at=NOW), **late)
    await add_post(database, 4, replace(one, attempts=1, next_attempt_at=NOW - MINUTE), **late)
    await add_post(database, 5, held(one, lease_until=NOW), **late)
    await add_post(database, 6, held(one, lease_until=NOW - MINUTE), **late)

    taken = [numbers(await claim(service, limit=1)) for _ in range(7)]

    assert taken == [[6], [5], [4], [3], [2], [1], []]


async def test_what_was_written_before_the_clock_was_set_back_is_due(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    one = accounts[0]
    far = NOW + timedelta(hours=2)
    await add_post(database, 1, held(one, lease_until=far), status=PostStatus.PUBLISHING)
    await add_post(database, 2, replace(one, attempts=1, next_attempt_at=far), status=PostStatus.PUBLISHING)

    assert numbers(await claim(service)) == [1, 2]


async def test_posts_that_go_to_an_account_without_room_are_left_for_later(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    [theirs] = await add_accounts(database, 1, organization_id=THEIRS)
    await add_post(database, 1, accounts[0])
    await add_post(database, 2, accounts[1], accounts[2])
    await add_post(database, 3, accounts[2])
    await add_post(database, 4, held(accounts[0]), accounts[1], status=PostStatus.PUBLISHING)
    await add_post(database, 5, Destination(account=theirs), organization_id=THEIRS)

    first = await claim(service, without=((OURS, FIRST), (OURS, FIRST + 1)))
    rest = await claim(service)

    assert sorted(numbers(first)) == [3, 5]
    assert {assignment.attempt.organization_id for assignment in first} == {OURS, THEIRS}
    assert sorted(numbers(rest)) == [1, 2, 2, 4, 4]


async def test_what_cannot_be_called_is_told_with_the_reason(
    service: Service, database: Database, clock: Clock
) -> None:
    [inactive] = await add_accounts(database, 1, is_active=False)
    [bare] = await add_accounts(database, 1, first=FIRST + 1)
    [sealed] = await add_accounts(database, 1, first=FIRST + 2)
    [odd] = await add_accounts(database, 1, first=FIRST + 3)
    [good] = await add_accounts(database, 1, first=FIRST + 4)

    def spoil(connection: Connection) -> None:
        none = text("UPDATE accounts SET credentials = NULL WHERE id = :id")
        connection.execute(none, {"id": bare.id}).close()
        swap = text(
            "UPDATE accounts SET credentials = "
            "(SELECT o.credentials FROM accounts o WHERE o.organization_id = 1 AND o.id = :other) WHERE id = :id"
        )
        connection.execute(swap, {"id": sealed.id, "other": good.id}).close()
        empty = a_cipher().seal({}, organization_id=OURS, account_id=odd.id)
        connection.execute(
            text("UPDATE accounts SET credentials = :c WHERE id = :id"), {"c": empty, "id": odd.id}
        ).close()

    await database.write(spoil)
    everyone = [Destination(account=account) for account in (inactive, bare, sealed, odd, good)]
    await add_post(database, 1, *everyone)

    assignments = await claim(service)

    assert [(item.network, item.credentials, item.obstacle) for item in assignments] == [
        (None, {}, "The account @a1000 is not active."),
        (None, {}, "The account @a1001 has no credentials to publish with."),
        (None, {}, "The credentials of @a1002 cannot be opened with any key that the server has."),
        (None, {}, "The credentials of @a1003 are for no network that can be published to."),
        (NamedNetwork("mastodon"), {"token": "t1004"}, ""),
    ]
    assert len((await stored_post(database, assignments[0].attempt.post_id)).destinations) == 5

    other = Service(database, clock=clock, new_id=Ids(), cipher=a_cipher(ANOTHER_SECRET_KEY))
    await add_post(database, 2, Destination(account=good))
    [closed] = await claim(other)
    assert closed.obstacle == "The credentials of @a1004 cannot be opened with any key that the server has."


async def test_a_lapsed_claim_of_a_call_that_nobody_may_repeat_is_settled_and_not_assigned(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    called = held(accounts[0], called_at=NOW - timedelta(minutes=2))
    post = await add_post(database, 1, called, status=PostStatus.PUBLISHING)
    not_called = await add_post(database, 2, held(accounts[1]), status=PostStatus.PUBLISHING)

    assignments = await claim(service, spans={Platform.MASTODON: NEVER})

    error = f"The worker that published the post was stopped. {MAY_BE_OUT}"
    assert await stored_post(database, post.id) == post._replace(
        status=PostStatus.FAILED,
        destinations=(replace(called, status=DestinationStatus.UNKNOWN, error=error, lease_until=None),),
        failure_reason=error,
        version=2,
        updated_at=NOW,
    )
    assert [(item.attempt.post_id, item.attempt.number) for item in assignments] == [(not_called.id, 2)]


async def test_a_claim_tells_since_when_an_earlier_call_is_open(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    began = NOW - timedelta(minutes=2)
    await add_post(database, 1, held(accounts[0], called_at=began), status=PostStatus.PUBLISHING)

    [assignment] = await claim(service)

    assert (assignment.attempt.number, assignment.attempt.open_since) == (2, began)


async def test_a_claim_that_lapsed_where_no_call_is_noted_may_have_been_called(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    post = await add_post(database, 1, held(accounts[0]), status=PostStatus.PUBLISHING)

    [assignment] = await claim(service)

    assert assignment.attempt.open_since == NOW
    [destination] = (await stored_post(database, post.id)).destinations
    assert destination == held(accounts[0], attempts=2, lease_until=NOW + LEASE, called_at=NOW)


@pytest.mark.parametrize("repeatable_for", [NEVER, timedelta(hours=1)])
async def test_a_call_that_was_begun_before_the_clock_was_set_back_is_not_repeated(
    repeatable_for: timedelta, service: Service, database: Database, accounts: list[Destination]
) -> None:
    began = NOW + timedelta(seconds=3)
    on_its_way: dict[str, Any] = {"status": PostStatus.PUBLISHING}
    waits = replace(accounts[0], attempts=1, next_attempt_at=NOW, called_at=began)
    await add_post(database, 1, waits, **on_its_way)
    await add_post(database, 2, held(accounts[0], called_at=began), **on_its_way)
    live = held(accounts[1], called_at=began, lease_until=NOW + LEASE)
    post = await add_post(database, 3, live, **on_its_way)

    assert await claim(service, spans={Platform.MASTODON: repeatable_for}) == []

    for number in (1, 2):
        [destination] = (await stored_post(database, UUID(int=number))).destinations
        assert (destination.status, destination.called_at) == (DestinationStatus.UNKNOWN, began)
    before = await dump(database)
    attempt = Attempt(organization_id=OURS, post_id=post.id, account_id=live.account.id, number=1, open_since=began)
    assert not await service.work_everywhere(
        lambda everywhere: everywhere.schedule.try_begin(attempt, now=everywhere.now, repeatable_for=repeatable_for)
    )
    assert await dump(database) == before


async def test_workers_on_two_ways_into_the_database_never_claim_the_same(
    service: Service,
    database: Database,
    second_database: Database,
    clock: Clock,
    accounts: list[Destination],
) -> None:
    posts = range(1, 61)
    for number in posts:
        await add_post(database, number, *accounts)
    workers = [service, Service(second_database, clock=clock, new_id=Ids(), cipher=a_cipher())] * 3

    async def work(worker: Service) -> list[Assignment]:
        taken: list[Assignment] = []
        while claimed := await claim(worker, limit=7):
            taken += claimed
        return taken

    shares = await asyncio.gather(*(work(worker) for worker in workers))

    attempts = [assignment.attempt for share in shares for assignment in share]
    assert len(attempts) == len({*attempts}) == 3 * len(posts)
    assert {attempt.number for attempt in attempts} == {1}
    for number in posts:
        assert (await stored_post(database, UUID(int=number))).version == 2


@pytest.mark.parametrize("is_ours_alone", [True, False])
async def test_a_claim_of_thirty_posts_takes_as_many_statements_as_one_of_two(
    is_ours_alone: bool, service: Service, database: Database, accounts: list[Destination], engine: str
) -> None:
    [theirs] = await add_accounts(database, 1, organization_id=THEIRS)

    async def count(numbers_of_posts: range) -> list[str]:
        for number in numbers_of_posts:
            await add_post(database, number, *accounts)
        if not is_ours_alone:
            for number in numbers_of_posts:
                await add_post(database, number + 5_000, Destination(account=theirs), organization_id=THEIRS)

        def work(connection: Connection) -> list[str]:
            everywhere = Everywhere(connection, now=NOW, new_id=Ids(), cipher=a_cipher())
            with statements_of(connection) as statements:
                claimed = claim_due(everywhere, networks=NamedNetworks(), limit=100, lease=LEASE)
            assert len({item.attempt.post_id for item in claimed}) == len(numbers_of_posts) * (2 - is_ours_alone)
            return [statement.split(" ")[0] for statement, _ in statements]

        return await database.write(work)

    few, many = await count(range(1, 3)), await count(range(3, 33))

    assert few == many
    # Three looks; posts, destinations, media, credentials, and on SQLite the accounts, which elsewhere are joined.
    assert many.count("SELECT") == 3 + (4 + (engine == "sqlite")) * (2 - is_ours_alone)
