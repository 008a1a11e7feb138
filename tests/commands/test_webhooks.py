"""Webhooks as they are stored: secrets that only their own key opens, and deliveries, none lost and none doubled."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.commands.create_webhook import create_webhook
from app.commands.delete_post import delete_post
from app.commands.delete_webhook import delete_webhook
from app.commands.fill_demo import DRAFT, OF_ANOTHER_ORGANIZATION, SCHEDULED, SLIDESHOW, VIDEO
from app.commands.list_webhooks import list_webhooks
from app.commands.manage_accounts import seal_credentials_again
from app.commands.redeliver_webhook import redeliver_webhook
from app.commands.service import Service
from app.domain.delivery import Delivery, DeliveryReport, DueDelivery
from app.domain.errors import InvalidInput, WebhookNotFound
from app.domain.events import START, Cursor
from app.domain.history import EventType
from app.repositories.credential_cipher import SecretUnreadable
from app.repositories.database import Database
from app.repositories.deliveries import EVENTS_AT_ONCE, NextDelivery
from app.repositories.events import EventRepository
from app.repositories.webhooks import WebhookRepository
from tests.support.accounts import ANOTHER_SECRET_KEY, SECRET_KEY, a_cipher
from tests.support.clock import NOW, Clock, Ids
from tests.support.edges import dump
from tests.support.webhooks import LEASE, Made, change, dispatch, log_of, look, make_webhook

OURS, THEIRS = 1, 2
FAILURE = DeliveryReport(status=500, error="It broke.", pause=timedelta(seconds=5))
GONE = DeliveryReport(status=410, error="It is gone.", pause=None)


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    """Runs commands where secrets can be kept."""
    return Service(database, clock=clock, new_id=Ids(), cipher=a_cipher())


async def record(service: Service, due: DueDelivery, report: DeliveryReport) -> None:
    await service.work_everywhere(lambda everywhere: everywhere.deliveries.record(due, report, now=everywhere.now))


async def newest(database: Database) -> Cursor:
    return await database.read(lambda connection: EventRepository(connection, OURS).newest())


async def test_a_new_webhook_is_listed_and_its_secret_is_stored_sealed(service: Service, database: Database) -> None:
    made = await make_webhook(service, "https://hooks.test/in", "post.deleted")

    assert await service.run(OURS, list_webhooks) == [made.webhook]
    assert await service.run(THEIRS, list_webhooks) == []
    assert (made.webhook.url, made.webhook.events) == ("https://hooks.test/in", (EventType.DELETED,))
    assert made.webhook.cursor == made.webhook.created_after == await newest(database)
    assert made.secret.startswith("whsec_")
    assert made.secret not in repr(await dump(database))


async def test_a_webhook_needs_a_key_that_encrypts_its_secret(database: Database, clock: Clock, demo: str) -> None:
    before = await dump(database)

    with pytest.raises(InvalidInput) as refused:
        await make_webhook(Service(database, clock=clock, new_id=Ids()))

    assert [issue.path for issue in refused.value.issues] == [("secret",)]
    assert await dump(database) == before


async def test_a_secret_opens_for_its_own_webhook_alone(service: Service, database: Database) -> None:
    first, second = await make_webhook(service), await make_webhook(service)

    def open_elsewhere(connection: Connection) -> str:
        sealed = connection.execute(text("SELECT secret FROM webhooks ORDER BY id LIMIT 1")).scalar_one()
        webhooks = WebhookRepository(connection, OURS, cipher=a_cipher())
        assert webhooks.open(first.id, bytes(sealed)) == first.secret
        with pytest.raises(SecretUnreadable):
            WebhookRepository(connection, THEIRS, cipher=a_cipher()).open(first.id, bytes(sealed))
        with pytest.raises(SecretUnreadable):
            WebhookRepository(connection, OURS, cipher=a_cipher(ANOTHER_SECRET_KEY)).open(first.id, bytes(sealed))
        return webhooks.open(second.id, bytes(sealed))

    with pytest.raises(SecretUnreadable, match=f"^The secret of webhook {second.id} cannot be opened with any key"):
        await database.read(open_elsewhere)


async def test_secrets_are_sealed_again_with_the_first_key(service: Service, database: Database) -> None:
    made = await make_webhook(service, "https://hooks.test/in")
    await change(service, SCHEDULED, "New")
    both = a_cipher(f"{ANOTHER_SECRET_KEY},{SECRET_KEY}")

    assert await database.write(lambda connection: seal_credentials_again(connection, both)) == 1

    rotated = Service(database, clock=service.clock, new_id=Ids(), cipher=a_cipher(ANOTHER_SECRET_KEY))
    assert [due.secret for due in (await dispatch(rotated)).due] == [made.secret]


async def test_a_delivery_whose_secret_no_key_opens_is_claimed_without_it(service: Service, database: Database) -> None:
    await make_webhook(service)
    await change(service, SCHEDULED, "New")
    without = Service(database, clock=service.clock, new_id=Ids(), cipher=a_cipher(ANOTHER_SECRET_KEY))

    assert [due.secret for due in (await dispatch(without)).due] == [None]


async def test_a_change_is_delivered_to_every_webhook_that_wants_to_hear_of_it(
    service: Service, database: Database
) -> None:
    # given what has changed before, which nobody is told of
    await change(service, DRAFT, "Before")
    everything = await make_webhook(service, "https://hooks.test/all")
    deletions = await make_webhook(service, "https://hooks.test/deletions", "post.deleted")
    theirs = await make_webhook(service, "https://hooks.test/theirs", organization_id=THEIRS)

    # when
    await change(service, SCHEDULED, "New")
    await service.run(OURS, delete_post, post_id=SLIDESHOW)
    assert await look(database) == NextDelivery(None, True)
    dispatched = await dispatch(service)

    # then
    assert dispatched.caught_up == 2
    assert sorted((due.url, due.event.type.value, due.event.post_id) for due in dispatched.due) == [
        ("https://hooks.test/all", "post.deleted", SLIDESHOW),
        ("https://hooks.test/all", "post.updated", SCHEDULED),
        ("https://hooks.test/deletions", "post.deleted", SLIDESHOW),
    ]
    by_url = {due.url: due.secret for due in dispatched.due}
    assert by_url == {"https://hooks.test/all": everything.secret, "https://hooks.test/deletions": deletions.secret}
    assert [due.attempt for due in dispatched.due] == [1, 1, 1]
    assert [(line.event.value, line.attempts) for line in await log_of(service, everything.id)] == [
        ("post.updated", 1),
        ("post.deleted", 1),
    ]
    assert await log_of(service, theirs.id, organization_id=THEIRS) == []
    # and nothing more is there to do before the claims lapse
    assert await look(database) == NextDelivery(NOW + LEASE, False)
    assert (await dispatch(service)).due == []


async def test_what_a_webhook_does_not_want_to_hear_of_is_passed_over_for_good(
    service: Service, database: Database
) -> None:
    made = await make_webhook(service, "https://hooks.test/in", "post.deleted")
    await change(service, SCHEDULED, "New")

    dispatched = await dispatch(service)

    assert (dispatched.caught_up, dispatched.due) == (1, [])
    assert await look(database) == NextDelivery(None, False)
    (stored,) = await service.run(OURS, list_webhooks)
    assert stored.cursor == await newest(database) > made.webhook.cursor


async def test_a_long_backlog_is_made_up_for_in_steps_and_in_order(service: Service, database: Database) -> None:
    made = await make_webhook(service)
    for number in range(EVENTS_AT_ONCE + 5):
        await change(service, SCHEDULED, f"Text {number}")

    first = await dispatch(service, limit=0)
    assert len(await log_of(service, made.id)) == EVENTS_AT_ONCE
    assert (await look(database)).is_behind
    second = await dispatch(service, limit=0)

    assert [first.caught_up, second.caught_up] == [1, 1]
    assert await look(database) == NextDelivery(NOW, False)
    versions = [due.event.version for due in (await dispatch(service, limit=1000, per_webhook=1000)).due]
    assert versions == list(range(2, EVENTS_AT_ONCE + 7))


async def test_many_workers_make_each_delivery_once(service: Service, second_database: Database, clock: Clock) -> None:
    # given webhooks, workers in two processes, and others that change posts all the while
    ids = Ids()
    for _ in range(10_000):
        ids()
    elsewhere = Service(second_database, clock=clock, new_id=ids, cipher=a_cipher())
    webhooks = [await make_webhook(service, f"https://hooks.test/{number}") for number in range(3)]
    changing = True
    claimed: Counter[tuple[UUID, UUID, int]] = Counter()

    async def work(worker: Service) -> None:
        idle = 0
        while changing or idle < 3:
            dispatched = await dispatch(worker, limit=7, per_webhook=5)
            claimed.update((due.webhook_id, due.event.post_id, due.event.version) for due in dispatched.due)
            idle = 0 if dispatched.due or dispatched.caught_up else idle + 1

    async def edit(editor: Service, post_id: UUID) -> None:
        for number in range(20):
            await change(editor, post_id, f"Text {number}")

    # when
    workers = [asyncio.create_task(work(worker)) for worker in (service, elsewhere, service, elsewhere)]
    await asyncio.gather(
        edit(service, SCHEDULED), edit(elsewhere, DRAFT), edit(elsewhere, VIDEO), edit(service, SLIDESHOW)
    )
    changing = False
    await asyncio.gather(*workers)

    # then
    assert set(claimed.values()) == {1}
    events = {(post_id, version) for post_id in (SCHEDULED, DRAFT, VIDEO, SLIDESHOW) for version in range(2, 22)}
    assert claimed.keys() == {(made.id, *event) for made in webhooks for event in events}
    for made in webhooks:
        log = await log_of(service, made.id)
        assert len(log) == len(events)
        assert {line.attempts for line in log} == {1}


async def test_an_organisation_with_many_webhooks_leaves_room_for_the_others(
    service: Service, database: Database
) -> None:
    theirs = await make_webhook(service, "https://theirs.test", organization_id=2)
    ours = [await make_webhook(service, f"https://ours{number}.test") for number in range(5)]
    await change(service, SCHEDULED, "Text")
    await dispatch(service, limit=0)
    await change(service, OF_ANOTHER_ORGANIZATION, "Text", organization_id=2)

    # when there is room for fewer calls than ours alone could have
    first = await dispatch(service, limit=4, per_organization=3)
    assert Counter(due.organization_id for due in first.due) == {1: 3, 2: 1}
    assert [due.webhook_id for due in first.due if due.organization_id == 2] == [theirs.id]

    # then ours go on when some of ours have ended, and not before
    assert (await dispatch(service, per_organization=3, held={made.id: 1 for made in ours[:3]})).due == []
    rest = await dispatch(service, per_organization=3, held={made.id: 1 for made in ours[:1]})
    assert Counter(due.organization_id for due in rest.due) == {1: 2}


async def test_a_webhook_with_a_long_backlog_leaves_room_for_the_others(service: Service, database: Database) -> None:
    slow, other = await make_webhook(service, "https://slow.test"), await make_webhook(service, "https://other.test")
    for number in range(6):
        await change(service, SCHEDULED, f"Text {number}")
    await dispatch(service, limit=0)

    first = await dispatch(service, limit=5, per_webhook=3)
    assert Counter(due.webhook_id for due in first.due) == {slow.id: 3, other.id: 2}

    # when one of them takes its time
    second = await dispatch(service, limit=5, per_webhook=3, held={slow.id: 3})
    assert Counter(due.webhook_id for due in second.due) == {other.id: 3}
    assert await look(database) == NextDelivery(NOW, False)
    assert await look(database, slow.id) == NextDelivery(NOW, False)
    third = await dispatch(service, limit=5, per_webhook=3, held={slow.id: 3})
    assert Counter(due.webhook_id for due in third.due) == {other.id: 1}

    # then nobody looks for more of it until there is room
    assert await look(database, slow.id) == NextDelivery(NOW + LEASE, False)


async def test_a_claim_that_lapses_is_made_again_and_the_first_worker_comes_too_late(
    service: Service, database: Database, clock: Clock
) -> None:
    made = await make_webhook(service)
    await change(service, SCHEDULED, "New")
    (first,) = (await dispatch(service)).due
    clock.advance(seconds=60)
    (second,) = (await dispatch(service)).due
    before = await dump(database)

    await record(service, first, FAILURE)

    assert await dump(database) == before
    assert (first.attempt, second.attempt) == (1, 2)
    assert (first.event, first.event.key) == (second.event, second.event.key)
    await record(service, second, DeliveryReport.of_success(204))
    assert await log_of(service, made.id) == [
        Delivery(
            id=first.delivery_id,
            webhook_id=made.id,
            post_id=SCHEDULED,
            event=EventType.UPDATED,
            at=NOW,
            attempts=2,
            status=204,
            delivered_at=NOW + timedelta(seconds=60),
            next_attempt_at=None,
            error=None,
        )
    ]
    assert await look(database) == NextDelivery(None, False)


async def end(service: Service, made: Made) -> list[DueDelivery]:
    """Two deliveries, one of which is answered with 410; both as they were claimed."""
    for number in range(2):
        await change(service, SCHEDULED, f"Text {number}")
    due = (await dispatch(service)).due
    await record(service, due[0], GONE)
    return due


async def test_a_webhook_that_is_gone_is_told_nothing_more(service: Service, database: Database, clock: Clock) -> None:
    made = await make_webhook(service)
    _, on_the_wire = await end(service, made)
    await record(service, on_the_wire, FAILURE)
    await change(service, SCHEDULED, "After the end")
    clock.advance(days=1)

    dispatched = await dispatch(service)

    assert (dispatched.caught_up, dispatched.due) == (0, [])
    assert await look(database) == NextDelivery(None, False)
    (stored,) = await service.run(OURS, list_webhooks)
    assert not stored.is_active
    assert [(line.status, line.error, line.next_attempt_at) for line in await log_of(service, made.id)] == [
        (410, "It is gone.", None),
        (500, "It broke.", None),
    ]


async def test_a_webhook_that_is_gone_can_be_told_again_from_where_its_owner_says(
    service: Service, database: Database
) -> None:
    made = await make_webhook(service)
    first, second = await end(service, made)
    await change(service, SCHEDULED, "After the end")

    again = await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=second.event.cursor)

    assert (again.webhook.is_active, again.scheduled_count) == (True, 1)
    assert [due.event.version for due in (await dispatch(service)).due] == [second.event.version + 1]
    whole = await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=None)
    assert whole.scheduled_count == 3
    due = (await dispatch(service)).due
    assert [(one.event, one.attempt) for one in due[:2]] == [(first.event, 1), (second.event, 1)]
    assert len(due) == 3


async def test_redelivery_makes_one_new_delivery_of_each_event_since_the_cursor(
    service: Service, database: Database, clock: Clock
) -> None:
    # given one event that was delivered, one that waits for another attempt, one on the wire, and one to come
    made = await make_webhook(service, "https://hooks.test/in", "post.updated")
    for number in range(3):
        await change(service, SCHEDULED, f"Text {number}")
    delivered, waiting, on_the_wire = (await dispatch(service)).due
    await record(service, delivered, DeliveryReport.of_success(200))
    await record(service, waiting, FAILURE)
    await change(service, SCHEDULED, "To come")
    await service.run(OURS, delete_post, post_id=SLIDESHOW)

    # when
    again = await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=delivered.event.cursor)
    await record(service, on_the_wire, FAILURE)

    # then
    assert again.scheduled_count == 3
    clock.advance(days=1)
    due = (await dispatch(service)).due
    assert [one.event for one in due[:2]] == [waiting.event, on_the_wire.event]
    assert [one.event.type.value for one in due] == ["post.updated"] * 3
    assert [(line.attempts, line.status, line.next_attempt_at) for line in await log_of(service, made.id)] == [
        (1, 200, None),
        (1, 500, None),
        (1, 500, None),
        *[(1, None, clock() + LEASE)] * 3,
    ]


async def test_a_cursor_before_the_webhook_was_there_tells_it_of_older_events_too(
    service: Service, database: Database
) -> None:
    cursor = await newest(database)
    await change(service, SCHEDULED, "Before")
    made = await make_webhook(service)

    assert (await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=None)).scheduled_count == 0
    assert (await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=cursor)).scheduled_count == 1
    assert (await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=START)).scheduled_count > 1


async def test_a_cursor_ahead_of_everything_makes_an_active_webhook_miss_nothing(service: Service) -> None:
    made = await make_webhook(service)
    await change(service, SCHEDULED, "New")

    again = await service.run(OURS, redeliver_webhook, webhook_id=made.id, after=Cursor(2**59, 2**59))

    assert again.scheduled_count == 1
    assert len((await dispatch(service)).due) == 1


async def test_a_webhook_is_deleted_with_its_log_while_deliveries_wait_and_are_on_the_wire(
    service: Service, database: Database, clock: Clock
) -> None:
    before = await dump(database)
    made = await make_webhook(service)
    for number in range(3):
        await change(service, SCHEDULED, f"Text {number}")
    waiting, gone, on_the_wire = (await dispatch(service)).due
    await record(service, waiting, FAILURE)

    await service.run(OURS, delete_webhook, webhook_id=made.id)
    await record(service, on_the_wire, FAILURE)
    await record(service, gone, GONE)

    after = await dump(database)
    assert (after["webhooks"], after["webhook_deliveries"]) == (before["webhooks"], before["webhook_deliveries"])
    assert await look(database) == NextDelivery(None, False)
    clock.advance(days=1)
    assert (await dispatch(service)).due == []


@pytest.mark.parametrize("command", [delete_webhook, redeliver_webhook])
async def test_a_webhook_of_another_organisation_is_not_found(
    service: Service, database: Database, command: Any
) -> None:
    made = await make_webhook(service)
    before = await dump(database)
    more = {"after": None} if command is redeliver_webhook else {}

    for organization_id, webhook_id in ((THEIRS, made.id), (OURS, UUID(int=999))):
        with pytest.raises(WebhookNotFound) as refused:
            await service.run(organization_id, command, webhook_id=webhook_id, **more)
        assert refused.value.id == str(webhook_id)

    assert await dump(database) == before
    assert await log_of(service, made.id, organization_id=THEIRS) == []


async def test_a_change_of_another_organisation_is_told_to_its_own_webhooks_alone(service: Service) -> None:
    ours = await make_webhook(service)
    theirs = await make_webhook(service, organization_id=THEIRS)

    await change(service, OF_ANOTHER_ORGANIZATION, "Theirs", organization_id=THEIRS)

    assert [due.webhook_id for due in (await dispatch(service)).due] == [theirs.id]
    assert await log_of(service, ours.id) == []


async def test_there_are_at_most_a_hundred_webhooks(service: Service, database: Database) -> None:
    for _ in range(100):
        await service.run(OURS, create_webhook, url="https://hooks.test/in", events=[])
    before = await dump(database)

    with pytest.raises(InvalidInput):
        await service.run(OURS, create_webhook, url="https://hooks.test/in", events=[])

    assert await dump(database) == before
    await make_webhook(service, organization_id=THEIRS)


async def test_the_log_is_kept_for_30_days(service: Service, clock: Clock) -> None:
    made = await make_webhook(service)
    await change(service, SCHEDULED, "Old")
    await dispatch(service)
    clock.advance(seconds=1)
    await change(service, SCHEDULED, "New")
    await dispatch(service)

    async def forget() -> int:
        return await service.work_everywhere(lambda everywhere: everywhere.deliveries.forget_old(now=everywhere.now))

    clock.now = NOW + timedelta(days=30) - timedelta(milliseconds=1)
    assert await forget() == 0
    clock.now = NOW + timedelta(days=30)
    assert await forget() == 1
    assert [line.at for line in await log_of(service, made.id)] == [NOW + timedelta(seconds=1)]


async def test_creating_a_webhook_while_posts_change_loses_nothing_that_changes_later(
    service: Service, second_database: Database, clock: Clock
) -> None:
    """Where a transaction is open whose changes come before the webhook's place, or after it, is for the database."""
    elsewhere = Service(second_database, clock=clock, new_id=Ids(), cipher=a_cipher())

    async def edit(post_id: UUID) -> None:
        for number in range(10):
            await change(elsewhere, post_id, f"Text {number}")

    made, *_ = await asyncio.gather(make_webhook(service), edit(SCHEDULED), edit(DRAFT))
    await change(service, VIDEO, "Later")
    await dispatch(service)

    told = [line.post_id for line in await log_of(service, made.id)]
    assert told.count(VIDEO) == 1
    assert len(told) == len(set(await _told_of(service)))


async def _told_of(service: Service) -> list[tuple[UUID, int]]:
    def read(connection: Connection) -> list[tuple[UUID, int]]:
        rows = connection.execute(text("SELECT post_id, version FROM webhook_deliveries")).all()
        return [(row.post_id, row.version) for row in rows]

    return await service.database.read(read)
