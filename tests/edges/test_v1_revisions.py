"""`GET /v1/posts/{id}/revisions`: every stored change of a post, the newest first."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from app.commands.fill_demo import DRAFT, FAILED, OF_ANOTHER_ORGANIZATION, PARTIALLY_FAILED, SCHEDULED
from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.clock import Clock
from tests.support.edges import dump


def change(field: str, before: object, after: object) -> dict[str, Any]:
    return {"field": field, "before": before, "after": after}


WRITTEN = {
    "version": 1,
    "changed_at": "2026-04-10T08:30:00.000Z",
    "changed_by": "demo",
    "changes": [
        change("content", None, "Notes for the follow-up post."),
        change("account_ids", None, [2282]),
        change("timezone", None, "UTC"),
        change("media_ids", None, []),
        change("platform_content", None, {}),
        change("status", None, "draft"),
        change("kind", None, "standard"),
    ],
}


@pytest.fixture
async def history(client: httpx.AsyncClient, database: Database, clock: Clock) -> list[dict[str, Any]]:
    """The demo's draft after two more changes by another key: its revisions, the newest first."""
    secret = await key_with(database, clock, Scope.WRITE)
    theirs = {"Authorization": f"Bearer {secret}"}
    overrides = {"x": {"content": "Short."}}
    body = {"content": "", "platform_content": overrides, "timezone": "Europe/Paris"}
    await client.patch(f"/v1/posts/{DRAFT}", json=body, headers=theirs)
    clock.advance(minutes=1)
    body = {"content": "Again.", "scheduled_for": "2026-04-20T09:00:00Z", "status": "scheduled"}
    await client.patch(f"/v1/posts/{DRAFT}", json=body, headers=theirs)
    return [
        {
            "version": 3,
            "changed_at": "2026-04-12T08:31:00.000Z",
            "changed_by": "other",
            "changes": [
                change("content", "", "Again."),
                change("scheduled_for", None, "2026-04-20T09:00:00.000Z"),
                change("status", "draft", "scheduled"),
            ],
        },
        {
            "version": 2,
            "changed_at": "2026-04-12T08:30:00.000Z",
            "changed_by": "other",
            "changes": [
                change("content", "Notes for the follow-up post.", ""),
                change("timezone", "UTC", "Europe/Paris"),
                change("platform_content", {}, overrides),
            ],
        },
        WRITTEN,
    ]


async def test_every_change_is_told_with_who_made_it_and_what_it_did(
    client: httpx.AsyncClient, history: list[dict[str, Any]]
) -> None:
    response = await client.get(f"/v1/posts/{DRAFT}/revisions")

    assert response.status_code == 200
    assert response.json() == {
        "data": {
            "revisions": history,
            "pagination": {"limit": 20, "before": None, "total": 3, "has_more": False},
        },
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:31:00.000Z"},
    }


async def test_pages_follow_each_other_by_version(client: httpx.AsyncClient, history: list[dict[str, Any]]) -> None:
    for parameters, revisions, has_more in (
        ({"limit": 2}, history[:2], True),
        ({"limit": 2, "before": 2}, history[2:], False),
        ({"limit": 1, "before": 3}, history[1:2], True),
        ({"limit": 100, "before": 4}, history, False),
        ({"before": 2**31 - 1}, history, False),
        ({"before": 1}, [], False),
    ):
        data = (await client.get(f"/v1/posts/{DRAFT}/revisions", params=parameters)).json()["data"]

        pagination = {"limit": 20, "before": None, "total": 3, "has_more": has_more, **parameters}
        assert data == {"revisions": revisions, "pagination": pagination}


async def test_a_page_stays_where_it_is_while_the_post_changes(
    client: httpx.AsyncClient, history: list[dict[str, Any]]
) -> None:
    await client.patch(f"/v1/posts/{DRAFT}", json={"content": "Once more."})

    data = (await client.get(f"/v1/posts/{DRAFT}/revisions", params={"before": 3})).json()["data"]

    assert data == {
        "revisions": history[1:],
        "pagination": {"limit": 20, "before": 3, "total": 4, "has_more": False},
    }


async def test_what_a_retry_did_is_history_too(client: httpx.AsyncClient) -> None:
    await client.post(f"/v1/posts/{FAILED}/retry")

    newest = (await client.get(f"/v1/posts/{FAILED}/revisions")).json()["data"]["revisions"][0]

    record = {
        "account_id": 2285,
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "attempts": 3,
    }
    error = "The platform refused the post: the access token has expired."
    assert newest == {
        "version": 2,
        "changed_at": "2026-04-12T08:30:00.000Z",
        "changed_by": "demo",
        "changes": [
            change("status", "failed", "scheduled"),
            change("failure_reason", error, None),
            change(
                "destinations",
                [{**record, "status": "failed", "error": error}],
                [{**record, "status": "queued", "error": None}],
            ),
        ],
    }


async def test_a_request_that_changes_nothing_leaves_no_history(client: httpx.AsyncClient) -> None:
    await client.patch(f"/v1/posts/{SCHEDULED}", json={})
    await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "Tried."}, params={"dry_run": "true"})
    await client.patch(f"/v1/posts/{SCHEDULED}", json={"timezone": None})

    pagination = (await client.get(f"/v1/posts/{SCHEDULED}/revisions")).json()["data"]["pagination"]

    assert pagination == {"limit": 20, "before": None, "total": 1, "has_more": False}


async def test_the_history_of_a_post_that_is_not_the_callers_is_not_found(client: httpx.AsyncClient) -> None:
    await client.delete(f"/v1/posts/{DRAFT}")

    for post_id in (OF_ANOTHER_ORGANIZATION, DRAFT, UUID(int=9), "nonsense"):
        response = await client.get(f"/v1/posts/{post_id}/revisions")

        assert response.status_code == 404
        assert response.json()["error"] == {"message": "Post not found.", "code": "not_found"}


async def test_a_parameter_that_cannot_be_is_a_validation_error(client: httpx.AsyncClient) -> None:
    for name, value, message in (
        ("limit", "0", "`limit` must be at least 1."),
        ("limit", "101", "`limit` must be at most 100."),
        ("limit", "many", "`limit` must be a whole number."),
        ("before", "0", "`before` must be at least 1."),
        ("before", str(2**31), f"`before` must be at most {2**31 - 1}."),
        ("before", "", "`before` must be a whole number."),
    ):
        response = await client.get(f"/v1/posts/{PARTIALLY_FAILED}/revisions", params={name: value})

        assert (response.status_code, response.json()["error"]) == (
            400,
            {
                "message": message,
                "code": "validation_error",
                "details": [{"path": [name], "code": "INVALID_VALUE", "message": message}],
            },
        )


async def test_reading_history_writes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    assert (await client.get(f"/v1/posts/{SCHEDULED}/revisions")).status_code == 200

    assert await dump(database) == before
