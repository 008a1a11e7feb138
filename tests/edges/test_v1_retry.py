"""`POST /v1/posts/{id}/retry`: what failed is queued again, and nothing else."""

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
)
from app.domain.api_key import Scope
from app.domain.destination import Destination, DestinationStatus
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.conftest import key_with
from tests.repositories.storage import changed_tables
from tests.support.clock import Clock
from tests.support.edges import add_post, dump, stored_post

REFUSED = "The platform refused the post: the access token has expired."
TWICE_FAILED = UUID(int=77)
NO_FAILURE = "No destination that was chosen has failed: there is nothing to retry."
MAY_BE_OUT = (
    "On {} the post may be out already: the network never answered. "
    "Look there first; `confirm` set to true sends it again."
).format("account 2285")
NOTHING_FAILED = {
    "message": NO_FAILURE,
    "code": "conflict",
    "details": [{"path": ["account_ids"], "code": "NOTHING_TO_RETRY", "message": NO_FAILURE}],
}


def destination(account_id: int, name: str, platform: str, **different: Any) -> dict[str, Any]:
    return {
        "account_id": account_id,
        "account_name": name,
        "platform": platform,
        "status": "queued",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": None,
        "attempts": 3,
        **different,
    }


IS_PUBLISHED = destination(
    2280,
    "@mybrand",
    "instagram",
    status="published",
    platform_post_id="17900000000000001",
    platform_post_url="https://platform.example/p/17900000000000001",
    published_at="2026-04-11T08:30:00.000Z",
    attempts=1,
)


def issue(code: str, message: str, *path: str) -> dict[str, Any]:
    return {"path": list(path or ("account_ids",)), "code": code, "message": message}


@pytest.fixture
async def twice_failed(database: Database, demo: str) -> UUID:
    """A post that is published on 2280, and failed on 2282 and 2285."""
    post = await stored_post(database, PARTIALLY_FAILED)
    linkedin = (await stored_post(database, FAILED)).destinations[0]
    await add_post(database, post, TWICE_FAILED, destinations=(*post.destinations, linkedin))
    return TWICE_FAILED


