"""The request and the answers printed on the page of POST /post/update, and what its sentences promise."""

from __future__ import annotations

from datetime import UTC, datetime
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
    SLIDESHOW,
    VIDEO,
)
from app.domain.destination import DestinationStatus
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.support.clock import Clock
from tests.support.edges import dump, stored_post

NOT_EDITABLE = "Cannot update post — only scheduled or failed posts can be updated"
KNOWN_NAMES = "postId, caption, title, socialAudioId, postTime, accountId, mediaUrls"
REFUSALS: list[tuple[dict[str, object], int, str]] = [
    ({}, 400, "`postId` is required: the id of the post to update."),
    ({"postId": None}, 400, "`postId` must be text."),
    ({"postId": 5}, 400, "`postId` must be text."),
    ({"postId": "post_abc123"}, 404, "Post not found"),
    ({"postId": f"post_{UUID(int=9).hex}"}, 404, "Post not found"),
    ({"postId": f"post_{OF_ANOTHER_ORGANIZATION.hex}"}, 404, "Post not found"),
    (
        {"postId": str(VIDEO), "caption": "x" * 501},
        400,
        "`caption` has 501 characters; at most 500 are allowed.",
    ),
    ({"postId": str(SLIDESHOW), "title": "x" * 91}, 400, "`title` has 91 characters; at most 90 are allowed."),
    ({"postId": str(VIDEO), "title": "Hello"}, 400, "Only a slideshow post has a title."),
    ({"postId": str(PUBLISHED)}, 400, NOT_EDITABLE),
    ({"postId": str(PUBLISHED), "nonsense": 1, "caption": 5}, 400, NOT_EDITABLE),
    ({"postId": str(PUBLISHING), "caption": "x"}, 400, NOT_EDITABLE),
    ({"postId": str(DRAFT), "caption": "x"}, 400, NOT_EDITABLE),
    ({"postId": str(DRAFT), "postTime": "2026-05-01T10:00:00Z"}, 400, NOT_EDITABLE),
    (
        {"postId": str(SCHEDULED), "caption": "x"},
        400,
        "The post goes to 3 accounts: name the account that it should move to.",
    ),
    (
        {"postId": str(PARTIALLY_FAILED), "accountId": "acc_2282"},
        400,
        "The post has already been published to account 2280, which cannot be left out.",
    ),
    (
        {"postId": str(PARTIALLY_FAILED), "accountId": "acc_2280"},
        400,
        "No destination of the post is waiting to be published: each is published, or may be.",
    ),
    ({"postId": str(VIDEO), "type": "slideshow"}, 400, f"Unknown field type: known names are {KNOWN_NAMES}."),
    ({"postId": str(VIDEO), "mediaUrl": "x"}, 400, "Unknown field mediaUrl: did you mean mediaUrls?"),
    ({"postId": str(VIDEO), "content": "x"}, 400, f"Unknown field content: known names are {KNOWN_NAMES}."),
    (
        {"postId": str(VIDEO), "mediaUrls": ["https://a.example/1.mp4", "https://a.example/2.mp4"]},
        400,
        "A video post has exactly one video.",
    ),
    (
        {"postId": str(VIDEO), "mediaUrls": ["https://new.example/1.mp4"], "title": "Hello"},
        400,
        "Only a slideshow post has a title.",
    ),
    ({"postId": str(VIDEO), "postTime": "2026-04-12T08:30:00Z"}, 400, "`postTime` must be in the future."),
    ({"postId": str(VIDEO), "accountId": "acc_3100"}, 400, "There is no account 3100."),
    (
        {"postId": str(VIDEO), "accountId": [1]},
        400,
        "`accountId` must be text such as acc_2290, or a number.",
    ),
]


async def test_the_printed_update_is_answered_as_printed(client: httpx.AsyncClient, clock: Clock) -> None:
    # given a video post with the page's video, some days before the page's postTime
    clock.now = datetime(2025, 1, 10, tzinfo=UTC)
    video = {"postId": str(VIDEO), "mediaUrls": ["https://blob.vercel-storage.com/video.mp4"]}
    assert (await client.post("/post/update", json=video)).status_code == 200

    # when. The page's post_abc123 is not one of ours, whose ids are post_ and the 32 digits of a UUID.
    response = await client.post(
        "/post/update",
        json={"postId": f"post_{VIDEO.hex}", "caption": "Updated caption!", "postTime": "2025-01-15T14:00:00Z"},
    )

    # then
    assert response.status_code == 200
    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Success",
        "data": {
            "id": f"post_{VIDEO.hex}",
            # Ours are acc_ and a number: the page's acc_xyz789 has none.
            "account_id": "acc_2290",
            "type": "video",
            "status": "scheduled",
            "caption": "Updated caption!",
            "title": None,
            "media_urls": ["https://blob.vercel-storage.com/video.mp4"],
            "social_audio_id": None,
            "music_post_id": None,
            "scheduled_at": "2025-01-15T14:00:00.000Z",
        },
    }


