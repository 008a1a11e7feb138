"""A refusal of REST names every problem, those of a list with a malformed item included, in our own words."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest

from app.commands.fill_demo import DRAFT, PARTIALLY_FAILED, SCHEDULED, SLIDESHOW, VIDEO
from app.repositories.database import Database
from tests.support.edges import dump

UNKNOWN = UUID(int=9)


def problem(path: str, code: str, message: str) -> dict[str, Any]:
    return {"path": path.split("."), "code": code, "message": message}


def malformed(path: str, said: str) -> dict[str, Any]:
    return problem(path, "INVALID_VALUE", f"`{path}` {said}.")


NO_ACCOUNT = problem("account_ids", "UNKNOWN_ID", "There is no account 999999.")
INACTIVE = problem("account_ids", "INACTIVE_ACCOUNT", "Account 2299 is not active.")
NO_MEDIA = problem("media_ids", "UNKNOWN_ID", f"There is no media {UNKNOWN}.")
DUPLICATE = problem("media_ids", "DUPLICATE", "`media_ids` must not name the same media twice.")
NO_NUMBER = malformed("account_ids.0", "must be a whole number")

CASES: list[tuple[UUID, dict[str, Any], list[dict[str, Any]]]] = [
    (SCHEDULED, {"account_ids": ["x", 999999, 2299]}, [NO_NUMBER, INACTIVE, NO_ACCOUNT]),
    (SCHEDULED, {"account_ids": ["2280"]}, [NO_NUMBER]),
    (DRAFT, {"account_ids": ["2280"], "status": "scheduled", "scheduled_for": "2026-05-01T10:00:00Z"}, [NO_NUMBER]),
    # Whether 2280, where the post is out, is left out cannot be told.
    (PARTIALLY_FAILED, {"account_ids": ["2280", 999999]}, [NO_NUMBER, NO_ACCOUNT]),
    (PARTIALLY_FAILED, {"account_ids": ["2282", 2280], "status": "scheduled"}, [NO_NUMBER]),
    (
        SCHEDULED,
        {"media_ids": [5, str(UNKNOWN), "x"]},
        [
            malformed("media_ids.0", "must be a UUID, as text"),
            malformed("media_ids.2", "must be a UUID, as text"),
            NO_MEDIA,
        ],
    ),
    (SCHEDULED, {"media_ids": [str(UNKNOWN), str(UNKNOWN)]}, [NO_MEDIA, DUPLICATE]),
    (SCHEDULED, {"media_ids": ["x"], "content": None}, [malformed("media_ids.0", "must be a UUID, as text")]),
    (VIDEO, {"media_ids": ["x"]}, [malformed("media_ids.0", "must be a UUID, as text")]),
    (SLIDESHOW, {"media_ids": ["x"]}, [malformed("media_ids.0", "must be a UUID, as text")]),
    (
        SCHEDULED,
        {
            "content": 5,
            "account_ids": 2280,
            "scheduled_for": 5,
            "timezone": {},
            "media_ids": "x",
            "platform_content": [],
            "status": 1,
        },
        [
            malformed("content", "must be text"),
            malformed("account_ids", "must be a list"),
            malformed("scheduled_for", "must be text"),
            malformed("timezone", "must be text"),
            malformed("media_ids", "must be a list"),
            malformed("platform_content", "must be an object"),
            malformed("status", "must be text"),
        ],
    ),
    (
        SCHEDULED,
        {"account_ids": [True, 1.5, None, []]},
        [malformed(f"account_ids.{position}", "must be a whole number") for position in range(4)],
    ),
]


@pytest.mark.parametrize(("post_id", "body", "details"), CASES)
async def test_every_problem_of_an_update_is_reported_and_nothing_is_changed(
    client: httpx.AsyncClient,
    database: Database,
    post_id: UUID,
    body: dict[str, Any],
    details: list[dict[str, Any]],
) -> None:
    before = await dump(database)

    response = await client.patch(f"/v1/posts/{post_id}", json=body)

    assert (response.status_code, response.json()["error"]) == (
        400,
        {
            "message": " ".join(detail["message"] for detail in details),
            "code": "validation_error",
            "details": details,
        },
    )
    assert await dump(database) == before


async def test_every_problem_of_a_new_post_is_reported(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    body = {"account_ids": ["x", 999999], "media_ids": [str(UNKNOWN), "x"], "draft": 1}

    response = await client.post("/v1/posts", json=body)

    assert (response.status_code, response.json()["error"]["details"]) == (
        400,
        [
            NO_NUMBER,
            malformed("media_ids.1", "must be a UUID, as text"),
            malformed("draft", "must be true or false"),
            NO_MEDIA,
            NO_ACCOUNT,
        ],
    )
    assert await dump(database) == before


async def test_a_parameter_is_refused_in_our_words(client: httpx.AsyncClient) -> None:
    for name, value, said in (
        ("limit", "0", "must be at least 1"),
        ("limit", "101", "must be at most 100"),
        ("limit", "many", "must be a whole number"),
        ("limit", "1.5", "must be a whole number"),
        ("limit", "9" * 5000, "must be a whole number"),
        ("offset", "", "must be a whole number"),
        ("status", "x", "must be draft, scheduled, publishing, published, partially_failed or failed"),
        (
            "platform",
            "x y",
            "must be bluesky, discord, facebook, instagram, linkedin, mastodon, pinterest, threads, tiktok, webhook, x "
            "or youtube",
        ),
    ):
        response = await client.get("/v1/posts", params={name: value})

        assert (response.status_code, response.json()["error"]["details"]) == (400, [malformed(name, said)])


async def test_every_address_is_looked_at_and_its_place_is_told(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    second = "https://media.example/2.mp4"
    urls = ["https://media.example/1.mp4", 5, "ftp://media.example/1.mp4", second]

    response = await client.post("/post/update", json={"postId": str(VIDEO), "mediaUrls": urls})
    only_wrong = await client.post("/post/update", json={"postId": str(SLIDESHOW), "mediaUrls": ["x"]})

    assert response.json() == {
        "ok": False,
        "code": 400,
        "message": (
            "`mediaUrls.1` must be text. "
            "`mediaUrls.2` must be an http or https URL of at most 2048 bytes. "
            "A video post has exactly one video."
        ),
    }
    assert only_wrong.json()["message"] == "`mediaUrls.0` must be an http or https URL of at most 2048 bytes."
    assert await dump(database) == before


async def test_an_account_that_cannot_be_is_quoted_as_it_was_written_and_no_longer_than_needed(
    client: httpx.AsyncClient,
) -> None:
    for written, quoted in (
        ("nonsense", "nonsense"),
        ("`content` `scheduled_for`", "`content` `scheduled_for`"),
        ("x" * 40, "x" * 40),
        ("x" * 41, "x" * 40 + "…"),
        ("acc_" + "9" * 100_000, "acc_" + "9" * 36 + "…"),
    ):
        response = await client.post("/post/update", json={"postId": str(VIDEO), "accountId": written})

        assert (response.status_code, response.json()["message"]) == (400, f"There is no account {quoted}.")


async def test_a_null_that_cannot_be_is_refused_in_words_that_are_true_of_a_new_post_too(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    details = [
        problem(name, "NOT_NULLABLE", f"`{name}` cannot be null: leave it out instead.")
        for name in ("timezone", "account_ids")
    ]

    for response in (
        await client.post("/v1/posts", json={"content": "x", "account_ids": None, "timezone": None}),
        await client.patch(f"/v1/posts/{SCHEDULED}", json={"account_ids": None, "timezone": None}),
    ):
        assert (response.status_code, response.json()["error"]["details"]) == (400, details)
    assert await dump(database) == before
