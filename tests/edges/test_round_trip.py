"""A post that was pulled can be changed and sent straight back, and names that are no fields are told apart from it."""

from __future__ import annotations

from typing import Any

import httpx

from app.commands.fill_demo import (
    BANNER,
    DRAFT,
    FAILED,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
)
from app.repositories.database import Database
from tests.support.edges import dump

UPDATABLE = (SCHEDULED, DRAFT, FAILED, PARTIALLY_FAILED, VIDEO, SLIDESHOW)


async def pulled(client: httpx.AsyncClient, post_id: object) -> dict[str, Any]:
    response = await client.get(f"/v1/posts/{post_id}")
    assert response.status_code == 200
    data: dict[str, Any] = response.json()["data"]
    return data


async def test_a_posts_own_answer_sent_back_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    for post_id in UPDATABLE:
        post = await pulled(client, post_id)
        response = await client.patch(f"/v1/posts/{post_id}", json=post)

        assert response.status_code == 200, response.text
        assert response.json()["data"] == {**post, "next_step": f"Nothing changed. {post['next_step']}"}
        assert response.headers["ETag"] == '"1"'
        assert await dump(database) == before


async def test_the_own_answer_of_a_post_that_is_out_or_going_out_is_refused(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for post_id, code in ((PUBLISHED, "post_already_published"), (PUBLISHING, "conflict")):
        response = await client.patch(f"/v1/posts/{post_id}", json=await pulled(client, post_id))

        assert (response.status_code, response.json()["error"]["code"]) == (409, code)
    assert await dump(database) == before


async def test_one_field_changed_in_a_pulled_post_changes_only_that_field(client: httpx.AsyncClient) -> None:
    changes: list[tuple[str, Any]] = [
        ("content", "Changed.\n"),
        ("account_ids", [2280, 2285]),
        ("scheduled_for", "2026-05-01T10:00:00.000Z"),
        ("timezone", "America/New_York"),
        ("media_ids", ["c11b0000-0000-4000-8000-000000000001"]),
        ("platform_content", {"x": {"content": "Shorter."}}),
        ("status", "draft"),
    ]
    for name, value in changes:
        post = await pulled(client, SCHEDULED)
        response = await client.patch(f"/v1/posts/{SCHEDULED}", json={**post, name: value})

        assert response.status_code == 200, response.text
        changed = await pulled(client, SCHEDULED)
        differing = {key for key in post if post[key] != changed[key]} - {"updated_at", "next_step"}
        follows = {"account_ids": {"destinations"}, "media_ids": {"media"}}.get(name, set())
        assert differing == {name} | follows
        assert changed[name] == value


async def test_media_is_accepted_only_as_it_was_served(client: httpx.AsyncClient, database: Database) -> None:
    served = (await pulled(client, SCHEDULED))["media"]
    before = await dump(database)

    accepted = await client.patch(f"/v1/posts/{SCHEDULED}", json={"media": served})
    assert accepted.status_code == 200
    for other in (None, [], "x", [str(BANNER)], [*served, *served], [{**served[0], "width": 1}], {"media": served}):
        response = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x", "media": other})

        assert response.status_code == 400
        assert response.json()["error"] == {
            "message": "Unknown field media: did you mean media_ids?",
            "code": "invalid_field_name",
            "details": {"field": "media", "suggestion": "media_ids"},
        }
    assert await dump(database) == before


async def test_an_unknown_name_is_answered_with_the_nearest_or_with_all(
    client: httpx.AsyncClient, database: Database
) -> None:
    # The deprecated alias is accepted, and not offered.
    known = "content, account_ids, scheduled_for, timezone, media_ids, platform_content, status, title, social_audio_id"
    before = await dump(database)

    for name, suggestion in (
        ("media_id", "media_ids"),
        ("mediaId", "media_ids"),
        ("attachments", "media_ids"),
        ("scheduledFor", "scheduled_for"),
        ("accountIds", "account_ids"),
        ("Content", "content"),
        ("time_zone", "timezone"),
        ("publish_date", None),
        ("", None),
    ):
        response = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x", name: []})

        hint = f"did you mean {suggestion}?" if suggestion else f"known names are {known}."
        assert response.status_code == 400
        assert response.json()["error"] == {
            "message": f"Unknown field {name}: {hint}",
            "code": "invalid_field_name",
            "details": {"field": name, "suggestion": suggestion},
        }
    assert await dump(database) == before


async def test_the_ids_of_a_pulled_post_must_be_the_paths(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.patch(f"/v1/posts/{SCHEDULED}", json={"post_id": str(DRAFT), "id": 5, "content": "x"})

    assert response.status_code == 400
    assert [detail["path"] for detail in response.json()["error"]["details"]] == [["post_id"], ["id"]]
    assert response.json()["error"]["code"] == "validation_error"
    assert await dump(database) == before


async def test_a_published_post_says_so_whatever_the_body_is(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    bodies: list[dict[str, Any]] = [
        {},
        {"media": 1},
        {"mediaId": 1},
        {"nonsense": 1},
        {"content": 5, "timezone": None, "account_ids": [9999]},
        {"post_id": str(DRAFT)},
        {"status": "published"},
    ]
    for body in bodies:
        response = await client.patch(f"/v1/posts/{PUBLISHED}", json=body, headers={"If-Match": '"9"'})

        assert response.status_code == 409
        assert response.json()["error"] == {
            "message": "Cannot update a post that has already been published.",
            "code": "post_already_published",
        }
    assert await dump(database) == before


async def test_the_deprecated_alias_sets_the_time(client: httpx.AsyncClient, database: Database) -> None:
    alias = await client.patch(f"/v1/posts/{SCHEDULED}", json={"scheduled_at": "2026-05-01T10:00:00Z"})
    assert alias.json()["data"]["scheduled_for"] == "2026-05-01T10:00:00.000Z"
    before = await dump(database)

    both = {"scheduled_for": "2026-05-02T10:00:00Z", "scheduled_at": "2026-05-03T10:00:00Z"}
    response = await client.patch(f"/v1/posts/{SCHEDULED}", json=both)

    assert response.status_code == 400
    assert [detail["code"] for detail in response.json()["error"]["details"]] == ["CONFLICTING_VALUES"]
    assert await dump(database) == before