async def test_a_failed_post_is_scheduled_again_and_its_failure_cleared(
    client: httpx.AsyncClient, database: Database
) -> None:
    response = await client.post("/post/update", json={"postId": f"post_{FAILED.hex}"})

    assert response.json() == {
        "ok": True,
        "code": 200,
        "message": "Success",
        "data": {
            "id": f"post_{FAILED.hex}",
            "account_id": "acc_2285",
            "type": "standard",
            "status": "scheduled",
            "caption": "Meet the team behind the launch.",
            "title": None,
            "media_urls": [],
            "social_audio_id": None,
            "music_post_id": None,
            "scheduled_at": "2026-04-11T08:30:00.000Z",
        },
    }
    stored = await stored_post(database, FAILED)
    assert stored.failure_reason is None
    assert [(target.status, target.error) for target in stored.destinations] == [(DestinationStatus.QUEUED, None)]


async def test_a_draft_is_scheduled_when_an_account_and_a_time_come_together(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = {"postId": f"post_{DRAFT.hex}", "accountId": "acc_2285", "postTime": "2026-05-01T10:00:00Z"}

    response = await client.post("/post/update", json=body)

    assert response.status_code == 200
    stored = await stored_post(database, DRAFT)
    assert (stored.status, stored.account_ids) == (PostStatus.SCHEDULED, [2285])
    assert stored.scheduled_for == datetime(2026, 5, 1, 10, tzinfo=UTC)


async def test_a_post_is_found_under_every_spelling_of_its_id(client: httpx.AsyncClient) -> None:
    for spelled in (f"post_{VIDEO.hex}", VIDEO.hex, str(VIDEO), str(VIDEO).upper()):
        response = await client.post("/post/update", json={"postId": spelled, "socialAudioId": "audio-7"})

        assert response.status_code == 200, spelled
        assert response.json()["data"]["id"] == f"post_{VIDEO.hex}"


async def test_a_post_with_several_accounts_moves_to_the_one_that_is_named(
    client: httpx.AsyncClient, database: Database
) -> None:
    for spelled, account_id in (("acc_2282", 2282), ("2285", 2285), (2280, 2280)):
        response = await client.post("/post/update", json={"postId": str(SCHEDULED), "accountId": spelled})

        assert response.json()["data"]["account_id"] == f"acc_{account_id}"
        assert (await stored_post(database, SCHEDULED)).account_ids == [account_id]


async def test_the_same_url_is_the_same_media_record(client: httpx.AsyncClient, database: Database) -> None:
    urls = ["https://elsewhere.example/a.png", "https://media.example/slide-1.jpg"]
    body = {"postId": str(SLIDESHOW), "mediaUrls": urls}
    before = await dump(database)

    first = await client.post("/post/update", json=body)
    after_first = await dump(database)
    second = await client.post("/post/update", json=body)

    assert first.json()["data"]["media_urls"] == second.json()["data"]["media_urls"] == urls
    assert len(after_first["media"]) == len(before["media"]) + 1
    assert await dump(database) == after_first


async def test_a_refusal_is_answered_in_the_envelope_and_changes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for fields, status, message in REFUSALS:
        response = await client.post("/post/update", json=fields)

        assert (response.status_code, response.json()) == (status, {"ok": False, "code": status, "message": message})
        assert await dump(database) == before, fields


async def test_a_caption_and_a_title_are_measured_in_code_points(client: httpx.AsyncClient) -> None:
    body = {"postId": str(SLIDESHOW), "caption": "👋" * 500, "title": "é" * 90}

    response = await client.post("/post/update", json=body)

    assert response.status_code == 200
    assert (response.json()["data"]["caption"], response.json()["data"]["title"]) == ("👋" * 500, "é" * 90)
