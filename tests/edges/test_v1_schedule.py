"""`POST /v1/posts/{id}/schedule`: a draft is queued, for a time or to go out at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import update

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    VIDEO,
)
from app.domain.api_key import Scope
from app.repositories.database import Database
from app.repositories.tables import AccountRow
from tests.conftest import key_with
from tests.repositories.storage import changed_tables
from tests.support.clock import NOW, Clock
from tests.support.edges import add_post, dump, stored_post

TIME = "2026-04-20T09:00:00.000Z"
SAY_WHEN = "Say when the post goes out: send `scheduled_for`, or `publish_now`: true."
TWO_TIMES = "`scheduled_for` and `publish_now` say two different times: send one of them."


def issue(path: str, code: str, message: str) -> dict[str, Any]:
    return {"path": [path], "code": code, "message": message}


def scheduled_draft(time: str, post_id: UUID = DRAFT) -> dict[str, Any]:
    """The demo's draft, or a copy of it, once it is queued."""
    return {
        "post_id": str(post_id),
        "id": str(post_id),
        "status": "scheduled",
        "content": "Notes for the follow-up post.",
        "account_ids": [2282],
        "scheduled_for": time,
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
        "created_at": "2026-04-10T08:30:00.000Z",
        "updated_at": "2026-04-12T08:30:00.000Z",
        "next_step": f"The post is scheduled for {time}. Call GET /v1/posts/{post_id} to check status.",
    }


