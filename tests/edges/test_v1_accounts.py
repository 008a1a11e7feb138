"""REST v1: creating and changing accounts."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest

from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.accounts import (
    BLUESKY,
    CASES,
    DISCORD,
    MASTODON,
    OWN_ENDPOINT,
    SECRET,
    add_subject,
    client_of,
    stored_account,
)
from tests.support.clock import Clock
from tests.support.edges import dump


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    async with client_of(database_url, clock, demo) as client:
        yield client


def health(*, is_active: bool, has_credentials: bool) -> dict[str, Any]:
    status = "inactive" if not is_active else "healthy" if has_credentials else "no_credentials"
    return {"status": status, "can_post": is_active}


async def test_every_field_of_an_update_in_every_state(client: httpx.AsyncClient, database: Database) -> None:
    for account_id, case in enumerate(CASES, start=5000):
        subject = await add_subject(database, account_id)
        before = await dump(database)

        response = await client.patch(f"/v1/accounts/{account_id}", json=case.body)

        answer = response.json()
        if case.issues:
            assert (response.status_code, answer["error"]["code"]) == (400, "validation_error"), case
            assert [(".".join(issue["path"]), issue["code"]) for issue in answer["error"]["details"]] == list(
                case.issues
            ), case
        else:
            expected = replace(subject, **case.changes)
            shown = {
                "account_id": account_id,
                "platform": "mastodon",
                "account_name": expected.name,
                "is_active": expected.is_active,
                "minimum_gap_minutes": expected.minimum_gap_minutes,
                "rules": expected.rules.as_mapping(),
                "created_at": "2026-04-12T08:30:00.000Z",
                "health": health(is_active=expected.is_active, has_credentials=expected.has_credentials),
            }
            assert (response.status_code, answer["data"], answer["error"]) == (200, shown, None), case
            assert await stored_account(database, account_id) == (expected, case.credentials), case
            assert (await client.get(f"/v1/accounts/{account_id}")).json()["data"] == shown, case
        if case.issues or (case.credentials == MASTODON and not case.changes):
            assert await dump(database) == before, case
        assert SECRET not in response.text, case


async def test_an_account_is_created_with_all_its_settings(client: httpx.AsyncClient, database: Database) -> None:
    response = await client.post(
        "/v1/accounts",
        json={
            "platform": "discord",
            "account_name": "#news",
            "credentials": DISCORD,
            "minimum_gap_minutes": 30,
            "rules": {"text_limit": 4000},
        },
    )

    assert response.status_code == 201
    assert response.json() == {
        "data": {
            "account_id": 2300,
            "platform": "discord",
            "account_name": "#news",
            "is_active": True,
            "minimum_gap_minutes": 30,
            "rules": {"text_limit": 4000},
            "created_at": "2026-04-12T08:30:00.000Z",
            "health": {"status": "healthy", "can_post": True},
        },
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }
    assert (await stored_account(database, 2300))[1] == DISCORD


@pytest.mark.parametrize("nothing", [{}, {"credentials": None, "rules": None}], ids=["omitted", "null"])
async def test_an_account_needs_a_platform_and_a_name_and_nothing_else(
    client: httpx.AsyncClient, nothing: dict[str, Any]
) -> None:
    response = await client.post("/v1/accounts", json={"platform": "x", "account_name": "@mybrand", **nothing})

    assert (response.status_code, response.json()["data"]) == (
        201,
        {
            "account_id": 2300,
            "platform": "x",
            "account_name": "@mybrand",
            "is_active": True,
            "minimum_gap_minutes": 0,
            "rules": {},
            "created_at": "2026-04-12T08:30:00.000Z",
            "health": {"status": "no_credentials", "can_post": True},
        },
    )


REQUIRED_PLATFORM = {"path": ["platform"], "code": "REQUIRED", "message": "`platform` is required."}
REQUIRED_NAME = {"path": ["account_name"], "code": "REQUIRED", "message": "`account_name` is required."}
NO_PLATFORM = {
    "path": ["platform"],
    "code": "INVALID_VALUE",
    "message": (
        "`platform` must be one of bluesky, discord, facebook, instagram, linkedin, mastodon, pinterest, threads, "
        "tiktok, webhook, x, youtube."
    ),
}
NO_TEXT = {"path": ["platform"], "code": "INVALID_VALUE", "message": "`platform` must be text."}


@pytest.mark.parametrize(
    ("body", "details"),
    [
        ({}, [REQUIRED_PLATFORM, REQUIRED_NAME]),
        ({"platform": None, "account_name": None}, [REQUIRED_PLATFORM, REQUIRED_NAME]),
        ({"platform": "twitter", "credentials": {"a": SECRET}}, [NO_PLATFORM, REQUIRED_NAME]),
        ({"platform": 5, "account_name": "@mybrand"}, [NO_TEXT]),
        (
            {"platform": "x", "account_name": "@mybrand", "minimum_gap_minutes": None},
            [
                {
                    "path": ["minimum_gap_minutes"],
                    "code": "NOT_NULLABLE",
                    "message": "`minimum_gap_minutes` cannot be null: leave it out instead.",
                }
            ],
        ),
        (
            {"platform": "x", "account_name": 5, "minimum_gap_minutes": -1},
            [
                {"path": ["account_name"], "code": "INVALID_VALUE", "message": "`account_name` must be text."},
                {
                    "path": ["minimum_gap_minutes"],
                    "code": "INVALID_VALUE",
                    "message": "`minimum_gap_minutes` must be from 0 to 10080, which is 7 days.",
                },
            ],
        ),
    ],
)
async def test_a_new_account_is_refused_with_every_problem_at_once(
    client: httpx.AsyncClient, database: Database, body: dict[str, Any], details: list[dict[str, Any]]
) -> None:
    before = await dump(database)

    response = await client.post("/v1/accounts", json=body)

    assert response.status_code == 400
    assert response.json()["error"] == {
        "message": " ".join(detail["message"] for detail in details),
        "code": "validation_error",
        "details": details,
    }
    assert await dump(database) == before


@pytest.mark.parametrize(
    ("method", "body", "field", "suggestion"),
    [
        ("POST", {"acount_name": "@mybrand"}, "acount_name", "account_name"),
        ("POST", {"accountName": "@mybrand"}, "accountName", "account_name"),
        ("POST", {"is_active": True}, "is_active", None),
        ("PATCH", {"minimumGap": 5}, "minimumGap", "minimum_gap_minutes"),
        ("PATCH", {"platform": "x"}, "platform", None),
        ("PATCH", {"rules": {"textLimit": 5}}, "rules.textLimit", "text_limit"),
        ("POST", {"platform": "x", "account_name": "a", "rules": {"pdfs": 5}}, "rules.pdfs", None),
    ],
)
async def test_an_unknown_name_is_refused_with_the_nearest_known_one(
    client: httpx.AsyncClient, database: Database, method: str, body: dict[str, Any], field: str, suggestion: str | None
) -> None:
    before = await dump(database)

    response = await client.request(method, "/v1/accounts" + ("/2280" if method == "PATCH" else ""), json=body)

    error = response.json()["error"]
    assert (response.status_code, error["code"]) == (400, "invalid_field_name")
    assert error["details"] == {"field": field, "suggestion": suggestion}
    hint = "known names are " if suggestion is None else f"did you mean {suggestion}?"
    assert error["message"].startswith(f"Unknown field {field}: {hint}")
    assert await dump(database) == before


async def test_an_account_that_is_not_the_callers_is_not_found(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    for account_id in ("3100", "999999", "0", "-1", "x", "2147483648", "9999999999", "9" * 50, "%00", "٢٢٨٠"):
        response = await client.patch(f"/v1/accounts/{account_id}", json={"account_name": None})

        assert response.status_code == 404, account_id
        assert response.json()["error"] == {"message": "Account not found.", "code": "not_found"}
    assert await dump(database) == before


async def test_health_is_true_to_the_account(client: httpx.AsyncClient) -> None:
    async def after(**changes: object) -> object:
        return (await client.patch("/v1/accounts/2280", json=changes)).json()["data"]["health"]

    assert await after() == {"status": "no_credentials", "can_post": True}
    assert await after(credentials=OWN_ENDPOINT) == {"status": "healthy", "can_post": True}
    assert await after(is_active=False) == {"status": "inactive", "can_post": False}
    assert await after(credentials=None) == {"status": "inactive", "can_post": False}
    assert await after(is_active=True) == {"status": "no_credentials", "can_post": True}


async def test_both_addresses_of_v1_make_and_change_accounts(client: httpx.AsyncClient) -> None:
    created = await client.post("/api/v1/accounts", json={"platform": "x", "account_name": "@mybrand"})
    renamed = await client.patch("/api/v1/accounts/2300", json={"account_name": "@renamed"})

    assert (created.status_code, renamed.status_code) == (201, 200)
    assert (await client.get("/v1/accounts/2300")).json()["data"]["account_name"] == "@renamed"


async def test_a_key_that_only_reads_changes_no_account(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    created = await client.post("/v1/accounts", json={"platform": "x", "account_name": "@mybrand"})
    changed = await client.patch("/v1/accounts/2280", json={"is_active": False})

    assert (created.status_code, changed.status_code) == (403, 403)
    assert await dump(database) == before


async def test_a_request_that_is_repeated_under_its_key_makes_one_account(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = {"platform": "mastodon", "account_name": "@mybrand", "credentials": MASTODON, "rules": {"text_limit": 5000}}
    requests = [("POST", "/v1/accounts", body), ("PATCH", "/v1/accounts/2280", {"credentials": {"url": SECRET}})]

    for number, (method, path, content) in enumerate(requests):
        key = {"Idempotency-Key": f"key {number}"}
        first = await client.request(method, path, json=content, headers=key)
        after = await dump(database)
        second = await client.request(method, path, json=content, headers=key)

        assert first.status_code == second.status_code == (201, 400)[number]
        assert (first.json()["data"], first.json()["error"]) == (second.json()["data"], second.json()["error"])
        assert await dump(database) == after
        assert SECRET not in repr(after)


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (f'{{"credentials": "{SECRET}"', "application/json", 400),
        (f'["{SECRET}"]', "application/json", 400),
        (f'{{"credentials": "{SECRET}"}}', "text/plain", 415),
    ],
)
async def test_a_body_that_cannot_be_read_is_not_repeated(
    client: httpx.AsyncClient, content: str, content_type: str, status: int
) -> None:
    for method, path in (("POST", "/v1/accounts"), ("PATCH", "/v1/accounts/2280")):
        response = await client.request(method, path, content=content, headers={"Content-Type": content_type})

        assert (response.status_code, response.json()["error"]["code"]) == (status, "bad_request")
        assert SECRET not in response.text


async def test_no_answer_and_no_line_of_the_log_holds_a_credential(
    client: httpx.AsyncClient, database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    name = {"platform": "mastodon", "account_name": "@mybrand"}
    bodies: list[dict[str, Any]] = [
        {**name, "credentials": MASTODON},
        {**name, "credentials": OWN_ENDPOINT},
        {**name, "credentials": BLUESKY},
        {**name, "credentials": SECRET},
        {**name, "credentials": [MASTODON]},
        {**name, "credentials": {**MASTODON, "base_url": SECRET}},
        {**name, "credentials": {**MASTODON, "access_token": {"a": SECRET}}},
        {**name, "credential": MASTODON},
        {"credentials": MASTODON},
    ]
    answers = [await client.post("/v1/accounts", json=body) for body in bodies]
    answers += [
        await client.patch("/v1/accounts/2299", json={"credentials": body["credentials"]}) for body in bodies[:7]
    ]
    answers += [await client.get("/v1/accounts"), await client.get("/v1/accounts/2299")]

    assert [response.status_code for response in answers] == [201, 201, *[400] * 7, 200, 200, *[400] * 5, 200, 200]
    assert [response.text for response in answers if SECRET in response.text] == []
    assert caplog.records
    assert SECRET not in caplog.text
    assert SECRET not in repr(await dump(database))
