"""GraphQL: creating and changing accounts."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED
from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.accounts import (
    BLUESKY,
    CASES,
    MASTODON,
    OWN_ENDPOINT,
    SECRET,
    Case,
    add_subject,
    client_of,
    stored_account,
)
from tests.support.clock import Clock
from tests.support.edges import dump, graphql

ACCOUNT_FIELDS = """
  accountId platform accountName isActive minimumGapMinutes canPublish createdAt
  rules { textLimit maxImages maxVideos }
"""
REFUSAL_FIELDS = """
  ... on MutationError { code message }
  ... on InvalidInput { issues { path code message } }
"""
CREATE = f"""
mutation Create($input: CreateAccountInput!) {{
  createAccount(input: $input) {{
    __typename
    ... on CreateAccountSuccess {{ account {{ {ACCOUNT_FIELDS} }} }}
    {REFUSAL_FIELDS}
  }}
}}
"""
UPDATE = f"""
mutation Update($id: Int!, $input: UpdateAccountInput!) {{
  updateAccount(accountId: $id, input: $input) {{
    __typename
    ... on UpdateAccountSuccess {{ account {{ {ACCOUNT_FIELDS} }} }}
    ... on NotFound {{ id }}
    {REFUSAL_FIELDS}
  }}
}}
"""
CAMEL = {
    "account_name": "accountName",
    "minimum_gap_minutes": "minimumGapMinutes",
    "is_active": "isActive",
    "text_limit": "textLimit",
    "max_images": "maxImages",
    "max_videos": "maxVideos",
}


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database_url, clock, demo) as client:
        yield client


def spelled(case: Case) -> dict[str, Any]:
    """The input of a case in GraphQL's names; inside credentials, the names are the same everywhere."""
    body = case.body
    if isinstance(body.get("rules"), dict):
        body = {"rules": {CAMEL[name]: value for name, value in body["rules"].items()}}
    return {CAMEL.get(name, name): value for name, value in body.items()}


async def test_every_field_of_an_update_in_every_state(client: httpx.AsyncClient, database: Database) -> None:
    for account_id, case in enumerate(CASES, start=5000):
        subject = await add_subject(database, account_id)
        before = await dump(database)

        answer = await graphql(client, UPDATE, id=account_id, input=spelled(case))

        if case.is_mistyped:
            assert "data" not in answer, case
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"], case
        elif case.issues:
            paths = [path.split(".") for path, _ in case.issues]
            paths = [[CAMEL.get(name, name) for name in path] for path in paths]
            found = answer["data"]["updateAccount"]
            assert found["__typename"] == "InvalidInput", case
            assert [issue["path"] for issue in found["issues"]] == paths, case
            assert [issue["code"] for issue in found["issues"]] == [code for _, code in case.issues], case
        else:
            expected = replace(subject, **case.changes)
            assert answer["data"]["updateAccount"] == {
                "__typename": "UpdateAccountSuccess",
                "account": {
                    "accountId": account_id,
                    "platform": "MASTODON",
                    "accountName": expected.name,
                    "isActive": expected.is_active,
                    "minimumGapMinutes": expected.minimum_gap_minutes,
                    "canPublish": expected.is_active and expected.has_credentials,
                    "createdAt": "2026-04-12T08:30:00.000Z",
                    "rules": {
                        "textLimit": expected.rules.text_limit,
                        "maxImages": expected.rules.max_images,
                        "maxVideos": expected.rules.max_videos,
                    },
                },
            }, case
            assert await stored_account(database, account_id) == (expected, case.credentials), case
        if case.issues or (case.credentials == MASTODON and not case.changes):
            assert await dump(database) == before, case
        assert SECRET not in json.dumps(answer), case


