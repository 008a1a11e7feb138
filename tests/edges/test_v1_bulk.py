"""`POST /v1/posts/bulk`: up to 50 new posts, each created or refused for itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from app.commands.fill_demo import BANNER
from app.domain.api_key import Scope
from app.repositories.database import Database
from app.repositories.tables import AccountRow
from tests.conftest import key_with
from tests.repositories.storage import changed_tables
from tests.support.clock import Clock
from tests.support.edges import dump

TIME = "2026-04-20T09:00:00.000Z"
GOOD: dict[str, Any] = {"content": "We launch next week.", "account_ids": [2282], "scheduled_for": TIME}
NO_CONTENT = "A scheduled post needs content or media."
LACKS_CONTENT = {
    "message": NO_CONTENT,
    "code": "validation_error",
    "details": [{"path": ["content"], "code": "REQUIRED", "message": NO_CONTENT}],
}


def created(number: int, **different: Any) -> dict[str, Any]:
    """What GOOD becomes as the nth id that is given out."""
    id = str(UUID(int=number))
    return {
        "post_id": id,
        "id": id,
        "status": "scheduled",
        "content": "We launch next week.",
        "account_ids": [2282],
        "scheduled_for": TIME,
        "timezone": "UTC",
        "media_ids": [],
        "media": [],
        "platform_content": {},
        "destinations": [
            {
                "account_id": 2282,
                "account_name": "@mybrand",
                "platform": "x",
                "status": "queued",
                "platform_post_id": None,
                "platform_post_url": None,
                "published_at": None,
                "error": None,
                "attempts": 0,
            }
        ],
        "created_at": "2026-04-12T08:30:00.000Z",
        "updated_at": "2026-04-12T08:30:00.000Z",
        "next_step": f"The post is scheduled for {TIME}. Call GET /v1/posts/{id} to check status.",
        **different,
    }


def a_draft(number: int) -> dict[str, Any]:
    return created(
        number,
        status="draft",
        content="",
        account_ids=[],
        scheduled_for=None,
        destinations=[],
        next_step=(f'The post is a draft. PATCH /v1/posts/{UUID(int=number)} with status "scheduled" to queue it.'),
    )


def answer(response: httpx.Response, succeeded: int, failed: int, *results: dict[str, Any]) -> dict[str, Any]:
    return {
        "data": {
            "summary": {"total": succeeded + failed, "succeeded": succeeded, "failed": failed},
            "results": [{"index": index, **result} for index, result in enumerate(results)],
        },
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }


def ok(post: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "post": post}


def refused(error: dict[str, Any]) -> dict[str, Any]:
    return {"ok": False, "error": error}


async def send(client: httpx.AsyncClient, *posts: object, **more: Any) -> httpx.Response:
    return await client.post("/v1/posts/bulk", json={"posts": list(posts)}, **more)


async def test_good_posts_are_all_created(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await send(client, GOOD, {"draft": True}, {**GOOD, "content": "The second one."})

    assert response.status_code == 201
    assert response.json() == answer(
        response, 3, 0, ok(created(1)), ok(a_draft(2)), ok(created(3, content="The second one."))
    )
    for result in response.json()["data"]["results"]:
        shown = await client.get(f"/v1/posts/{result['post']['id']}")
        assert (shown.json()["data"], shown.headers["ETag"]) == (result["post"], '"1"')
    added = {"posts": (0, 3), "destinations": (0, 2), "revisions": (0, 3)}
    assert changed_tables(before, await dump(database)) == added


async def test_a_post_that_is_refused_stands_in_nobodys_way(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await send(client, {"account_ids": [2282], "scheduled_for": TIME}, GOOD, {"media": []})

    assert response.status_code == 207
    field_name = {
        "message": "Unknown field media: did you mean media_ids?",
        "code": "invalid_field_name",
        "details": {"field": "media", "suggestion": "media_ids"},
    }
    assert response.json() == answer(response, 1, 2, refused(LACKS_CONTENT), ok(created(2)), refused(field_name))
    added = {"posts": (0, 1), "destinations": (0, 1), "revisions": (0, 1)}
    assert changed_tables(before, await dump(database)) == added


async def test_where_every_post_is_refused_nothing_is_written(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await send(client, {"account_ids": [2282], "scheduled_for": TIME})

    assert response.status_code == 422
    assert response.json() == answer(response, 0, 1, refused(LACKS_CONTENT))
    assert await dump(database) == before


async def test_every_post_is_refused_as_it_is_alone(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    bad: list[dict[str, Any]] = [
        {},
        {"content": 5, "draft": "yes", "account_ids": ["x", 9999], "timezone": "Mars/Olympus"},
        {**GOOD, "scheduled_for": "2020-01-01T00:00:00Z"},
        {**GOOD, "scheduled_for": "0001-01-01T00:00:00Z"},
        {**GOOD, "scheduled_for": "9999-12-31T23:59:59Z"},
        {**GOOD, "scheduled_for": None},
        {**GOOD, "account_ids": [3100]},
        {**GOOD, "account_ids": [2299]},
        {**GOOD, "account_ids": None},
        {**GOOD, "media_ids": [str(BANNER), str(BANNER)]},
        {**GOOD, "media_ids": ["x", str(UUID(int=5))]},
        {**GOOD, "platform_content": {"myspace": {}}},
        {**GOOD, "platform_content": {"x": {"content": 5}}},
        {**GOOD, "content": "x" * 281},
        {**GOOD, "drafts": True},
        {**GOOD, "status": "scheduled"},
        {**GOOD, "zzz": 1},
    ]

    response = await send(client, *bad)

    alone = [await client.post("/v1/posts", json=post) for post in bad]
    assert [single.status_code for single in alone] == [400] * len(bad)
    assert response.status_code == 422
    assert response.json() == answer(response, 0, len(bad), *(refused(single.json()["error"]) for single in alone))
    assert await dump(database) == before


async def test_what_is_no_object_is_no_post(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    no_object = {
        "message": "A post must be an object.",
        "code": "validation_error",
        "details": [{"path": [], "code": "INVALID_VALUE", "message": "A post must be an object."}],
    }

    response = await send(client, None, 5, "x", [GOOD], True)

    assert response.status_code == 422
    assert response.json() == answer(response, 0, 5, *[refused(no_object)] * 5)
    assert await dump(database) == before


async def test_fifty_posts_are_created_and_fifty_one_are_not(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    too_many = await send(client, *[GOOD] * 51)
    assert (too_many.status_code, too_many.json()["error"]) == (
        400,
        {
            "message": "`posts` holds 51 posts; at most 50 can be created in one request.",
            "code": "bulk_limit_exceeded",
        },
    )
    assert await dump(database) == before

    fifty = await send(client, *[GOOD] * 50)
    assert fifty.status_code == 201
    assert fifty.json() == answer(fifty, 50, 0, *(ok(created(number)) for number in range(1, 51)))


async def test_a_request_without_posts_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    none, no_list = "`posts` must hold at least one post.", "`posts` must be a list."
    bodies: list[tuple[dict[str, Any], str, str]] = [
        ({}, "REQUIRED", none),
        ({"posts": []}, "REQUIRED", none),
        ({"posts": None}, "REQUIRED", none),
        ({"posts": GOOD}, "INVALID_VALUE", no_list),
        ({"posts": "x"}, "INVALID_VALUE", no_list),
    ]
    for body, code, message in bodies:
        response = await client.post("/v1/posts/bulk", json=body)

        assert (response.status_code, response.json()["error"]) == (
            400,
            {
                "message": message,
                "code": "validation_error",
                "details": [{"path": ["posts"], "code": code, "message": message}],
            },
        ), body
    assert await dump(database) == before


async def test_a_name_beside_the_posts_is_refused(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    for body, field, hint, suggestion in (
        ({"post": [GOOD]}, "post", "did you mean posts?", "posts"),
        ({"posts": [GOOD], "atomic": True}, "atomic", "known names are posts.", None),
    ):
        response = await client.post("/v1/posts/bulk", json=body)

        assert (response.status_code, response.json()["error"]) == (
            400,
            {
                "message": f"Unknown field {field}: {hint}",
                "code": "invalid_field_name",
                "details": {"field": field, "suggestion": suggestion},
            },
        )
    assert await dump(database) == before


async def test_posts_of_one_request_do_not_share_a_slot(client: httpx.AsyncClient, database: Database) -> None:
    await database.write(
        lambda connection: connection.execute(
            update(AccountRow).where(AccountRow.id == 2282).values(minimum_gap_minutes=30)  # type: ignore[arg-type]
        )
    )

    response = await send(client, GOOD, {**GOOD, "content": ""}, GOOD)

    moved = created(
        3,
        scheduled_for="2026-04-20T09:30:00.000Z",
        next_step=(
            f"{TIME} was taken. The post is scheduled for 2026-04-20T09:30:00.000Z. "
            f"Call GET /v1/posts/{UUID(int=3)} to check status."
        ),
    )
    assert response.json() == answer(response, 2, 1, ok(created(1)), refused(LACKS_CONTENT), ok(moved))


async def test_a_request_that_is_repeated_under_its_key_is_answered_the_same_and_done_once(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    cases: list[tuple[list[object], int]] = [
        ([GOOD, {"draft": True}], 201),
        ([GOOD, {"medias": 1}, 5, {**GOOD, "scheduled_for": "2020-01-01T00:00:00Z"}], 207),
        ([{}], 422),
    ]
    for number, (posts, status) in enumerate(cases):
        headers = {"Idempotency-Key": f"bulk-{number}"}
        first = await send(client, *posts, headers=headers)
        after = await dump(database)
        clock.advance(minutes=5)

        again = await send(client, *posts, headers=headers)
        other = await send(client, *posts, GOOD, headers=headers)

        assert (first.status_code, again.status_code) == (status, status)
        assert {**again.json(), "meta": None} == {**first.json(), "meta": None}
        assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
        assert await dump(database) == after


async def test_a_key_that_only_reads_creates_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    secret = await key_with(database, clock, Scope.READ)
    before = await dump(database)

    response = await send(client, GOOD, headers={"Authorization": f"Bearer {secret}"})

    assert (response.status_code, response.json()["error"]) == (
        403,
        {"message": "This API key lacks the scope write.", "code": "forbidden"},
    )
    assert await dump(database) == before


async def test_bulk_is_no_posts_id(client: httpx.AsyncClient) -> None:
    for method in ("GET", "PATCH", "DELETE"):
        response = await client.request(method, "/v1/posts/bulk")

        assert (response.status_code, response.headers["Allow"]) == (405, "POST")
        assert response.json()["error"] == {
            "message": "This resource does not have that method.",
            "code": "method_not_allowed",
        }
    assert (await client.post("/api/v1/posts/bulk", json={"posts": [{"draft": True}]})).status_code == 201
