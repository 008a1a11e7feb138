"""GraphQL: webhooks, the logs of their deliveries, and telling them again."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, event
from sqlalchemy import text as sql

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.commands.service import Service
from app.domain.api_key import Scope
from app.domain.delivery import DeliveryReport
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.accounts import a_cipher, client_of
from tests.support.clock import Clock, Ids
from tests.support.edges import dump, graphql, update_post
from tests.support.webhooks import dispatch, make_webhook

WEBHOOK_FIELDS = "id url events isActive createdAt"
DELIVERY_FIELDS = "id event postId at attempts status error delivered nextAttemptAt"
INVALID_INPUT = "... on InvalidInput { code message issues { path code message } }"
NOT_FOUND = "... on NotFound { code message id }"
CREATE = f"""
mutation ($input: CreateWebhookInput!) {{
  createWebhook(input: $input) {{
    __typename
    ... on CreateWebhookSuccess {{ secret webhook {{ {WEBHOOK_FIELDS} deliveries {{ {DELIVERY_FIELDS} }} }} }}
    {INVALID_INPUT}
  }}
}}
"""
DELETE = f"""
mutation ($id: ID!) {{
  deleteWebhook(id: $id) {{ __typename ... on DeleteWebhookSuccess {{ id }} {NOT_FOUND} }}
}}
"""
REDELIVER = f"""
mutation ($id: ID!, $after: String) {{
  redeliverWebhook(id: $id, after: $after) {{
    __typename
    ... on RedeliverWebhookSuccess {{ scheduledCount webhook {{ {WEBHOOK_FIELDS} }} }}
    {NOT_FOUND}
  }}
}}
"""
LIST = (
    f"query ($first: Int = 20) {{ webhooks {{ {WEBHOOK_FIELDS} deliveries(first: $first) {{ {DELIVERY_FIELDS} }} }} }}"
)
URL = "https://hooks.test/in"
NOBODYS = "00000000-0000-0000-0000-00000000ffff"


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database_url, clock, demo) as client:
        yield client


@pytest.fixture
def service(database: Database, clock: Clock, demo: str) -> Service:
    """What the worker does, beside the client, with ids of its own."""
    ids = Ids()
    for _ in range(10_000):
        ids()
    return Service(database, clock=clock, new_id=ids, cipher=a_cipher())


async def create(client: httpx.AsyncClient, url: str = URL, *events: str) -> Any:
    answer = await graphql(client, CREATE, input={"url": url, "events": list(events)})
    assert "errors" not in answer, answer
    return answer["data"]["createWebhook"]


async def test_a_webhook_is_created_with_a_secret_that_is_shown_this_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    created = await create(client, URL, "post.deleted", "post.updated", "post.deleted")

    secret = created.pop("secret")
    webhook = created["webhook"]
    assert created == {
        "__typename": "CreateWebhookSuccess",
        "webhook": {
            "id": webhook["id"],
            "url": URL,
            "events": ["post.updated", "post.deleted"],
            "isActive": True,
            "createdAt": "2026-04-12T08:30:00.000Z",
            "deliveries": [],
        },
    }
    assert secret.startswith("whsec_")
    listed = await graphql(client, LIST)
    assert listed == {"data": {"webhooks": [webhook]}}
    assert secret not in repr(await dump(database))


async def test_events_may_be_left_out(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, CREATE, input={"url": URL})

    assert answer["data"]["createWebhook"]["webhook"]["events"] == []


async def test_a_new_webhook_is_refused_with_every_problem_at_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    refused = await create(client, "hooks.test", "post.updated", "post.publised")

    url = "`url` must be an http or https URL of at most 2048 bytes."
    event = "`events.1` is not an event: did you mean post.published?"
    assert refused == {
        "__typename": "InvalidInput",
        "code": "INVALID_INPUT",
        "message": f"{url} {event}",
        "issues": [
            {"path": ["url"], "code": "INVALID_VALUE", "message": url},
            {"path": ["events", "1"], "code": "INVALID_VALUE", "message": event},
        ],
    }
    assert await dump(database) == before


async def test_without_a_secret_key_a_webhook_is_refused_and_says_what_is_missing(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    before = await dump(database)

    async with client_of(database_url, clock, demo, secret_key=None) as client:
        refused = await create(client)

    assert refused["issues"] == [
        {
            "path": ["secret"],
            "code": "INVALID_VALUE",
            "message": "`secret` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt it with.",
        }
    ]
    assert await dump(database) == before


async def test_the_log_shows_what_a_webhook_was_told_of_the_newest_first(
    client: httpx.AsyncClient, service: Service, clock: Clock
) -> None:
    # given one change that was delivered, one whose delivery failed, and one to come
    id = (await create(client))["webhook"]["id"]
    await update_post(client, SCHEDULED, content="First")
    await update_post(client, DRAFT, content="Second")
    delivered, failed = (await dispatch(service)).due
    clock.advance(seconds=1)
    reports = (
        (delivered, DeliveryReport.of_success(200)),
        (failed, DeliveryReport(status=None, error="It broke.", pause=timedelta(seconds=5))),
    )
    for due, report in reports:
        await service.work_everywhere(
            lambda everywhere, due=due, report=report: everywhere.deliveries.record(due, report, now=everywhere.now)  # type: ignore[misc]
        )
    await update_post(client, SCHEDULED, content="Third")
    await dispatch(service, limit=0)

    # when
    answer = await graphql(client, LIST)

    # then
    (webhook,) = answer["data"]["webhooks"]
    ids = [line.pop("id") for line in webhook["deliveries"]]
    assert webhook["id"] == id
    assert webhook["deliveries"] == [
        {
            "event": "post.updated",
            "postId": str(SCHEDULED),
            "at": "2026-04-12T08:30:01.000Z",
            "attempts": 0,
            "status": None,
            "error": None,
            "delivered": False,
            "nextAttemptAt": "2026-04-12T08:30:01.000Z",
        },
        {
            "event": "post.updated",
            "postId": str(DRAFT),
            "at": "2026-04-12T08:30:00.000Z",
            "attempts": 1,
            "status": None,
            "error": "It broke.",
            "delivered": False,
            "nextAttemptAt": "2026-04-12T08:30:06.000Z",
        },
        {
            "event": "post.updated",
            "postId": str(SCHEDULED),
            "at": "2026-04-12T08:30:00.000Z",
            "attempts": 1,
            "status": 200,
            "error": None,
            "delivered": True,
            "nextAttemptAt": None,
        },
    ]
    assert len(set(ids)) == 3
    newest = await graphql(client, LIST, first=1)
    assert [line["id"] for line in newest["data"]["webhooks"][0]["deliveries"]] == ids[:1]
    assert (await graphql(client, LIST, first=0))["data"]["webhooks"][0]["deliveries"] == []
    for first in (-1, 101):
        refused = await graphql(client, LIST, first=first)
        assert [error["message"] for error in refused["errors"]] == ["`first` must be between 0 and 100."]


async def test_the_logs_of_all_webhooks_are_read_in_one_unit_of_work(
    client: httpx.AsyncClient, database: Database, engine: str
) -> None:
    for number in range(5):
        await create(client, f"{URL}/{number}")
    begun: list[str] = []

    def note(*_: object) -> None:
        begun.append("began")

    statements: list[str] = []

    def note_statement(_: object, __: object, statement: str, *___: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note_statement)
    if engine == "postgresql":
        event.listen(Engine, "begin", note)
    try:
        await graphql(client, LIST)
    finally:
        event.remove(Engine, "before_cursor_execute", note_statement)
        if engine == "postgresql":
            event.remove(Engine, "begin", note)

    assert len([one for one in statements if "webhook_deliveries" in one]) == 5
    assert len(begun) <= 3  # the key, the webhooks, and all of their logs


async def test_a_webhook_is_deleted(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    id = (await create(client))["webhook"]["id"]

    answer = await graphql(client, DELETE, id=id.upper())

    assert answer == {"data": {"deleteWebhook": {"__typename": "DeleteWebhookSuccess", "id": id}}}
    assert await dump(database) == before
    again = await graphql(client, DELETE, id=id)
    assert again["data"]["deleteWebhook"]["__typename"] == "NotFound"


async def test_a_webhook_is_told_again_of_every_event_since_the_cursor(
    client: httpx.AsyncClient, service: Service
) -> None:
    webhook = (await create(client))["webhook"]
    del webhook["deliveries"]
    for number in range(3):
        await update_post(client, SCHEDULED, content=f"Text {number}")
    due = (await dispatch(service)).due
    cursor = str(due[0].event.cursor)

    answer = await graphql(client, REDELIVER, id=webhook["id"], after=cursor)
    assert answer == {
        "data": {
            "redeliverWebhook": {
                "__typename": "RedeliverWebhookSuccess",
                "scheduledCount": 2,
                "webhook": webhook,
            }
        }
    }
    assert [one.event for one in (await dispatch(service)).due] == [one.event for one in due[1:]]

    for nothing in ({}, {"after": None}):
        answer = await graphql(client, REDELIVER, id=webhook["id"], **nothing)
        assert answer["data"]["redeliverWebhook"]["scheduledCount"] == 3


@pytest.mark.parametrize("cursor", ["", "nothing", "1-", "0-00000000000000001", "1-1\n", "١-١"])
async def test_what_is_no_cursor_is_the_clients_mistake(
    client: httpx.AsyncClient, database: Database, cursor: str
) -> None:
    id = (await create(client))["webhook"]["id"]
    before = await dump(database)

    answer = await graphql(client, REDELIVER, id=id, after=cursor)

    assert answer["data"] is None
    assert [(error["message"], error["extensions"]["code"]) for error in answer["errors"]] == [
        ("`after` must be the cursor of an event.", "BAD_USER_INPUT")
    ]
    assert await dump(database) == before


@pytest.mark.parametrize(("query", "name"), [(DELETE, "deleteWebhook"), (REDELIVER, "redeliverWebhook")])
async def test_a_webhook_that_is_not_the_callers_is_not_found(
    client: httpx.AsyncClient, service: Service, database: Database, query: str, name: str
) -> None:
    theirs = (await make_webhook(service, organization_id=2)).id
    before = await dump(database)

    for id in (str(theirs), NOBODYS, "no id", ""):
        answer = await graphql(client, query, id=id)
        assert answer == {
            "data": {name: {"__typename": "NotFound", "code": "NOT_FOUND", "message": "Webhook not found.", "id": id}}
        }

    assert await dump(database) == before
    assert (await graphql(client, LIST))["data"]["webhooks"] == []


async def test_scopes_cover_reading_and_writing_apart(
    client: httpx.AsyncClient, service: Service, database: Database, clock: Clock
) -> None:
    id = str((await make_webhook(service)).id)
    before = await dump(database)
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    reader = await dump(database)

    for query, variables in (
        (CREATE, {"input": {"url": URL}}),
        (DELETE, {"id": id}),
        (REDELIVER, {"id": id}),
    ):
        response = await client.post("/graphql", json={"query": query, "variables": variables})
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert await dump(database) == reader
    assert reader["webhooks"] == before["webhooks"]
    assert len((await graphql(client, LIST))["data"]["webhooks"]) == 1

    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.WRITE)}"
    assert (await create(client))["__typename"] == "CreateWebhookSuccess"
    response = await client.post("/graphql", json={"query": LIST})
    assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")


async def test_a_secret_is_in_its_one_answer_and_nowhere_else(
    client: httpx.AsyncClient, database: Database, service: Service, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    without_log = CREATE.replace(f"deliveries {{ {DELIVERY_FIELDS} }}", "")
    body = {"query": without_log, "variables": {"input": {"url": URL}}}
    first = await client.post("/graphql", json=body, headers={"Idempotency-Key": "once"})
    created = first.json()["data"]["createWebhook"]
    secret = created["secret"]
    await update_post(client, SCHEDULED, content="New")
    await dispatch(service)

    others = [
        await client.post("/graphql", json={"query": LIST}),
        await client.post("/graphql", json={"query": REDELIVER, "variables": {"id": created["webhook"]["id"]}}),
    ]

    assert [response.status_code for response in others] == [200, 200]
    assert [response.text for response in others if secret[6:] in response.text] == []
    stored = repr(await dump(database))
    assert "'sealed_secret'" in stored
    assert secret[6:] not in stored
    assert secret[6:] not in caplog.text
    # whoever repeats the request under its key has not heard the answer
    repeated = await client.post("/graphql", json=body, headers={"Idempotency-Key": "once"})
    assert repeated.json() == first.json()
    await graphql(client, DELETE, id=created["webhook"]["id"])
    repeated = await client.post("/graphql", json=body, headers={"Idempotency-Key": "once"})
    assert repeated.json()["data"]["createWebhook"]["secret"] == secret


async def test_webhooks_are_listed_the_oldest_first(client: httpx.AsyncClient, database: Database) -> None:
    ids = [(await create(client, f"{URL}/{number}"))["webhook"]["id"] for number in range(3)]
    await database.write(
        lambda connection: connection.execute(
            sql("UPDATE webhooks SET is_active = false WHERE id = :id").bindparams(
                id=UUID(ids[1]) if connection.dialect.name == "postgresql" else UUID(ids[1]).hex
            )
        )
    )

    listed = (await graphql(client, LIST))["data"]["webhooks"]

    assert [(webhook["id"], webhook["isActive"]) for webhook in listed] == [
        (ids[0], True),
        (ids[1], False),
        (ids[2], True),
    ]