async def test_an_account_is_created_with_all_its_settings(client: httpx.AsyncClient, database: Database) -> None:
    answer = await graphql(
        client,
        CREATE,
        input={
            "platform": "BLUESKY",
            "accountName": "@mybrand.bsky.test",
            "credentials": BLUESKY,
            "minimumGapMinutes": 30,
            "rules": {"textLimit": 300},
        },
    )

    created = {
        "accountId": 2300,
        "platform": "BLUESKY",
        "accountName": "@mybrand.bsky.test",
        "isActive": True,
        "minimumGapMinutes": 30,
        "canPublish": True,
        "createdAt": "2026-04-12T08:30:00.000Z",
        "rules": {"textLimit": 300, "maxImages": None, "maxVideos": None},
    }
    assert answer == {
        "data": {"createAccount": {"__typename": "CreateAccountSuccess", "account": created}},
    }
    assert (await stored_account(database, 2300))[1] == BLUESKY
    listed = await graphql(client, f"{{ accounts {{ {ACCOUNT_FIELDS} }} }}")
    assert listed["data"]["accounts"][-1] == created


@pytest.mark.parametrize("nothing", [{}, {"credentials": None, "rules": None}], ids=["omitted", "null"])
async def test_an_account_needs_a_platform_and_a_name_and_nothing_else(
    client: httpx.AsyncClient, nothing: dict[str, Any]
) -> None:
    answer = await graphql(client, CREATE, input={"platform": "X", "accountName": "@mybrand", **nothing})

    assert answer["data"]["createAccount"]["account"] == {
        "accountId": 2300,
        "platform": "X",
        "accountName": "@mybrand",
        "isActive": True,
        "minimumGapMinutes": 0,
        "canPublish": False,
        "createdAt": "2026-04-12T08:30:00.000Z",
        "rules": {"textLimit": None, "maxImages": None, "maxVideos": None},
    }


async def test_credentials_may_stand_in_the_text_of_the_operation(
    client: httpx.AsyncClient, database: Database
) -> None:
    endpoint = f'{{url: "{OWN_ENDPOINT["url"]}", secret: "{SECRET}"}}'

    await graphql(
        client, f"mutation {{ updateAccount(accountId: 2280, input: {{credentials: {endpoint}}}) {{ __typename }} }}"
    )

    assert (await stored_account(database, 2280))[1] == OWN_ENDPOINT


async def test_a_new_account_is_refused_with_every_problem_at_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    answer = await graphql(
        client,
        CREATE,
        input={
            "platform": "DISCORD",
            "accountName": "",
            "credentials": {"webhookUrl": f"https://{SECRET}.test"},
            "minimumGapMinutes": -1,
            "rules": {"maxVideos": -1},
        },
    )

    assert answer["data"]["createAccount"]["issues"] == [
        {"path": ["accountName"], "code": "INVALID_VALUE", "message": "`accountName` must not be blank."},
        {
            "path": ["minimumGapMinutes"],
            "code": "INVALID_VALUE",
            "message": "`minimumGapMinutes` must be from 0 to 10080, which is 7 days.",
        },
        {
            "path": ["rules", "maxVideos"],
            "code": "INVALID_VALUE",
            "message": "`rules.maxVideos` must be a whole number from 0 to 2147483647, or null.",
        },
        {
            "path": ["credentials", "webhookUrl"],
            "code": "INVALID_VALUE",
            "message": "`credentials.webhookUrl` is not known here: did you mean webhook_url?",
        },
        {
            "path": ["credentials", "webhook_url"],
            "code": "REQUIRED",
            "message": "`credentials.webhook_url` is required: credentials hold webhook_url.",
        },
    ]
    assert await dump(database) == before


@pytest.mark.parametrize("account_id", [3100, 999_999, 0, -1, 2**31 - 1])
async def test_an_account_that_is_not_the_callers_is_not_found(
    client: httpx.AsyncClient, database: Database, account_id: int
) -> None:
    before = await dump(database)

    answer = await graphql(client, UPDATE, id=account_id, input={"accountName": None, "credentials": OWN_ENDPOINT})

    assert answer == {
        "data": {
            "updateAccount": {
                "__typename": "NotFound",
                "code": "NOT_FOUND",
                "message": "Account not found.",
                "id": str(account_id),
            }
        }
    }
    assert await dump(database) == before