async def test_a_draft_is_queued_for_the_time_that_is_named(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.post(f"/v1/posts/{DRAFT}/schedule", json={"scheduled_for": "2026-04-20T09:00:00Z"})

    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    assert response.json() == {
        "data": scheduled_draft(TIME),
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }
    assert (await client.get(f"/v1/posts/{DRAFT}")).json()["data"] == scheduled_draft(TIME)
    assert changed_tables(before, await dump(database)) == {"posts": (1, 1), "revisions": (0, 1)}


async def test_a_draft_is_due_at_once_when_it_shall_be(client: httpx.AsyncClient, database: Database) -> None:
    response = await client.post(f"/v1/posts/{DRAFT}/schedule", json={"publish_now": True})

    assert (response.status_code, response.json()["data"]) == (200, scheduled_draft("2026-04-12T08:30:00.000Z"))
    assert (await stored_post(database, DRAFT)).is_due(NOW)


async def test_every_way_to_say_when_is_understood(client: httpx.AsyncClient, database: Database) -> None:
    draft = await stored_post(database, DRAFT)
    now = "2026-04-12T08:30:00.000Z"
    bodies: list[tuple[dict[str, Any], str]] = [
        ({"scheduled_for": "2026-04-20T11:00:00+02:00", "publish_now": False}, TIME),
        ({"scheduled_for": TIME, "publish_now": None}, TIME),
        ({"scheduled_at": TIME}, TIME),
        ({"scheduled_at": TIME, "scheduled_for": TIME}, TIME),
        ({"scheduled_at": TIME, "scheduled_for": None}, TIME),
        ({"publish_now": True, "scheduled_for": None}, now),
    ]
    for number, (body, time) in enumerate(bodies):
        post = await add_post(database, draft, UUID(int=100 + number))

        response = await client.post(f"/v1/posts/{post.id}/schedule", json=body)

        assert (response.status_code, response.json()["data"]) == (200, scheduled_draft(time, post.id)), body


async def test_a_time_that_the_draft_has_already_is_not_taken_for_granted(
    client: httpx.AsyncClient, database: Database
) -> None:
    unscheduled = await client.patch(f"/v1/posts/{SCHEDULED}", json={"status": "draft"})
    before = await dump(database)

    response = await client.post(f"/v1/posts/{SCHEDULED}/schedule", json={})
    assert (response.status_code, response.json()["error"]["details"]) == (
        400,
        [issue("scheduled_for", "REQUIRED", SAY_WHEN)],
    )
    assert await dump(database) == before

    own_time = {"scheduled_for": unscheduled.json()["data"]["scheduled_for"]}
    assert (await client.post(f"/v1/posts/{SCHEDULED}/schedule", json=own_time)).json()["data"]["status"] == "scheduled"


async def test_a_body_that_does_not_say_one_time_is_refused_and_nothing_is_written(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    missing = [issue("scheduled_for", "REQUIRED", SAY_WHEN)]
    needed = issue("scheduled_for", "REQUIRED", "A scheduled post needs a time.")
    past = "`scheduled_for` must be in the future."
    cases: list[tuple[dict[str, Any], str, list[dict[str, Any]]]] = [
        ({}, "validation_error", missing),
        ({"publish_now": False}, "validation_error", missing),
        ({"publish_now": None}, "validation_error", missing),
        ({"scheduled_for": None}, "validation_error", missing),
        (
            {"scheduled_for": TIME, "publish_now": True},
            "validation_error",
            [issue("publish_now", "CONFLICTING_VALUES", TWO_TIMES)],
        ),
        (
            {"scheduled_for": TIME, "scheduled_at": "2026-04-21T09:00:00Z"},
            "validation_error",
            [
                issue(
                    "scheduled_at",
                    "CONFLICTING_VALUES",
                    "`scheduled_for` and its deprecated alias `scheduled_at` differ: send `scheduled_for` alone.",
                )
            ],
        ),
        (
            {"publish_now": "yes"},
            "validation_error",
            [issue("publish_now", "INVALID_VALUE", "`publish_now` must be true or false."), needed],
        ),
        (
            {"scheduled_for": "2026-04-12T08:30:00Z"},
            "past_schedule_time",
            [issue("scheduled_for", "PAST_SCHEDULE_TIME", past)],
        ),
        (
            {"scheduled_for": "2031-04-12T08:30:00.001Z"},
            "validation_error",
            [issue("scheduled_for", "TOO_FAR_AHEAD", "`scheduled_for` must be at most 5 years ahead.")],
        ),
        (
            {"scheduled_for": 5},
            "validation_error",
            [issue("scheduled_for", "INVALID_VALUE", "`scheduled_for` must be text.")],
        ),
    ]
    for body, code, issues in cases:
        response = await client.post(f"/v1/posts/{DRAFT}/schedule", json=body)

        assert (response.status_code, response.json()["error"]) == (
            400,
            {"message": " ".join(issue["message"] for issue in issues), "code": code, "details": issues},
        ), body
    assert await dump(database) == before


async def test_a_name_that_is_not_known_is_refused_with_the_nearest_one(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    for name, hint, suggestion in (
        ("scheduledFor", "did you mean scheduled_for?", "scheduled_for"),
        ("publishNow", "did you mean publish_now?", "publish_now"),
        ("content", "known names are scheduled_for, publish_now.", None),
    ):
        response = await client.post(f"/v1/posts/{DRAFT}/schedule", json={name: True, "publish_now": True})

        assert (response.status_code, response.json()["error"]) == (
            400,
            {
                "message": f"Unknown field {name}: {hint}",
                "code": "invalid_field_name",
                "details": {"field": name, "suggestion": suggestion},
            },
        )
    assert await dump(database) == before


async def test_only_drafts_are_scheduled_and_anything_else_is_left_as_it_is(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    def no_draft(status: str) -> dict[str, Any]:
        message = f"Only a draft can be scheduled. The post is {status}: update it to give it another time."
        return {"message": message, "code": "conflict", "details": [issue("status", "NOT_A_DRAFT", message)]}

    is_out = {
        "message": "Cannot update a post that has already been published.",
        "code": "post_already_published",
    }
    going_out = {
        "message": "The post is being published right now. Try again when its status has settled.",
        "code": "conflict",
    }
    missing = {"message": "Post not found.", "code": "not_found"}
    for post_id, status, error in (
        (SCHEDULED, 409, no_draft("scheduled")),
        (VIDEO, 409, no_draft("scheduled")),
        (FAILED, 409, no_draft("failed")),
        (PARTIALLY_FAILED, 409, no_draft("partially_failed")),
        (PUBLISHED, 409, is_out),
        (PUBLISHING, 409, going_out),
        (OF_ANOTHER_ORGANIZATION, 404, missing),
        (UUID(int=9), 404, missing),
        ("nonsense", 404, missing),
    ):
        for body in ({"scheduled_for": TIME}, {"publish_now": True}, {"scheduled_for": "2020-01-01T00:00:00Z"}, {}):
            response = await client.post(f"/v1/posts/{post_id}/schedule", json=body)

            assert (response.status_code, response.json()["error"]) == (status, error), (post_id, body)
    assert await dump(database) == before


async def test_a_draft_that_lacks_something_hears_of_all_of_it(client: httpx.AsyncClient, database: Database) -> None:
    post_id = (await client.post("/v1/posts", json={"draft": True})).json()["data"]["id"]
    before = await dump(database)
    lacking = [
        issue("account_ids", "REQUIRED", "A scheduled post needs at least one account."),
        issue("content", "REQUIRED", "A scheduled post needs content or media."),
    ]

    now = await client.post(f"/v1/posts/{post_id}/schedule", json={"publish_now": True})
    never = await client.post(f"/v1/posts/{post_id}/schedule", json={})

    assert (now.status_code, now.json()["error"]["details"]) == (400, lacking)
    assert (never.status_code, never.json()["error"]["details"]) == (
        400,
        [issue("scheduled_for", "REQUIRED", SAY_WHEN), *lacking],
    )
    assert await dump(database) == before


async def test_a_platforms_rules_hold_when_a_draft_is_queued(client: httpx.AsyncClient, database: Database) -> None:
    body = {"draft": True, "content": "No picture.", "account_ids": [2280]}
    post_id = (await client.post("/v1/posts", json=body)).json()["data"]["id"]
    before = await dump(database)

    response = await client.post(f"/v1/posts/{post_id}/schedule", json={"publish_now": True})

    (detail,) = response.json()["error"]["details"]
    assert (response.status_code, detail["path"], detail["platform"]) == (400, ["media_ids"], "instagram")
    assert await dump(database) == before


async def test_a_taken_time_moves_the_post_to_the_next_free_slot(client: httpx.AsyncClient, database: Database) -> None:
    await database.write(
        lambda connection: connection.execute(
            update(AccountRow).where(AccountRow.id == 2282).values(minimum_gap_minutes=30)  # type: ignore[arg-type]
        )
    )
    taken = await stored_post(database, SCHEDULED)
    assert taken.scheduled_for is not None
    time = taken.scheduled_for.isoformat()

    data = (await client.post(f"/v1/posts/{DRAFT}/schedule", json={"scheduled_for": time})).json()["data"]

    assert (data["scheduled_for"], data["next_step"]) == (
        "2026-04-20T09:00:00.000Z",
        "2026-04-20T08:30:00.000Z was taken. The post is scheduled for 2026-04-20T09:00:00.000Z. "
        f"Call GET /v1/posts/{DRAFT} to check status.",
    )


async def test_another_version_than_if_match_names_is_not_scheduled(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    body = {"scheduled_for": TIME}

    for post_id in (DRAFT, SCHEDULED):
        refused = await client.post(f"/v1/posts/{post_id}/schedule", json=body, headers={"If-Match": '"2"'})

        assert (refused.status_code, refused.json()["error"]) == (
            412,
            {
                "message": "The post has changed: its current version is 1.",
                "code": "version_conflict",
                "details": {"current_version": 1},
            },
        )
    assert await dump(database) == before

    assert (await client.post(f"/v1/posts/{DRAFT}/schedule", json=body, headers={"If-Match": '"1"'})).status_code == 200


async def test_a_request_that_is_repeated_under_its_key_is_answered_the_same_and_done_once(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    body, headers = {"publish_now": True}, {"Idempotency-Key": "schedule-1"}
    first = await client.post(f"/v1/posts/{DRAFT}/schedule", json=body, headers=headers)
    after = await dump(database)
    clock.advance(minutes=5)

    again = await client.post(f"/v1/posts/{DRAFT}/schedule", json=body, headers=headers)

    assert (first.status_code, again.status_code) == (200, 200)
    assert {**again.json(), "meta": None} == {**first.json(), "meta": None}
    assert await dump(database) == after


async def test_a_body_is_needed_here(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.post(f"/v1/posts/{DRAFT}/schedule")

    assert (response.status_code, response.json()["error"]) == (
        415,
        {"message": "Send the body as Content-Type: application/json.", "code": "bad_request"},
    )
    assert await dump(database) == before


async def test_a_key_that_only_reads_schedules_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    secret = await key_with(database, clock, Scope.READ)
    before = await dump(database)

    response = await client.post(
        f"/v1/posts/{DRAFT}/schedule", json={"publish_now": True}, headers={"Authorization": f"Bearer {secret}"}
    )

    assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    assert await dump(database) == before


async def test_a_stored_time_that_has_passed_is_not_refused(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    draft = await stored_post(database, DRAFT)
    await add_post(database, draft, UUID(int=77), scheduled_for=NOW)
    clock.advance(hours=1)

    response = await client.post(
        f"/v1/posts/{UUID(int=77)}/schedule", json={"scheduled_for": "2026-04-12T08:30:00.000Z"}
    )

    data = response.json()["data"]
    assert (data["status"], data["scheduled_for"]) == ("scheduled", "2026-04-12T08:30:00.000Z")
