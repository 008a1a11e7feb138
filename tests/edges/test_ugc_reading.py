"""POST /post and POST /post/status: which posts they show, and how."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection

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
from app.commands.find_posts import LIMIT
from app.domain.api_key import Scope
from app.domain.post import Post
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.conftest import key_with
from tests.support.clock import NOW, Clock
from tests.support.edges import dump, stored_post

IN_ORDER = [PARTIALLY_FAILED, PUBLISHED, FAILED, PUBLISHING, SLIDESHOW, VIDEO, SCHEDULED, DRAFT]
"""Every demo post as a list shows them: by time, then by id, without a time last."""

FILTERS: list[tuple[dict[str, Any], list[UUID]]] = [
    ({}, IN_ORDER),
    ({"accountIds": None, "postIds": None, "startDate": None, "endDate": None}, IN_ORDER),
    ({"accountIds": ["acc_2290"]}, [SLIDESHOW, VIDEO]),
    ({"accountIds": [2285, "2290", "acc_2290"]}, [FAILED, SLIDESHOW, VIDEO, SCHEDULED]),
    ({"accountIds": []}, []),
    ({"accountIds": ["acc_3100", "acc_xyz789", "", 0, -1, 2**40, "9999999999"]}, []),
    ({"postIds": [f"post_{VIDEO.hex}", str(DRAFT), VIDEO.hex]}, [VIDEO, DRAFT]),
    ({"postIds": []}, []),
    ({"postIds": [f"post_{OF_ANOTHER_ORGANIZATION.hex}", "post_abc123", "", str(UUID(int=9))]}, []),
    ({"postIds": [str(VIDEO), str(FAILED)], "accountIds": [2290]}, [VIDEO]),
    # The demo's times: yesterday, now, and in eight days, all at 08:30 UTC.
    ({"startDate": "2026-04-12T08:30:00Z"}, [PUBLISHING, SLIDESHOW, VIDEO, SCHEDULED]),
    ({"startDate": "2026-04-12T08:30:00.001Z"}, [SLIDESHOW, VIDEO, SCHEDULED]),
    ({"endDate": "2026-04-12T10:30:00+02:00"}, [PARTIALLY_FAILED, PUBLISHED, FAILED, PUBLISHING]),
    ({"endDate": "2026-04-12T08:29:59.999Z"}, [PARTIALLY_FAILED, PUBLISHED, FAILED]),
    ({"startDate": "2026-04-12", "endDate": "2026-04-12"}, [PUBLISHING]),
    ({"startDate": "2026-04-13", "endDate": "2026-04-12"}, []),
    # A draft without a time is at no time.
    ({"startDate": "0001-01-01", "endDate": "9999-12-31"}, IN_ORDER[:-1]),
]
REFUSALS: list[tuple[str, dict[str, Any], int, str]] = [
    ("", {"accountIds": "acc_2290", "postIds": 5}, 400, "`accountIds` must be a list. `postIds` must be a list."),
    (
        "",
        {"accountIds": [2290, [1], True], "postIds": [5]},
        400,
        "`accountIds.1` must be text such as acc_2290, or a number. "
        "`accountIds.2` must be text such as acc_2290, or a number. `postIds.0` must be text.",
    ),
    (
        "",
        {"startDate": "2026-02-30", "endDate": 5},
        400,
        "`startDate` is not a date and time that exists. `endDate` must be text.",
    ),
    (
        "",
        {"startDate": "2026-04-12T08:30:00"},
        400,
        "`startDate` must be an RFC 3339 date-time with an offset, "
        "such as 2026-04-20T09:00:00Z or 2026-04-20T11:00:00+02:00.",
    ),
    ("", {"accountId": "acc_2290"}, 400, "Unknown field accountId: did you mean accountIds?"),
    ("", {"limit": 5}, 400, "Unknown field limit: known names are accountIds, postIds, startDate, endDate."),
    ("/status", {}, 400, "`postId` is required: the id of the post to look at."),
    ("/status", {"postId": None}, 400, "`postId` is required: the id of the post to look at."),
    ("/status", {"postId": 5}, 400, "`postId` must be text."),
    ("/status", {"post_id": str(VIDEO)}, 400, "Unknown field post_id: did you mean postId?"),
    ("/status", {"postId": "post_abc123"}, 404, "Post not found"),
    ("/status", {"postId": f"post_{UUID(int=9).hex}"}, 404, "Post not found"),
    ("/status", {"postId": f"post_{OF_ANOTHER_ORGANIZATION.hex}"}, 404, "Post not found"),
]


async def test_a_list_shows_the_posts_as_an_update_does(client: httpx.AsyncClient) -> None:
    response = await client.post("/post", json={"postIds": [str(DRAFT), str(SLIDESHOW)]})

    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Success",
        "data": [
            {
                "id": f"post_{SLIDESHOW.hex}",
                "account_id": "acc_2290",
                "type": "slideshow",
                "status": "scheduled",
                "caption": "Swipe for the details.",
                "title": "Launch in three slides",
                "media_urls": [f"https://media.example/slide-{number}.jpg" for number in (1, 2, 3)],
                "social_audio_id": None,
                "music_post_id": None,
                "scheduled_at": "2026-04-20T08:30:00.000Z",
            },
            {
                "id": f"post_{DRAFT.hex}",
                "account_id": "acc_2282",
                "type": "standard",
                "status": "draft",
                "caption": "Notes for the follow-up post.",
                "title": None,
                "media_urls": [],
                "social_audio_id": None,
                "music_post_id": None,
                "scheduled_at": None,
            },
        ],
    }


async def test_a_list_holds_the_posts_that_match_every_field_in_the_order_they_go_out(
    client: httpx.AsyncClient,
) -> None:
    for body, expected in FILTERS:
        response = await client.post("/post", json=body)

        assert response.status_code == 200, body
        assert [post["id"] for post in response.json()["data"]] == [f"post_{id.hex}" for id in expected], body


async def test_a_list_is_whole_or_refused(client: httpx.AsyncClient, database: Database) -> None:
    draft = await stored_post(database, DRAFT)
    copies = [draft._replace(id=UUID(int=number)) for number in range(1, LIMIT + 1)]

    def add(*posts: Post) -> Callable[[Connection], None]:
        return lambda connection: PostRepository(connection, 1).add(*posts)

    await database.write(add(*copies[:-8]))
    whole = await client.post("/post", json={})
    await database.write(add(*copies[-8:]))
    refused = await client.post("/post", json={})

    assert len(whole.json()["data"]) == LIMIT
    message = "More than 1000 posts match: ask for fewer accounts or posts, or a shorter time."
    assert (refused.status_code, refused.json()) == (400, {"ok": False, "code": 400, "message": message})
    assert len((await client.post("/post", json={"accountIds": [2290]})).json()["data"]) == 2
    ids = [str(copy.id) for copy in copies]
    assert len((await client.post("/post", json={"postIds": ids})).json()["data"]) == LIMIT


@pytest.mark.parametrize(
    ("post_id", "status", "url"),
    [
        (DRAFT, "draft", None),
        (SCHEDULED, "scheduled", None),
        (PUBLISHING, "pending", None),
        (PUBLISHED, "complete", "https://platform.example/p/17900000000000001"),
        (PARTIALLY_FAILED, "failed", "https://platform.example/p/17900000000000001"),
        (FAILED, "failed", None),
    ],
    ids=lambda value: str(value)[:8],
)
async def test_a_status_tells_where_a_post_stands_and_where_it_can_be_seen(
    client: httpx.AsyncClient, post_id: UUID, status: str, url: str | None
) -> None:
    for spelled in (f"post_{post_id.hex}", str(post_id)):
        response = await client.post("/post/status", json={"postId": spelled})

        assert response.status_code == 200
        assert response.json() == {
            "ok": True,
            "code": 200,
            "message": "Success",
            "data": {"post_id": f"post_{post_id.hex}", "status": status, "postUrl": url},
        }


async def test_a_refusal_is_answered_in_the_envelope(client: httpx.AsyncClient) -> None:
    for route, body, status, message in REFUSALS:
        response = await client.post(f"/post{route}", json=body)

        expected = {"ok": False, "code": status, "message": message}
        assert (response.status_code, response.json()) == (status, expected), (route, body)


async def test_another_organisation_sees_its_own_posts_alone(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    theirs = await key_with(database, clock, *Scope, organization="Another Organisation")
    client.headers["Authorization"] = f"Bearer {theirs}"

    listed = await client.post("/post", json={})
    filtered = await client.post("/post", json={"accountIds": [2290], "postIds": [str(VIDEO)]})
    status = await client.post("/post/status", json={"postId": str(VIDEO)})

    assert [post["id"] for post in listed.json()["data"]] == [f"post_{OF_ANOTHER_ORGANIZATION.hex}"]
    assert filtered.json()["data"] == []
    assert status.status_code == 404


async def test_reading_needs_the_scope_read_and_leaves_no_trace_of_an_idempotency_key(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    writing = await key_with(database, clock, Scope.WRITE)
    before = await dump(database)
    requests: tuple[tuple[str, dict[str, Any]], ...] = (
        ("/post", {}),
        ("/post/status", {"postId": str(VIDEO)}),
        (
            "/post/preview-schedule",
            {"entries": [{"accountId": 2290, "postTime": (NOW + timedelta(days=1)).isoformat()}]},
        ),
    )
    for path, body in requests:
        response = await client.post(path, json=body, headers={"Idempotency-Key": "k"})
        refused = await client.post(path, json=body, headers={"Authorization": f"Bearer {writing}"})

        assert response.status_code == 200, response.text
        message = "This API key lacks the scope read."
        assert (refused.status_code, refused.json()) == (403, {"ok": False, "code": 403, "message": message})
    assert await dump(database) == before