async def test_a_key_that_only_reads_changes_no_account(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    for query, variables in (
        (CREATE, {"input": {"platform": "X", "accountName": "@mybrand", "credentials": OWN_ENDPOINT}}),
        (UPDATE, {"id": 2280, "input": {"isActive": False}}),
    ):
        response = await client.post("/graphql", json={"query": query, "variables": variables})
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")

    assert await dump(database) == before


async def test_without_a_secret_key_credentials_are_refused_and_say_what_is_missing(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    before = await dump(database)

    async with client_of(database_url, clock, demo, secret_key=None) as client:
        refused = await graphql(client, UPDATE, id=2280, input={"credentials": OWN_ENDPOINT, "accountName": "@new"})
        assert await dump(database) == before
        renamed = await graphql(client, UPDATE, id=2280, input={"credentials": None, "accountName": "@new"})

    assert refused["data"]["updateAccount"]["issues"] == [
        {
            "path": ["credentials"],
            "code": "INVALID_VALUE",
            "message": "`credentials` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt them with.",
        }
    ]
    assert renamed["data"]["updateAccount"]["account"]["accountName"] == "@new"


async def test_no_answer_and_no_line_of_the_log_holds_a_credential(
    client: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    name = {"platform": "MASTODON", "accountName": "@mybrand"}
    inputs: list[dict[str, Any]] = [
        {**name, "credentials": MASTODON},
        {**name, "credentials": OWN_ENDPOINT},
        {**name, "credentials": BLUESKY},
        {**name, "credentials": SECRET},
        {**name, "credentials": [MASTODON]},
        {**name, "credentials": {**MASTODON, "base_url": SECRET}},
        {**name, "credentials": {**MASTODON, "access_token": {"a": SECRET}}},
        # What follows is refused before any of our own code sees it.
        {"accountName": "@mybrand", "credentials": MASTODON},
        {**name, "credentials": MASTODON, "acountName": "@mybrand"},
        {**name, "credentials": MASTODON, "minimumGapMinutes": None},
        {**name, "credentials": MASTODON, "platform": "MASTODONT"},
    ]
    answers = [await client.post("/graphql", json={"query": CREATE, "variables": {"input": input}}) for input in inputs]
    literal = f'credentials: {{base_url: "https://{SECRET}.test", access_token: "{SECRET}"}}'
    answers += [
        await client.post(
            "/graphql", json={"query": f"mutation {{ createAccount(input: {{{input}}}) {{ __typename }} }}"}
        )
        for input in (
            f'platform: MASTODON, accountName: "@mybrand", {literal}',
            literal,
            f'platform: MASTODON, acountName: "@mybrand", {literal}',
        )
    ]
    answers.append(await client.post("/graphql", json={"query": f"{{ accounts {{ {ACCOUNT_FIELDS} }} }}"}))
    answers.append(await client.get(f"/v1/posts/{SCHEDULED}"))
    answers.append(await client.get("/v1/accounts"))

    assert [response.status_code for response in answers if response.status_code >= 500] == []
    assert [response.text for response in answers if SECRET in response.text] == []
    assert sum("CreateAccountSuccess" in response.text for response in answers) == 3
    assert answers[7].json()["errors"][0]["message"] == (
        "Variable '$input' has invalid value: "
        "Expected value of type 'CreateAccountInput' to include required field 'platform'."
    )
    assert caplog.records
    assert SECRET not in caplog.text
    assert SECRET not in repr(await dump(database))


def test_the_answers_are_asked_for_what_they_could_hold() -> None:
    """The test above would show nothing if the secret did not stand in every value that it sends."""
    for credentials in (OWN_ENDPOINT, BLUESKY, MASTODON):
        assert all(SECRET in value for value in credentials.values())
