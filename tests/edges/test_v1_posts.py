"""REST v1: showing, creating, listing and deleting posts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from app.commands.fill_demo import (
    BANNER,
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
)
from app.repositories.database import Database
from tests.support.edges import dump

# By the time they go out; the three of the same time by id; the draft, which has none, last.
IN_ORDER = [
    *sorted([PUBLISHED, FAILED, PARTIALLY_FAILED], key=str),
    PUBLISHING,
    *sorted([SCHEDULED, VIDEO, SLIDESHOW], key=str),
    DRAFT,
]
CREATED = UUID(int=1)


async def test_a_post_is_created_for_the_time_it_names(client: httpx.AsyncClient) -> None:
    body = {
        "content": "We launch next week.",
        "account_ids": [2282, 2280, 2280],
        "scheduled_for": "2026-04-20T11:00:00+02:00",
        "timezone": "Europe/Berlin",
        "media_ids": [str(BANNER)],
        "platform_content": {"x": {"content": "Next week!"}},
    }

    response = await client.post("/v1/posts", json=body)

    assert response.status_code == 201
    assert response.json()["data"] == {
        "post_id": str(CREATED),
        "id": str(CREATED),
        "status": "scheduled",
        "content": "We launch next week.",
        "account_ids": [2280, 2282],
        "scheduled_for": "2026-04-20T09:00:00.000Z",
        "timezone": "Europe/Berlin",
        "media_ids": [str(BANNER)],
        "media": [{"media_id": str(BANNER), "type": "image", "width": 1920, "height": 1080}],
        "platform_content": {"x": {"content": "Next week!"}},
        "destinations": [_queued(2280, "instagram"), _queued(2282, "x")],
        "created_at": "2026-04-12T08:30:00.000Z",
        "updated_at": "2026-04-12T08:30:00.000Z",
        "next_step": (
            f"The post is scheduled for 2026-04-20T09:00:00.000Z. Call GET /v1/posts/{CREATED} to check status."
        ),
    }
    shown = await client.get(f"/v1/posts/{CREATED}")
    assert shown.json()["data"] == response.json()["data"]


async def test_a_post_without_a_time_goes_out_now(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/posts", json={"content": "Now.", "account_ids": [2282]})

    data = response.json()["data"]
    assert (response.status_code, data["status"], data["scheduled_for"]) == (
        201,
        "scheduled",
        "2026-04-12T08:30:00.000Z",
    )


async def test_a_draft_may_be_empty(client: httpx.AsyncClient) -> None:
    response = await client.post("/v1/posts", json={"draft": True})

    data = response.json()["data"]
    assert response.status_code == 201
    assert (data["status"], data["content"], data["scheduled_for"], data["account_ids"]) == ("draft", "", None, [])


async def test_a_post_that_cannot_be_is_not_created(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    cases: list[tuple[dict[str, Any], str, list[list[str]]]] = [
        ({}, "validation_error", [["account_ids"], ["content"]]),
        ({"content": "x", "account_ids": [3100]}, "validation_error", [["account_ids"]]),
        ({"content": "x", "account_ids": [2282], "scheduled_for": None}, "validation_error", [["scheduled_for"]]),
        (
            {"content": "x", "account_ids": [2282], "scheduled_for": "2026-04-12T08:29:59Z"},
            "past_schedule_time",
            [["scheduled_for"]],
        ),
        (
            {"content": "x", "account_ids": [2299], "scheduled_for": "2026-04-12T08:29:59Z"},
            "validation_error",
            [["scheduled_for"], ["account_ids"]],
        ),
        ({"draft": "yes", "content": 5}, "validation_error", [["content"], ["draft"], ["account_ids"]]),
    ]
    for body, code, paths in cases:
        response = await client.post("/v1/posts", json=body)

        error = response.json()["error"]
        assert (response.status_code, error["code"]) == (400, code), body
        assert [detail["path"] for detail in error["details"]] == paths

    for name, suggestion in (("media", "media_ids"), ("drafts", "draft"), ("post_id", None)):
        response = await client.post("/v1/posts", json={name: 1})

        assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_field_name")
        assert response.json()["error"]["details"] == {"field": name, "suggestion": suggestion}
    assert await dump(database) == before


async def test_a_deleted_post_is_gone(client: httpx.AsyncClient, database: Database) -> None:
    response = await client.delete(f"/v1/posts/{SCHEDULED}")

    assert response.status_code == 200
    assert response.json() == {
        "data": {"post_id": str(SCHEDULED), "deleted": True},
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }
    rows = await dump(database)
    assert [row for table in ("posts", "destinations", "post_media") for row in rows[table] if SCHEDULED in row] == []
    assert len(rows["media"]) == 5
    assert (await client.get(f"/v1/posts/{SCHEDULED}")).status_code == 404
    assert (await client.delete(f"/v1/posts/{SCHEDULED}")).status_code == 404


async def test_a_post_that_is_out_or_going_out_is_not_deleted(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    out = {
        "message": "Cannot delete a post that has already been published. Delete it from the platform directly.",
        "code": "post_already_published",
    }
    going_out = {
        "message": "The post is being published right now. Try again when its status has settled.",
        "code": "conflict",
    }
    missing = {"message": "Post not found.", "code": "not_found"}
    for post_id, status, error in (
        (PUBLISHED, 409, out),
        (PARTIALLY_FAILED, 409, out),
        (PUBLISHING, 409, going_out),
        (OF_ANOTHER_ORGANIZATION, 404, missing),
        ("nonsense", 404, missing),
    ):
        response = await client.delete(f"/v1/posts/{post_id}")

        assert (response.status_code, response.json()["error"]) == (status, error)
    assert await dump(database) == before


async def test_posts_that_can_be_deleted_are(client: httpx.AsyncClient) -> None:
    for post_id in (DRAFT, FAILED, VIDEO, SLIDESHOW):
        assert (await client.delete(f"/v1/posts/{post_id}")).status_code == 200


async def test_a_post_that_is_not_the_callers_is_not_found(client: httpx.AsyncClient) -> None:
    for post_id in (OF_ANOTHER_ORGANIZATION, UUID(int=9), "nonsense", "%00", "1" * 3000):
        response = await client.get(f"/v1/posts/{post_id}")

        assert response.status_code == 404
        assert response.json()["error"] == {"message": "Post not found.", "code": "not_found"}


async def test_the_list_holds_the_callers_posts_by_time(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/posts")

    data = response.json()["data"]
    assert [post["id"] for post in data["posts"]] == [str(id) for id in IN_ORDER]
    assert data["pagination"] == {"limit": 20, "offset": 0, "total": 8, "has_more": False}
    assert data["posts"][3] == (await client.get(f"/v1/posts/{PUBLISHING}")).json()["data"]


async def test_pages_follow_each_other_without_gap_or_overlap(client: httpx.AsyncClient) -> None:
    found, has_more = [], []
    for offset in (0, 3, 6, 9):
        data = (await client.get("/v1/posts", params={"limit": 3, "offset": offset})).json()["data"]
        found += [post["id"] for post in data["posts"]]
        has_more.append(data["pagination"]["has_more"])
        assert data["pagination"]["total"] == 8

    assert found == [str(id) for id in IN_ORDER]
    assert has_more == [True, True, False, False]


async def test_the_list_can_be_filtered(client: httpx.AsyncClient) -> None:
    async def listed(**parameters: str) -> set[str]:
        data = (await client.get("/v1/posts", params=parameters)).json()["data"]
        assert data["pagination"]["total"] == len(data["posts"])
        return {post["id"] for post in data["posts"]}

    assert await listed(status="partially_failed") == {str(PARTIALLY_FAILED)}
    assert await listed(platform="tiktok") == {str(VIDEO), str(SLIDESHOW)}
    assert await listed(status="draft", platform="x") == {str(DRAFT)}
    assert await listed(status="draft", platform="tiktok") == set()


async def test_a_parameter_that_cannot_be_is_a_validation_error(client: httpx.AsyncClient) -> None:
    for name, value in (
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "-1"),
        ("limit", "many"),
        ("limit", "9" * 40),
        ("offset", "-1"),
        ("offset", "9" * 40),
        ("offset", ""),
        ("status", "pending"),
        ("status", "\0"),
        ("platform", "myspace"),
    ):
        response = await client.get("/v1/posts", params={name: value})

        assert response.status_code == 400, (name, value)
        assert response.json()["error"]["code"] == "validation_error"
        assert [detail["path"] for detail in response.json()["error"]["details"]] == [[name]]


def _queued(account_id: int, platform: str) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "account_name": "@mybrand",
        "platform": platform,
        "status": "queued",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": None,
        "attempts": 0,
    }
