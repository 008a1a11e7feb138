"""`PATCH /v1/posts/{id}?dry_run=true`: what the update would answer, and nothing stored."""

from __future__ import annotations

from typing import Any

import httpx

from app.commands.fill_demo import DRAFT, FAILED, PUBLISHED, SCHEDULED
from app.repositories.database import Database
from tests.support.edges import dump

TRIED = "Dry run: nothing was stored. Send the request without dry_run to make the change."


async def test_the_answer_is_that_of_the_update_and_nothing_is_stored(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    bodies: list[tuple[Any, dict[str, Any]]] = [
        (SCHEDULED, {"content": "New.", "account_ids": [2282, 2290], "scheduled_for": "2026-05-01T10:00:00Z"}),
        (DRAFT, {"scheduled_for": "2026-05-01T10:00:00Z", "status": "scheduled"}),
        (FAILED, {"status": "scheduled"}),
    ]
    for post_id, body in bodies:
        tried = await client.patch(f"/v1/posts/{post_id}", json=body, params={"dry_run": "true"})
        assert await dump(database) == before

        real = await client.patch(f"/v1/posts/{post_id}", json=body)
        assert (tried.status_code, real.status_code) == (200, 200)
        assert tried.json()["data"] == {**real.json()["data"], "next_step": TRIED}
        assert ("ETag" in tried.headers, real.headers["ETag"]) == (False, '"2"')
        before = await dump(database)


async def test_a_refusal_is_that_of_the_update(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    for post_id, body in ((PUBLISHED, {}), (SCHEDULED, {"medias": 1}), (SCHEDULED, {"timezone": None, "content": 5})):
        tried = await client.patch(f"/v1/posts/{post_id}", json=body, params={"dry_run": "true"})
        real = await client.patch(f"/v1/posts/{post_id}", json=body)

        assert (tried.status_code, tried.json()["error"]) == (real.status_code, real.json()["error"])
    assert await dump(database) == before


async def test_an_update_that_would_change_nothing_says_so(client: httpx.AsyncClient) -> None:
    shown = (await client.get(f"/v1/posts/{SCHEDULED}")).json()["data"]

    tried = await client.patch(f"/v1/posts/{SCHEDULED}", json={}, params={"dry_run": "true"})

    assert tried.json()["data"] == {**shown, "next_step": f"Nothing changed. {shown['next_step']}"}


async def test_false_is_an_ordinary_update(client: httpx.AsyncClient) -> None:
    await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "New."}, params={"dry_run": "false"})

    assert (await client.get(f"/v1/posts/{SCHEDULED}")).json()["data"]["content"] == "New."


async def test_anything_else_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "New."}, params={"dry_run": "maybe"})

    message = "`dry_run` must be true or false."
    assert (response.status_code, response.json()["error"]) == (
        400,
        {
            "message": message,
            "code": "validation_error",
            "details": [{"path": ["dry_run"], "code": "INVALID_VALUE", "message": message}],
        },
    )
    assert await dump(database) == before
