"""Recording what attempts came to: what is stored, of whose attempts, and of how many posts at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.commands.delete_post import delete_post
from app.commands.record_reports import record_reports
from app.commands.service import Service
from app.commands.unit import Everywhere
from app.domain.destination import Destination, DestinationStatus
from app.domain.history import EventType
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.domain.publishing import (
    ALWAYS,
    NEVER,
    Attempt,
    NotCalled,
    Outcome,
    Published,
    Refused,
    Report,
    TryLater,
    Unanswered,
)
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from app.repositories.revisions import RevisionRepository
from tests.commands.publishing import add_accounts, add_post, claim
from tests.repositories.storage import OURS, READS_OF_POSTS, THEIRS, changed_tables, dump, statements_of, stored_post
from tests.support.accounts import a_cipher
from tests.support.clock import NOW, Clock, Ids

OUT = Published(platform_post_id="17", platform_post_url="https://platform.test/p/17")
REFUSED = Refused(reason="The token has expired.")
SILENCE = Unanswered(reason="No answer came.")
NOT_OUT: tuple[Outcome, ...] = (REFUSED, TryLater(reason="Busy."), SILENCE, NotCalled())
LATER = NOW + timedelta(seconds=3)


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    return Service(database, clock=clock, new_id=Ids(), cipher=a_cipher())


@pytest.fixture
async def accounts(service: Service, database: Database) -> list[Destination]:
    """Three destinations to send posts to."""
    return [Destination(account=account) for account in await add_accounts(database, 3)]


def told(attempt: Attempt, outcome: Outcome, *, repeatable_for: timedelta = ALWAYS) -> tuple[Attempt, Report]:
    return attempt, Report(
        account_id=attempt.account_id,
        attempt=attempt.number,
        outcome=outcome,
        repeatable_for=repeatable_for,
        pause=timedelta(seconds=7),
    )


async def record(service: Service, *reports: tuple[Attempt, Report]) -> None:
    await service.work_everywhere(lambda everywhere: record_reports(everywhere, reports=reports))


async def test_what_came_of_a_post_is_stored_whole_with_its_event(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    post = await add_post(database, 1, *accounts[:2])
    first, second = [item.attempt for item in await claim(service)]
    claimed = await stored_post(database, post.id)
    before = await dump(database)
    clock.now = LATER

    await record(service, told(first, OUT), told(second, REFUSED))

    assert await stored_post(database, post.id) == claimed._replace(
        status=PostStatus.PARTIALLY_FAILED,
        destinations=(
            replace(
                accounts[0],
                status=DestinationStatus.PUBLISHED,
                platform_post_id="17",
                platform_post_url="https://platform.test/p/17",
                published_at=LATER,
                attempts=1,
            ),
            replace(accounts[1], status=DestinationStatus.FAILED, error=REFUSED.reason, attempts=1),
        ),
        failure_reason=REFUSED.reason,
        version=3,
        updated_at=LATER,
    )
    assert changed_tables(before, await dump(database)) == {
        "posts": (1, 1),
        "destinations": (2, 2),
        "revisions": (0, 1),
    }
    [revision] = await database.read(lambda connection: list(RevisionRepository(connection, OURS).since(post.id, 2)))
    assert (revision.version, revision.event, revision.status, revision.changed_by, revision.changed_at) == (
        3,
        EventType.PARTIALLY_FAILED,
        PostStatus.PARTIALLY_FAILED,
        "publisher",
        LATER,
    )
    assert [change.field for change in revision.changes] == ["status", "failure_reason", "destinations"]


async def test_a_pause_is_stored_and_what_is_due_again_is_claimed_when_it_is_over(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    post = await add_post(database, 1, accounts[0])
    [first] = await claim(service)

    await record(service, told(first.attempt, TryLater(reason="Busy.", wait=timedelta(seconds=90))))

    [waiting] = (await stored_post(database, post.id)).destinations
    assert waiting == replace(accounts[0], attempts=1, error="Busy.", next_attempt_at=NOW + timedelta(seconds=90))
    clock.advance(seconds=89)
    assert await claim(service) == []
    clock.advance(seconds=1)
    [again] = await claim(service)
    assert (again.attempt.number, again.outgoing.key) == (2, first.outgoing.key)


@pytest.mark.parametrize("outcome", [OUT, *NOT_OUT])
async def test_what_comes_of_an_older_attempt_or_of_a_post_that_is_no_more_changes_nothing(
    outcome: Outcome, service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    await add_post(database, 1, accounts[0])
    gone = await add_post(database, 2, accounts[1])
    lost, of_gone = [item.attempt for item in await claim(service)]
    await record(service, told(of_gone, REFUSED))
    await service.run(OURS, delete_post, post_id=gone.id)
    clock.advance(seconds=61)
    [taken_over] = await claim(service)
    assert taken_over.attempt == replace(lost, number=2, open_since=clock.now)
    before = await dump(database)

    await record(
        service,
        *([told(lost, outcome)] if outcome in NOT_OUT else []),
        told(of_gone, outcome),
        told(replace(lost, number=3), outcome),
        told(replace(taken_over.attempt, account_id=9), outcome),
        told(replace(taken_over.attempt, organization_id=THEIRS), outcome),
        told(replace(taken_over.attempt, post_id=UUID(int=9)), outcome),
    )

    assert await dump(database) == before


async def test_that_it_is_out_counts_of_an_older_attempt_and_what_comes_of_the_latest_then_changes_nothing(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    post = await add_post(database, 1, accounts[0])
    [lost] = await claim(service)
    clock.advance(seconds=61)
    [taken_over] = await claim(service)
    claimed = await stored_post(database, post.id)

    await record(service, told(lost.attempt, OUT))

    assert await stored_post(database, post.id) == claimed._replace(
        status=PostStatus.PUBLISHED,
        destinations=(
            replace(
                accounts[0],
                status=DestinationStatus.PUBLISHED,
                platform_post_id="17",
                platform_post_url="https://platform.test/p/17",
                published_at=clock.now,
                attempts=2,
            ),
        ),
        version=claimed.version + 1,
        updated_at=clock.now,
    )
    before = await dump(database)
    for outcome in (Published(platform_post_id="18"), *NOT_OUT):
        await record(service, told(taken_over.attempt, outcome))
    assert await dump(database) == before
    clock.advance(days=1)
    assert await claim(service) == []


async def test_what_went_unanswered_once_is_unknown_when_it_is_refused_later(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    post = await add_post(database, 1, accounts[0])
    [first] = await claim(service)
    await record(service, told(first.attempt, SILENCE))
    clock.advance(seconds=7)
    [again] = await claim(service)
    assert again.attempt == replace(first.attempt, number=2, open_since=NOW)

    await record(service, told(again.attempt, REFUSED))

    [destination] = (await stored_post(database, post.id)).destinations
    assert destination == replace(
        accounts[0],
        status=DestinationStatus.UNKNOWN,
        error=f"{REFUSED.reason} The post may be out: look at the account, and retry with confirm only if it is not.",
        attempts=2,
        called_at=NOW,
    )


async def test_a_call_that_nobody_may_repeat_is_not_though_the_clock_is_set_back_while_it_is_open(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    post = await add_post(database, 1, accounts[0])
    [assignment] = await claim(service)
    attempt = assignment.attempt

    async def begins() -> bool:
        return await service.work_everywhere(
            lambda everywhere: everywhere.schedule.try_begin(attempt, now=everywhere.now, repeatable_for=NEVER)
        )

    assert await begins()
    clock.advance(seconds=-3)

    assert not await begins()
    await record(service, told(attempt, SILENCE, repeatable_for=NEVER))
    assert (await stored_post(database, post.id)).unknown_account_ids == [attempt.account_id]
    clock.advance(hours=1)
    assert await claim(service, spans={Platform.MASTODON: NEVER}) == []


async def test_an_earlier_call_that_is_open_is_remembered_whoever_reports(
    service: Service, database: Database, accounts: list[Destination], clock: Clock
) -> None:
    began = NOW - timedelta(minutes=2)
    held = replace(accounts[0], status=DestinationStatus.PUBLISHING, attempts=1, lease_until=NOW, called_at=began)
    post = await add_post(database, 1, held, status=PostStatus.PUBLISHING)
    hour = timedelta(hours=1)
    [assignment] = await claim(service, spans={Platform.MASTODON: hour})

    await record(service, told(assignment.attempt, REFUSED, repeatable_for=hour))

    [destination] = (await stored_post(database, post.id)).destinations
    assert (destination.status, destination.called_at) == (DestinationStatus.UNKNOWN, began)


async def test_a_call_that_nobody_may_repeat_is_unknown_and_a_late_answer_settles_it(
    service: Service, database: Database, accounts: list[Destination]
) -> None:
    post = await add_post(database, 1, accounts[0])
    [assignment] = await claim(service)
    attempt = assignment.attempt
    assert await service.work_everywhere(
        lambda everywhere: everywhere.schedule.try_begin(attempt, now=everywhere.now, repeatable_for=NEVER)
    )

    await record(service, told(attempt, SILENCE, repeatable_for=NEVER))
    unknown = await stored_post(database, post.id)
    await record(service, told(attempt, OUT, repeatable_for=NEVER))
    published = await stored_post(database, post.id)

    assert (unknown.status, unknown.unknown_account_ids) == (PostStatus.FAILED, [attempt.account_id])
    assert (published.status, published.failure_reason, published.version) == (PostStatus.PUBLISHED, None, 4)


async def test_reports_of_thirty_posts_take_as_many_statements_as_those_of_two(
    service: Service, database: Database, accounts: list[Destination], engine: str
) -> None:
    [theirs] = await add_accounts(database, 1, organization_id=THEIRS)

    async def count(numbers: range) -> list[str]:
        for number in numbers:
            await add_post(database, number, *accounts)
            await add_post(database, number + 5_000, Destination(account=theirs), organization_id=THEIRS)
        reports = [told(item.attempt, OUT) for item in await claim(service)]
        assert len(reports) == 4 * len(numbers)

        def work(connection: Connection) -> list[str]:
            with statements_of(connection) as statements:
                record_reports(Everywhere(connection, now=NOW, new_id=Ids()), reports=reports)
            assert {PostRepository(connection, OURS).get(UUID(int=number)).status for number in numbers} == {
                PostStatus.PUBLISHED
            }
            return [statement.split(" ")[0] for statement, _ in statements]

        return await database.write(work)

    few, many = await count(range(1, 3)), await count(range(3, 33))

    assert few == many
    assert many == 2 * [*["SELECT"] * READS_OF_POSTS[engine], "UPDATE", "UPDATE", "INSERT"]
