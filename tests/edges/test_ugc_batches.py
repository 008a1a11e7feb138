"""POST /post/retry and POST /post/delete: every post that is named, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

import httpx
import pytest

from app.commands.fill_demo import (
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
from app.domain.api_key import Scope
from app.domain.destination import DestinationStatus
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.clock import Clock
from tests.support.edges import dump, stored_post


def spelled(*post_ids: UUID) -> list[str]:
    return [f"post_{id.hex}" for id in post_ids]


def not_failed(*post_ids: UUID) -> str:
    return " ".join(f"`post_{id.hex}`: Only a failed post can be retried." for id in post_ids)


MALFORMED: list[tuple[dict[str, Any], int, str]] = [
    ({}, 400, "`postIds` is required: the ids of 1 to 100 posts."),
    ({"postIds": None}, 400, "`postIds` is required: the ids of 1 to 100 posts."),
    ({"postIds": []}, 400, "`postIds` is required: the ids of 1 to 100 posts."),
    ({"postIds": str(FAILED)}, 400, "`postIds` must be a list."),
    ({"postIds": [str(FAILED), 5, None]}, 400, "`postIds.1` must be text. `postIds.2` must be text."),
    ({"postIds": [str(FAILED)] * 101}, 400, "`postIds` holds 101 ids; at most 100 are allowed."),
    ({"postId": str(FAILED)}, 400, "Unknown field postId: did you mean postIds?"),
    ({"postIds": [str(FAILED)], "force": True}, 400, "Unknown field force: known names are postIds."),
    ({"postIds": [str(FAILED), "post_abc123"]}, 404, "Post not found"),
    ({"postIds": [str(FAILED), str(UUID(int=9))]}, 404, "Post not found"),
    ({"postIds": [str(FAILED), str(OF_ANOTHER_ORGANIZATION)]}, 404, "Post not found"),
    # What does not exist is told first.
    ({"postIds": [str(PUBLISHED), str(OF_ANOTHER_ORGANIZATION)]}, 404, "Post not found"),
]
REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    *((route, *refusal) for route in ("retry", "delete") for refusal in MALFORMED),
    (
        "retry",
        {"postIds": spelled(FAILED, DRAFT, PARTIALLY_FAILED, SCHEDULED, PUBLISHED, PUBLISHING)},
        400,
        not_failed(DRAFT, SCHEDULED, PUBLISHED, PUBLISHING),
    ),
    (
        "delete",
        {"postIds": [*spelled(FAILED, PUBLISHED), str(PARTIALLY_FAILED), PUBLISHING.hex, str(DRAFT)]},
        400,
        f"`post_{PUBLISHED.hex}`: The post has already been published. "
        f"`post_{PARTIALLY_FAILED.hex}`: The post has already been published. "
        f"`post_{PUBLISHING.hex}`: The post is being published right now. Try again when its status has settled.",
    ),
]


async def test_failed_posts_are_due_again_at_once(client: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    failed, partial = await stored_post(database, FAILED), await stored_post(database, PARTIALLY_FAILED)
    clock.advance(hours=1)

    response = await client.post("/post/retry", json={"postIds": [str(PARTIALLY_FAILED), *spelled(FAILED)]})

    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Successfully retried 2 post(s)",
        "data": {"retried": 2, "ids": spelled(PARTIALLY_FAILED, FAILED)},
    }
    as_stored: dict[str, Any] = {
        "status": PostStatus.SCHEDULED,
        "scheduled_for": clock(),
        "failure_reason": None,
        "version": 2,
        "updated_at": clock(),
    }
    again: dict[str, Any] = {"status": DestinationStatus.QUEUED, "error": None}
    assert await stored_post(database, FAILED) == failed._replace(
        **as_stored, destinations=(replace(failed.destinations[0], **again),)
    )
    # Where the post is published, it stays as it is.
    assert await stored_post(database, PARTIALLY_FAILED) == partial._replace(
        **as_stored, destinations=(partial.destinations[0], replace(partial.destinations[1], **again))
    )


async def test_a_post_that_is_named_twice_counts_once(client: httpx.AsyncClient, database: Database) -> None:
    ids = [*spelled(FAILED), str(FAILED), FAILED.hex.upper()]

    retried = await client.post("/post/retry", json={"postIds": ids})
    version = (await stored_post(database, FAILED)).version
    deleted = await client.post("/post/delete", json={"postIds": ids * 25})

    assert retried.json() == {
        "ok": True,
        "code": 200,
        "message": "Successfully retried 1 post(s)",
        "data": {"retried": 1, "ids": spelled(FAILED)},
    }
    assert version == 2
    assert deleted.json()["data"] == {
        "deleted": 1,
        "deleting": 0,
        "deletedIds": spelled(FAILED),
        "deletingIds": [],
    }


async def test_deleted_posts_are_gone_and_no_other(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.post("/post/delete", json={"postIds": spelled(VIDEO, DRAFT, FAILED)})

    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Success",
        "data": {"deleted": 3, "deleting": 0, "deletedIds": spelled(VIDEO, DRAFT, FAILED), "deletingIds": []},
    }
    after = await dump(database)
    gone = {table: len(before[table]) - len(after[table]) for table in ("posts", "destinations", "media")}
    assert gone == {"posts": 3, "destinations": 3, "media": 0}
    assert (await client.post("/post/status", json={"postId": str(VIDEO)})).status_code == 404
    assert (await client.post("/post/status", json={"postId": str(SLIDESHOW)})).status_code == 200


async def test_a_refusal_names_every_post_that_is_in_the_way_and_changes_none(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for route, body, status, message in REFUSALS:
        response = await client.post(f"/post/{route}", json=body)

        expected = {"ok": False, "code": status, "message": message}
        assert (response.status_code, response.json()) == (status, expected), (route, body)
    assert await dump(database) == before


@pytest.mark.parametrize("route", ["retry", "delete"])
async def test_a_request_sent_again_under_its_key_has_its_effect_once(
    client: httpx.AsyncClient, database: Database, clock: Clock, route: str
) -> None:
    body, headers = {"postIds": spelled(FAILED)}, {"Idempotency-Key": "k"}
    first = await client.post(f"/post/{route}", json=body, headers=headers)
    after_first = await dump(database)
    clock.advance(minutes=10)

    again = await client.post(f"/post/{route}", json=body, headers=headers)
    without_key = await client.post(f"/post/{route}", json=body)

    assert (first.status_code, again.status_code, again.json()) == (200, 200, first.json())
    assert without_key.status_code == {"retry": 400, "delete": 404}[route]
    assert await dump(database) == after_first


@pytest.mark.parametrize("route", ["retry", "delete"])
async def test_a_key_that_only_reads_and_another_organisation_change_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock, route: str
) -> None:
    reading = await key_with(database, clock, Scope.READ)
    theirs = await key_with(database, clock, *Scope, organization="Another Organisation")
    before = await dump(database)

    for key, status in ((reading, 403), (theirs, 404)):
        headers = {"Authorization": f"Bearer {key}"}
        response = await client.post(f"/post/{route}", json={"postIds": spelled(FAILED)}, headers=headers)

        assert response.status_code == status
    assert await dump(database) == before
