"""Webhooks out: what receivers get, how often, and what is recorded of it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from aiohttp import web
from standardwebhooks import Webhook, WebhookVerificationError

from app.commands.delete_webhook import delete_webhook
from app.commands.fill_demo import DRAFT, SCHEDULED, SLIDESHOW, VIDEO
from app.commands.list_webhooks import list_webhooks
from app.commands.redeliver_webhook import redeliver_webhook
from app.commands.service import Service
from app.domain.call_limits import CallLimits, Full
from app.domain.delivery import PAUSES
from app.domain.events import Cursor
from app.monitoring.metrics import REGISTRY
from app.networks.http import open_http
from app.repositories.database import Database, open_database
from app.repositories.deliveries import NextDelivery
from app.worker.deliveries import SWEPT_EVERY, Deliveries
from tests.networks.peer import Fault, Peer, Received, a_peer, accepts_and_hangs_up, accepts_and_never_answers, answers
from tests.support.accounts import ANOTHER_SECRET_KEY, a_cipher
from tests.support.clock import NOW, Clock, Ids
from tests.support.webhooks import change, log_of, look, make_webhook

LATER = timedelta(seconds=5)
"""The first pause."""


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    return Service(database, clock=clock, new_id=Ids(), cipher=a_cipher())


async def accept(request: web.Request) -> web.Response:
    return web.Response(status=204)


@pytest.fixture
async def receiver() -> AsyncIterator[Peer]:
    """Takes whatever it is sent."""
    async with a_peer(accept) as peer:
        yield peer


@asynccontextmanager
async def a_worker(
    service: Service, *, allow_private: bool = True, call_timeout: float = 20, **different: Any
) -> AsyncIterator[Deliveries]:
    async with open_http(allow_private=allow_private, timeout=call_timeout) as http:
        worker = Deliveries(service, http, call_timeout=call_timeout, chance=lambda: 0, **different)
        yield worker
        await worker.finish()


@pytest.fixture
async def worker(service: Service) -> AsyncIterator[Deliveries]:
    async with a_worker(service) as worker:
        yield worker


async def work_off(worker: Deliveries) -> None:
    """Run until nothing more is due."""
    while await worker.run_due():
        await worker.finish()


def told(received: Received) -> tuple[str, Any]:
    """The id of a call, and what it says."""
    return received.headers["webhook-id"], json.loads(received.body)


async def test_a_change_is_told_in_one_call_that_standard_webhooks_verifies(
    service: Service, worker: Deliveries, receiver: Peer, database: Database
) -> None:
    made = await make_webhook(service, f"{receiver.url}/in?key=1")
    other = await make_webhook(service, "http://192.0.2.1/", "post.deleted")
    await change(service, SCHEDULED, "Nobody is told this")

    await work_off(worker)

    (call,) = receiver.received
    assert (call.method, call.path, call.headers["Content-Type"]) == ("POST", "/in?key=1", "application/json")
    cursor = (await service.run(1, list_webhooks))[0].cursor
    verified = Webhook(made.secret).verify(call.body, dict(call.headers))
    assert verified == {
        "type": "post.updated",
        "timestamp": "2026-04-12T08:30:00.000Z",
        "data": {
            "post_id": str(SCHEDULED),
            "version": 2,
            "status": "scheduled",
            "changed_fields": ["content"],
            "cursor": str(cursor),
        },
    }
    assert call.headers["webhook-id"] == f"evt_{SCHEDULED.hex}_2"
    with pytest.raises(WebhookVerificationError):
        Webhook(other.secret).verify(call.body, dict(call.headers))
    (line,) = await log_of(service, made.id)
    assert (line.status, line.delivered_at, line.next_attempt_at, line.error) == (204, NOW, None, None)
    assert await look(database) == NextDelivery(None, False)


async def test_a_receiver_that_keeps_failing_is_tried_ten_times_and_given_up(
    service: Service, receiver: Peer, clock: Clock, database: Database
) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")
    receiver.faults.extend(answers(500) for _ in range(20))
    attempted_at = [NOW]

    async with a_worker(service, real_time=clock) as worker:
        await work_off(worker)
        for pause in PAUSES:
            # not a moment before the pause is over
            clock.advance(seconds=pause.total_seconds() - 0.001)
            await work_off(worker)
            assert len(receiver.received) == len(attempted_at)
            assert (await look(database)).at == attempted_at[-1] + pause
            clock.advance(seconds=0.001)
            attempted_at.append(clock())
            await work_off(worker)
        clock.advance(days=20)
        await work_off(worker)

    assert len(receiver.received) == 10
    stamps = [call.headers["webhook-timestamp"] for call in receiver.received]
    assert stamps == [str(int(at.timestamp())) for at in attempted_at]
    assert {(call.headers["webhook-id"], call.body) for call in receiver.received} == {
        (f"evt_{SCHEDULED.hex}_2", receiver.received[0].body)
    }
    (line,) = await log_of(service, made.id)
    assert (line.attempts, line.status, line.delivered_at, line.next_attempt_at) == (10, 500, None, None)
    assert await look(database) == NextDelivery(None, False)
    (webhook,) = await service.run(1, list_webhooks)
    assert webhook.is_active


async def test_a_receiver_that_recovers_is_told_once_more_and_no_more(
    service: Service, worker: Deliveries, receiver: Peer, clock: Clock
) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")
    receiver.faults.append(answers(503))

    await work_off(worker)
    clock.advance(seconds=5)
    await work_off(worker)
    clock.advance(days=4)
    await work_off(worker)

    assert len(receiver.received) == 2
    (line,) = await log_of(service, made.id)
    assert (line.attempts, line.status, line.delivered_at, line.error) == (2, 204, NOW + LATER, None)


async def test_410_ends_the_webhook_and_nobody_elses(
    service: Service, worker: Deliveries, receiver: Peer, clock: Clock
) -> None:
    ended = await make_webhook(service, f"{receiver.url}/ended")
    await change(service, SCHEDULED, "New")
    receiver.faults.append(answers(410))
    await work_off(worker)
    other = await make_webhook(service, f"{receiver.url}/other")

    await change(service, SCHEDULED, "Newer")
    clock.advance(days=4)
    await work_off(worker)

    assert [call.path for call in receiver.received] == ["/ended", "/other"]
    assert {webhook.id: webhook.is_active for webhook in await service.run(1, list_webhooks)} == {
        ended.id: False,
        other.id: True,
    }
    (line,) = await log_of(service, ended.id)
    assert (line.attempts, line.status, line.next_attempt_at) == (1, 410, None)
    assert line.error is not None
    assert line.error.endswith("answered 410 Gone: its owner has ended it.")


@pytest.mark.parametrize(
    ("fault", "status", "error", "pause"),
    [
        (answers(500), 500, "{host} answered 500 Internal Server Error.", LATER),
        (answers(404), 404, "{host} answered 404 Not Found.", LATER),
        (
            answers(302, headers={"Location": "/elsewhere"}),
            302,
            "{host} answered 302 Found: redirects are not followed.",
            LATER,
        ),
        (
            answers(503, headers={"Retry-After": "120"}),
            503,
            "{host} answered 503 Service Unavailable.",
            timedelta(seconds=120),
        ),
        (
            accepts_and_hangs_up,
            None,
            "{host} took the call, and the connection broke before it answered.",
            LATER,
        ),
    ],
    ids=["500", "404", "redirect", "busy", "hangs up"],
)
async def test_what_went_wrong_is_recorded_and_tried_again(
    service: Service,
    worker: Deliveries,
    receiver: Peer,
    fault: Fault,
    status: int | None,
    error: str,
    pause: timedelta,
) -> None:
    made = await make_webhook(service, f"{receiver.url}/secret-path?key=secret")
    await change(service, SCHEDULED, "New")
    receiver.faults.append(fault)

    await work_off(worker)

    assert [call.path for call in receiver.received] == ["/secret-path?key=secret"]
    (line,) = await log_of(service, made.id)
    host = receiver.url.removeprefix("http://")
    assert (line.status, line.error, line.next_attempt_at) == (status, error.format(host=host), NOW + pause)
    assert line.delivered_at is None


async def test_a_receiver_that_does_not_answer_in_time_is_tried_again(service: Service, receiver: Peer) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")
    receiver.faults.append(accepts_and_never_answers)

    async with a_worker(service, call_timeout=0.2) as worker:
        await work_off(worker)

    (line,) = await log_of(service, made.id)
    host = receiver.url.removeprefix("http://")
    assert line.error == f"{host} took the call, and gave no answer within 0.2 seconds."
    assert (line.status, line.attempts, line.next_attempt_at) == (None, 1, NOW + LATER)


async def test_an_address_that_is_not_public_is_not_called_and_tried_again(
    service: Service, receiver: Peer, clock: Clock
) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")

    async with a_worker(service, allow_private=False) as worker:
        await work_off(worker)
        clock.advance(seconds=5)
        await work_off(worker)

    assert receiver.received == []
    (line,) = await log_of(service, made.id)
    host = receiver.url.removeprefix("http://")
    assert line.error == f"{host} is not on the public internet, and this server calls no other addresses."
    assert (line.status, line.attempts, line.next_attempt_at) == (None, 2, NOW + LATER + PAUSES[1])


async def test_without_the_key_nothing_is_called_unsigned(
    database: Database, service: Service, receiver: Peer, clock: Clock
) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")

    async with a_worker(Service(database, clock=clock, new_id=Ids(), cipher=a_cipher(ANOTHER_SECRET_KEY))) as worker:
        await work_off(worker)

    assert receiver.received == []
    (line,) = await log_of(service, made.id)
    assert (line.error, line.next_attempt_at) == (
        "Its secret cannot be opened with any key that is set.",
        NOW + LATER,
    )


async def test_what_is_told_again_has_the_same_id_and_the_same_bytes(
    service: Service, worker: Deliveries, receiver: Peer, clock: Clock
) -> None:
    made = await make_webhook(service, receiver.url)
    for number in range(3):
        await change(service, SCHEDULED, f"Text {number}")
    await work_off(worker)
    first = {call.headers["webhook-id"]: call.body for call in receiver.received}
    assert len(first) == len(receiver.received) == 3
    cursors = {told(call)[1]["data"]["version"]: told(call)[1]["data"]["cursor"] for call in receiver.received}
    receiver.received.clear()
    clock.advance(hours=1)
    await change(service, SCHEDULED, "Later")

    await service.run(1, redeliver_webhook, webhook_id=made.id, after=Cursor.read(cursors[2]))
    await work_off(worker)

    again = {call.headers["webhook-id"]: call.body for call in receiver.received}
    assert len(again) == len(receiver.received) == 3
    later = f"evt_{SCHEDULED.hex}_5"
    assert again.keys() == {f"evt_{SCHEDULED.hex}_3", f"evt_{SCHEDULED.hex}_4", later}
    assert {id: body for id, body in again.items() if id != later} == {
        id: body for id, body in first.items() if id in again
    }


async def test_a_webhook_may_be_deleted_while_its_calls_are_on_the_wire(
    service: Service, database: Database, clock: Clock
) -> None:
    arrived, may_answer = asyncio.Event(), asyncio.Event()

    async def answer_later(request: web.Request) -> web.Response:
        arrived.set()
        await may_answer.wait()
        return web.Response(status=500)

    async with a_peer(answer_later) as receiver, a_worker(service, limits=CallLimits(per_webhook=1)) as worker:
        made = await make_webhook(service, receiver.url)
        for number in range(2):
            await change(service, SCHEDULED, f"Text {number}")
        await worker.run_due()
        await arrived.wait()
        await service.run(1, delete_webhook, webhook_id=made.id)
        may_answer.set()
        await worker.finish()
        clock.advance(days=4)
        await work_off(worker)

        assert len(receiver.received) == 1
    assert await log_of(service, made.id) == []
    assert await look(database) == NextDelivery(None, False)


async def test_a_slow_receiver_holds_up_nobody_else(service: Service, database: Database) -> None:
    may_answer, woken = asyncio.Event(), []

    async def answer_later(request: web.Request) -> web.Response:
        await may_answer.wait()
        return web.Response()

    async with (
        a_peer(answer_later) as slow,
        a_peer(accept) as quick,
        a_worker(service, limits=CallLimits(per_webhook=2, at_once=3), wake=lambda: woken.append(True)) as worker,
    ):
        first = await make_webhook(service, slow.url)
        second = await make_webhook(service, quick.url)
        for number in range(6):
            await change(service, SCHEDULED, f"Text {number}")
        while len(woken) < 6:
            await worker.run_due()
            await asyncio.sleep(0)
        assert all(line.delivered_at for line in await log_of(service, second.id))
        assert len([line for line in await log_of(service, first.id) if line.attempts]) == 2
        # and there is nothing to look for until the slow one has answered
        assert worker.full == Full([first.id], [])
        assert await look(database, *worker.full.webhooks) == NextDelivery(None, False)
        assert await look(database) == NextDelivery(NOW, False)

        may_answer.set()
        await worker.finish()
        assert worker.full == Full([], [])
        await work_off(worker)

        assert [len(slow.received), len(quick.received), len(woken)] == [6, 6, 12]
    assert all(line.delivered_at and line.attempts == 1 for line in await log_of(service, first.id))


async def test_several_workers_call_once_for_each_change_and_webhook(
    service: Service, database_url: str, clock: Clock, receiver: Peer
) -> None:
    second = await open_database(database_url)
    ids = Ids()
    for _ in range(10_000):
        ids()
    elsewhere = Service(second, clock=clock, new_id=ids, cipher=a_cipher())
    for number in range(3):
        await make_webhook(service, f"{receiver.url}/{number}")
    posts = (SCHEDULED, DRAFT, VIDEO, SLIDESHOW)

    async def edit(editor: Service, post_id: UUID) -> None:
        for number in range(10):
            await change(editor, post_id, f"Text {number}")

    async with a_worker(service) as one, a_worker(elsewhere) as other:
        editing = asyncio.gather(
            *(edit(editor, post_id) for editor, post_id in zip((service, elsewhere) * 2, posts, strict=True))
        )
        while not editing.done():
            await asyncio.gather(one.run_due(), other.run_due())
        await asyncio.gather(editing, one.finish(), other.finish())
        while any(await asyncio.gather(one.run_due(), other.run_due())):
            await asyncio.gather(one.finish(), other.finish())
    await second.close()

    calls = Counter((call.path, call.headers["webhook-id"]) for call in receiver.received)
    assert calls == {
        (f"/{number}", f"evt_{post_id.hex}_{version}"): 1
        for number in range(3)
        for post_id in posts
        for version in range(2, 12)
    }


async def test_a_worker_says_when_it_wants_to_be_called_next(
    service: Service, worker: Deliveries, clock: Clock
) -> None:
    assert worker.next_at(NextDelivery(None, False)) == NOW  # the logs have not been swept since it began
    await work_off(worker)

    assert worker.next_at(NextDelivery(None, True)) == NOW
    assert worker.next_at(NextDelivery(NOW + LATER, False)) == NOW + LATER
    assert worker.next_at(NextDelivery(None, False)) == NOW + SWEPT_EVERY
    clock.now = NOW + SWEPT_EVERY
    await work_off(worker)
    assert worker.next_at(NextDelivery(None, False)) == NOW + 2 * SWEPT_EVERY


async def test_old_lines_of_the_log_are_deleted_once_an_hour(
    service: Service, worker: Deliveries, receiver: Peer, clock: Clock
) -> None:
    made = await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")
    await work_off(worker)
    clock.advance(days=30)

    assert await worker.run_due()

    assert await log_of(service, made.id) == []
    assert not await worker.run_due()


async def test_calls_are_counted_by_what_came_of_them(
    service: Service, worker: Deliveries, receiver: Peer, clock: Clock
) -> None:
    def counted() -> dict[str, float]:
        return {
            outcome: REGISTRY.get_sample_value("redraft_webhook_deliveries_total", {"outcome": outcome}) or 0
            for outcome in ("delivered", "failed", "given_up", "gone")
        }

    before = counted()
    await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "New")
    receiver.faults.extend([*(answers(500) for _ in range(10)), answers(410)])
    await work_off(worker)
    for pause in PAUSES:
        clock.advance(seconds=pause.total_seconds())
        await work_off(worker)
    assert receiver.faults
    await change(service, SCHEDULED, "Newer")
    await work_off(worker)
    await make_webhook(service, receiver.url)
    await change(service, SCHEDULED, "Newest")
    await work_off(worker)

    after = counted()
    assert {outcome: after[outcome] - before[outcome] for outcome in after} == {
        "delivered": 1,
        "failed": 9,
        "given_up": 1,
        "gone": 1,
    }


async def test_no_line_of_the_log_of_the_process_holds_a_secret(
    service: Service, worker: Deliveries, receiver: Peer, caplog: pytest.LogCaptureFixture, capfd: Any
) -> None:
    caplog.set_level(logging.DEBUG)
    made = await make_webhook(service, f"{receiver.url}/in?key=part-of-the-address")
    for number, fault in enumerate((answers(200), answers(500), accepts_and_hangs_up)):
        receiver.faults.append(fault)
        await change(service, SCHEDULED, f"what the post says {number}")
        await work_off(worker)

    printed = capfd.readouterr()
    said = caplog.text + printed.out + printed.err
    assert len(receiver.received) == 3
    for secret in (made.secret, made.secret[6:], "part-of-the-address", "what the post says"):
        assert secret not in said