async def test_what_failed_is_queued_and_what_is_published_is_left_alone(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    post = await stored_post(database, PARTIALLY_FAILED)

    response = await client.post(f"/v1/posts/{PARTIALLY_FAILED}/retry")

    assert (response.status_code, response.headers["ETag"]) == (200, '"2"')
    assert response.json() == {
        "data": {
            "post_id": str(PARTIALLY_FAILED),
            "retried_count": 1,
            "destinations": [IS_PUBLISHED, destination(2282, "@mybrand", "x")],
            "next_step": f"1 destination re-queued. Poll GET /v1/posts/{PARTIALLY_FAILED} to watch publish status.",
        },
        "error": None,
        "meta": {"request_id": response.headers["X-Request-Id"], "timestamp": "2026-04-12T08:30:00.000Z"},
    }
    is_out, failed = post.destinations
    assert await stored_post(database, PARTIALLY_FAILED) == post._replace(
        status=PostStatus.SCHEDULED,
        destinations=(is_out, Destination(account=failed.account, attempts=3)),
        failure_reason=None,
        version=2,
        updated_at=post.created_at.replace(day=12, hour=8, minute=30),
    )
    changed = {"posts": (1, 1), "destinations": (1, 1), "revisions": (0, 1)}
    assert changed_tables(before, await dump(database)) == changed


async def test_the_body_is_optional_and_so_is_what_it_holds(client: httpx.AsyncClient, database: Database) -> None:
    failed = await stored_post(database, FAILED)
    requests: list[dict[str, Any]] = [
        {},
        {"content": b""},
        {"content": b"", "headers": {"Content-Type": "application/json"}},
        {"content": b"", "headers": {"Content-Type": "text/plain"}},
        {"json": {}},
        {"json": {"account_ids": None}},
        {"json": {"account_ids": [2285]}},
        {"json": {"account_ids": [2285, 2285]}},
    ]
    for number, request in enumerate(requests):
        post = await add_post(database, failed, UUID(int=100 + number))

        response = await client.post(f"/v1/posts/{post.id}/retry", **request)

        assert response.status_code == 200, request
        assert response.json()["data"] == {
            "post_id": str(post.id),
            "retried_count": 1,
            "destinations": [destination(2285, "My Brand", "linkedin")],
            "next_step": f"1 destination re-queued. Poll GET /v1/posts/{post.id} to watch publish status.",
        }
        assert (await client.get(f"/v1/posts/{post.id}")).json()["data"]["status"] == "scheduled"


async def test_all_that_failed_is_counted(client: httpx.AsyncClient, twice_failed: UUID) -> None:
    data = (await client.post(f"/v1/posts/{twice_failed}/retry")).json()["data"]

    assert data == {
        "post_id": str(twice_failed),
        "retried_count": 2,
        "destinations": [
            IS_PUBLISHED,
            destination(2282, "@mybrand", "x"),
            destination(2285, "My Brand", "linkedin"),
        ],
        "next_step": f"2 destinations re-queued. Poll GET /v1/posts/{twice_failed} to watch publish status.",
    }


async def test_some_accounts_can_be_chosen_and_the_others_stay_failed(
    client: httpx.AsyncClient, twice_failed: UUID
) -> None:
    data = (await client.post(f"/v1/posts/{twice_failed}/retry", json={"account_ids": [2285]})).json()["data"]

    still_failed = destination(2282, "@mybrand", "x", status="failed", error=REFUSED)
    assert (data["retried_count"], data["destinations"]) == (
        1,
        [IS_PUBLISHED, still_failed, destination(2285, "My Brand", "linkedin")],
    )


async def test_accounts_that_cannot_be_chosen_are_refused_and_nothing_is_written(
    client: httpx.AsyncClient, database: Database, twice_failed: UUID
) -> None:
    before = await dump(database)
    unknown = issue("UNKNOWN_ID", "The post does not go to account 3100.")
    inactive = issue("UNKNOWN_ID", "The post does not go to account 2299.")
    published = issue("NOTHING_TO_RETRY", "On account 2280 the post has not failed.")
    no_number = issue("INVALID_VALUE", "`account_ids.0` must be a whole number.", "account_ids", "0")
    cases: list[tuple[object, int, str, list[dict[str, Any]]]] = [
        ([], 409, "conflict", [issue("NOTHING_TO_RETRY", NO_FAILURE)]),
        ([2280], 409, "conflict", [published]),
        ([2280, 2285], 409, "conflict", [published]),
        ([3100], 400, "validation_error", [unknown]),
        ([2285, 3100, 2299], 400, "validation_error", [inactive, unknown]),
        ([3100, 2280], 400, "validation_error", [published, unknown]),
        (["2285", 3100], 400, "validation_error", [no_number, unknown]),
        (2285, 400, "validation_error", [issue("INVALID_VALUE", "`account_ids` must be a list.")]),
    ]
    for account_ids, status, code, issues in cases:
        response = await client.post(f"/v1/posts/{twice_failed}/retry", json={"account_ids": account_ids})

        error = response.json()["error"]
        assert response.status_code == status, account_ids
        assert error == {
            "message": " ".join(issue["message"] for issue in issues),
            "code": code,
            "details": issues,
        }
    assert await dump(database) == before


async def test_a_post_of_which_nothing_failed_is_refused_and_nothing_is_written(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
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
        (DRAFT, 409, NOTHING_FAILED),
        (SCHEDULED, 409, NOTHING_FAILED),
        (PUBLISHED, 409, is_out),
        (PUBLISHING, 409, going_out),
        (OF_ANOTHER_ORGANIZATION, 404, missing),
        (UUID(int=9), 404, missing),
        ("nonsense", 404, missing),
    ):
        response = await client.post(f"/v1/posts/{post_id}/retry")

        assert (response.status_code, response.json()["error"]) == (status, error), post_id
    assert await dump(database) == before


@pytest.fixture
async def unsure(database: Database, demo: str) -> UUID:
    """A post of which nobody knows whether it is out on 2285."""
    post = await stored_post(database, FAILED)
    await add_post(
        database,
        post,
        UUID(int=78),
        destinations=(replace(post.destinations[0], status=DestinationStatus.UNKNOWN, error="No answer came."),),
    )
    return UUID(int=78)


async def test_what_may_be_out_is_not_tried_again_unless_somebody_confirms_it(
    client: httpx.AsyncClient, database: Database, unsure: UUID
) -> None:
    before = await dump(database)
    chosen = issue("OUTCOME_UNKNOWN", MAY_BE_OUT)
    everything = issue("OUTCOME_UNKNOWN", MAY_BE_OUT, "confirm")
    nobody = issue("NOTHING_TO_RETRY", NO_FAILURE)
    no_boolean = issue("INVALID_VALUE", "`confirm` must be true or false.", "confirm")
    cases: list[tuple[dict[str, Any], int, str, dict[str, Any]]] = [
        ({}, 409, "conflict", everything),
        ({"confirm": False}, 409, "conflict", everything),
        ({"confirm": None}, 409, "conflict", everything),
        ({"account_ids": [2285]}, 409, "conflict", chosen),
        ({"account_ids": [], "confirm": True}, 409, "conflict", nobody),
        ({"account_ids": [2285], "confirm": "yes"}, 400, "validation_error", no_boolean),
    ]
    for body, status, code, found in cases:
        response = await client.post(f"/v1/posts/{unsure}/retry", json=body)

        error = {"message": found["message"], "code": code, "details": [found]}
        assert (response.status_code, response.json()["error"]) == (status, error), body
    assert await dump(database) == before

    response = await client.post(f"/v1/posts/{unsure}/retry", json={"account_ids": [2285], "confirm": True})

    assert response.status_code == 200
    assert response.json()["data"] == {
        "post_id": str(unsure),
        "retried_count": 1,
        "destinations": [destination(2285, "My Brand", "linkedin")],
        "next_step": f"1 destination re-queued. Poll GET /v1/posts/{unsure} to watch publish status.",
    }


async def test_two_reasons_that_both_lie_with_the_post_are_one_conflict(
    client: httpx.AsyncClient, database: Database
) -> None:
    post = await stored_post(database, PARTIALLY_FAILED)
    linkedin = (await stored_post(database, FAILED)).destinations[0]
    unknown = replace(linkedin, status=DestinationStatus.UNKNOWN)
    await add_post(database, post, UUID(int=79), destinations=(*post.destinations, unknown))
    before = await dump(database)

    response = await client.post(f"/v1/posts/{UUID(int=79)}/retry", json={"account_ids": [2280, 2285]})

    not_failed = "On account 2280 the post has not failed."
    assert response.status_code == 409
    assert response.json()["error"] == {
        "message": f"{not_failed} {MAY_BE_OUT}",
        "code": "conflict",
        "details": [issue("NOTHING_TO_RETRY", not_failed), issue("OUTCOME_UNKNOWN", MAY_BE_OUT)],
    }
    assert await dump(database) == before


async def test_a_post_and_a_retry_say_what_to_do_where_the_outcome_is_unknown(
    client: httpx.AsyncClient, database: Database, unsure: UUID
) -> None:
    to_do = (
        "Whether it is out on 2285 is unknown: look there, and only if it is not, "
        'POST /v1/posts/{}/retry with {{"account_ids": [2285], "confirm": true}}.'
    )
    post = await stored_post(database, PARTIALLY_FAILED)
    unknown = (await stored_post(database, unsure)).destinations[0]
    mixed = await add_post(database, post, UUID(int=79), destinations=(*post.destinations, unknown))

    alone = (await client.get(f"/v1/posts/{unsure}")).json()["data"]["next_step"]
    beside_what_failed = (await client.get(f"/v1/posts/{mixed.id}")).json()["data"]["next_step"]
    retried = (await client.post(f"/v1/posts/{mixed.id}/retry")).json()["data"]["next_step"]

    assert alone == f"The network never answered where destinations say so. {to_do.format(unsure)}"
    assert beside_what_failed == (
        "Publishing failed where destinations say so. "
        f'PATCH /v1/posts/{mixed.id} with a change, or with status "scheduled", to queue what failed again. '
        f"{to_do.format(mixed.id)}"
    )
    assert retried == (
        f"1 destination re-queued. Poll GET /v1/posts/{mixed.id} to watch publish status. {to_do.format(mixed.id)}"
    )


async def test_a_body_that_cannot_be_read_is_refused_and_nothing_is_written(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    json = {"Content-Type": "application/json"}
    for content, headers, status, error in (
        (b"null", json, 400, {"message": "The body must be a JSON object.", "code": "bad_request"}),
        (b"[2285]", json, 400, {"message": "The body must be a JSON object.", "code": "bad_request"}),
        (b"{", json, 400, {"message": "The body is not valid JSON in UTF-8.", "code": "bad_request"}),
        (b"{}", {}, 415, {"message": "Send the body as Content-Type: application/json.", "code": "bad_request"}),
        (
            b'{"accountIds": [2285]}',
            json,
            400,
            {
                "message": "Unknown field accountIds: did you mean account_ids?",
                "code": "invalid_field_name",
                "details": {"field": "accountIds", "suggestion": "account_ids"},
            },
        ),
    ):
        response = await client.post(f"/v1/posts/{FAILED}/retry", content=content, headers=headers)

        assert (response.status_code, response.json()["error"]) == (status, error), content
    assert await dump(database) == before


async def test_a_published_post_says_so_whatever_the_body_holds(client: httpx.AsyncClient) -> None:
    for body in ({"accountIds": 1}, {"account_ids": "x"}, {"account_ids": [1]}):
        response = await client.post(f"/v1/posts/{PUBLISHED}/retry", json=body, headers={"If-Match": '"9"'})

        assert (response.status_code, response.json()["error"]["code"]) == (409, "post_already_published")


async def test_another_version_than_if_match_names_is_not_retried(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    refused = await client.post(f"/v1/posts/{FAILED}/retry", json={"x": 1}, headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["error"]) == (
        412,
        {
            "message": "The post has changed: its current version is 1.",
            "code": "version_conflict",
            "details": {"current_version": 1},
        },
    )
    assert await dump(database) == before

    assert (await client.post(f"/v1/posts/{FAILED}/retry", headers={"If-Match": '"1"'})).status_code == 200


async def test_a_retry_that_is_repeated_under_its_key_is_answered_the_same_and_done_once(
    client: httpx.AsyncClient, database: Database
) -> None:
    headers = {"Idempotency-Key": "retry-1"}
    first = await client.post(f"/v1/posts/{FAILED}/retry", headers=headers)
    after = await dump(database)

    again = await client.post(f"/v1/posts/{FAILED}/retry", headers=headers)
    other = await client.post(f"/v1/posts/{FAILED}/retry", headers=headers, json={"account_ids": [2285]})

    assert (again.status_code, again.headers["ETag"]) == (first.status_code, first.headers["ETag"]) == (200, '"2"')
    assert {**again.json(), "meta": None} == {**first.json(), "meta": None}
    assert (other.status_code, other.json()["error"]["code"]) == (422, "idempotency_key_reused")
    assert await dump(database) == after


async def test_a_refusal_that_is_repeated_under_its_key_stays_a_refusal(client: httpx.AsyncClient) -> None:
    headers = {"Idempotency-Key": "retry-2"}
    first = await client.post(f"/v1/posts/{DRAFT}/retry", headers=headers)
    again = await client.post(f"/v1/posts/{DRAFT}/retry", headers=headers)

    assert (first.status_code, again.status_code) == (409, 409)
    assert again.json()["error"] == first.json()["error"] == NOTHING_FAILED


async def test_a_key_that_only_reads_retries_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    secret = await key_with(database, clock, Scope.READ)
    before = await dump(database)

    response = await client.post(f"/v1/posts/{FAILED}/retry", headers={"Authorization": f"Bearer {secret}"})

    assert (response.status_code, response.json()["error"]) == (
        403,
        {"message": "This API key lacks the scope write.", "code": "forbidden"},
    )
    assert await dump(database) == before
