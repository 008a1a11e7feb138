"""`GET /v1/posts/{id}/results`: how publishing went, account by account."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
)
from app.domain.destination import DestinationStatus
from app.repositories.database import Database
from tests.support.clock import NOW
from tests.support.edges import add_post, dump, stored_post

REFUSED = "The platform refused the post: the access token has expired."


async def test_what_is_out_and_what_failed_are_told_apart(client: httpx.AsyncClient) -> None:
    response = await client.get(f"/v1/posts/{PARTIALLY_FAILED}/results")

    assert response.status_code == 200
    assert response.json() == {
        "data": {
            "post_id": str(PARTIALLY_FAILED),
            "post_status": "partially_failed",
            "results": [
                {
                    "account_id": 2280,
                    "account_name": "@mybrand",
                    "platform": "instagram",
                    "status": "published",
                    "platform_post_id": "17900000000000001",
                    "platform_post_url": "https://platform.example/p/17900000000000001",
                    "published_at": "2026-04-11T08:30:00.000Z",
                    "error": None,
                    "attempts": 1,
                    "next_retry_at": None,
                },
                {
                    "account_id": 2282,
                    "account_name": "@mybrand",
                    "platform": "x",
                    "status": "failed",
                    "platform_post_id": None,
                    "platform_post_url": None,
                    "published_at": None,
                    "error": REFUSED,
                    "attempts": 3,
                    "next_retry_at": None,
                },
            ],
        },
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }


async def test_every_status_has_results_that_are_those_of_the_post(client: httpx.AsyncClient) -> None:
    for post_id, status, statuses in (
        (DRAFT, "draft", ["queued"]),
        (SCHEDULED, "scheduled", ["queued", "queued", "queued"]),
        (PUBLISHING, "publishing", ["publishing"]),
        (PUBLISHED, "published", ["published"]),
        (FAILED, "failed", ["failed"]),
    ):
        data = (await client.get(f"/v1/posts/{post_id}/results")).json()["data"]

        post = (await client.get(f"/v1/posts/{post_id}")).json()["data"]
        assert (data["post_status"], [result["status"] for result in data["results"]]) == (status, statuses)
        assert data["results"] == [{**destination, "next_retry_at": None} for destination in post["destinations"]]


async def test_a_draft_without_accounts_has_no_results(client: httpx.AsyncClient) -> None:
    post_id = (await client.post("/v1/posts", json={"draft": True})).json()["data"]["id"]

    response = await client.get(f"/v1/posts/{post_id}/results")

    assert response.json()["data"] == {"post_id": post_id, "post_status": "draft", "results": []}


async def test_the_next_try_is_announced(client: httpx.AsyncClient, database: Database) -> None:
    scheduled = await stored_post(database, SCHEDULED)
    again = replace(
        scheduled.destinations[1],
        status=DestinationStatus.QUEUED,
        error="Busy.",
        attempts=1,
        next_attempt_at=NOW + timedelta(minutes=1, milliseconds=5),
    )
    post = await add_post(database, scheduled, UUID(int=77), destinations=(again,))

    (result,) = (await client.get(f"/v1/posts/{post.id}/results")).json()["data"]["results"]

    expected: dict[str, Any] = {"status": "queued", "error": "Busy.", "attempts": 1}
    assert result == {**result, **expected, "next_retry_at": "2026-04-12T08:31:00.005Z"}


async def test_the_results_of_a_post_that_is_not_the_callers_are_not_found(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for post_id in (OF_ANOTHER_ORGANIZATION, UUID(int=9), "nonsense", "bulk"):
        response = await client.get(f"/v1/posts/{post_id}/results")

        assert response.status_code == 404
        assert response.json()["error"] == {"message": "Post not found.", "code": "not_found"}
    assert await dump(database) == before
