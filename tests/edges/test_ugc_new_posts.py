"""POST /post/video, /post/slideshow and /post/draft: what they answer, what they store, and what they refuse."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Connection

from app.commands.fill_demo import CLIP, SLIDES
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.destination import DestinationStatus
from app.domain.kind import PostKind
from app.domain.media import Media, MediaType
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.clock import NOW, Clock
from tests.support.edges import dump, stored_post

NEW_VIDEO = "https://new.example/clip"
NEW_IMAGES = ["https://new.example/2", "https://new.example/1"]
SLOW = 2295
"""An account that keeps an hour between its posts."""

VIDEO_NAMES = "accountId, videoUrl, caption, socialAudioId, postTime"
A_VIDEO: dict[str, Any] = {"accountId": "acc_2290", "videoUrl": NEW_VIDEO}
A_SLIDESHOW: dict[str, Any] = {"accountId": "acc_2290", "imageUrls": NEW_IMAGES}

REFUSALS: list[tuple[str, dict[str, Any], str]] = [
    (
        "video",
        {},
        "`accountId` is required: the account that the post goes to. `videoUrl` is required: the address of the video.",
    ),
    (
        "video",
        {"accountId": None, "videoUrl": ""},
        "`videoUrl` must be an http or https URL of at most 2048 bytes. "
        "`accountId` is required: the account that the post goes to.",
    ),
    (
        "video",
        {"accountId": True, "videoUrl": 5, "caption": "x" * 501, "postTime": "2026-04-12T08:29:59Z"},
        "`accountId` must be text such as acc_2290, or a number. `videoUrl` must be text. "
        "`caption` has 501 characters; at most 500 are allowed. `postTime` must be in the future.",
    ),
    ("video", {**A_VIDEO, "accountId": "acc_3100"}, "There is no account 3100."),
    ("video", {**A_VIDEO, "accountId": "acc_xyz789"}, "There is no account acc_xyz789."),
    ("video", {**A_VIDEO, "accountId": 2299}, "Account 2299 is not active."),
    ("video", {**A_VIDEO, "postTime": None}, "A scheduled post needs a time."),
    (
        "video",
        {**A_VIDEO, "postTime": "2026-05-01"},
        "`postTime` must be an RFC 3339 date-time with an offset, "
        "such as 2026-04-20T09:00:00Z or 2026-04-20T11:00:00+02:00.",
    ),
    ("video", {**A_VIDEO, "postTime": "2031-04-12T08:30:00.001Z"}, "`postTime` must be at most 5 years ahead."),
    ("video", {**A_VIDEO, "videoUrl": "https://media.example/slide-1.jpg"}, "A video post has exactly one video."),
    ("video", {**A_VIDEO, "caption": "a\0b"}, "`caption` must not contain NUL characters."),
    ("video", {**A_VIDEO, "title": "Hello"}, f"Unknown field title: known names are {VIDEO_NAMES}."),
    ("video", {"accountID": 5, "caption": 5}, "Unknown field accountID: did you mean accountId?"),
    (
        "slideshow",
        {"imageUrls": []},
        "`accountId` is required: the account that the post goes to. "
        "`imageUrls` is required: the addresses of 1 to 35 images.",
    ),
    (
        "slideshow",
        {**A_SLIDESHOW, "imageUrls": [*NEW_IMAGES, "ftp://new.example/3", 4], "title": "x" * 91},
        "`imageUrls.2` must be an http or https URL of at most 2048 bytes. `imageUrls.3` must be text. "
        "`title` has 91 characters; at most 90 are allowed.",
    ),
    (
        "slideshow",
        {**A_SLIDESHOW, "imageUrls": [f"https://new.example/{number}" for number in range(36)]},
        "`imageUrls` holds 36 addresses; at most 35 are allowed.",
    ),
    ("slideshow", {**A_SLIDESHOW, "imageUrls": NEW_IMAGES[:1] * 2}, "`imageUrls` must not name the same media twice."),
    (
        "slideshow",
        {**A_SLIDESHOW, "imageUrls": ["https://media.example/teaser.mp4"]},
        "A slideshow post has images only.",
    ),
    ("slideshow", {**A_SLIDESHOW, "imageUrl": NEW_VIDEO}, "Unknown field imageUrl: did you mean imageUrls?"),
    ("draft", {}, "`type` is required: video or slideshow."),
    ("draft", {"type": "standard"}, "`type` must be video or slideshow."),
    ("draft", {"type": ["video"], "caption": 5}, "`type` must be video or slideshow. `caption` must be text."),
    (
        "draft",
        {"type": "video", "mediaUrls": NEW_IMAGES, "title": "Hello", "caption": "x" * 501},
        "`caption` has 501 characters; at most 500 are allowed. Only a slideshow post has a title. "
        "A video post has exactly one video.",
    ),
    (
        "draft",
        {"type": "slideshow", "mediaUrls": [f"https://new.example/{number}" for number in range(36)]},
        "`mediaUrls` holds 36 addresses; at most 35 are allowed.",
    ),
    (
        "draft",
        {"type": "video", "accountId": "acc_2290"},
        "Unknown field accountId: known names are type, mediaUrls, caption, title, socialAudioId.",
    ),
]


@pytest.fixture
async def slow_account(database: Database, demo: str) -> None:
    account = Account(
        id=SLOW, platform=Platform.TIKTOK, name="@slow", is_active=True, created_at=NOW, minimum_gap_minutes=60
    )

    def add(connection: Connection) -> None:
        AccountRepository(connection, 1).add(account)

    await database.write(add)


def answered(data: dict[str, Any]) -> dict[str, Any]:
    return {"ok": True, "code": 200, "message": "Success", "data": data}


async def test_a_video_is_scheduled_for_the_time_it_names(client: httpx.AsyncClient, database: Database) -> None:
    body = {**A_VIDEO, "caption": " Grüße 👋🏽\n", "socialAudioId": "audio-7", "postTime": "2026-05-01T12:00:00+02:00"}

    response = await client.post("/post/video", json=body)

    assert response.status_code == 200
    assert response.json() == answered(
        {
            # The first id went to the video's media record.
            "id": "post_00000000000000000000000000000002",
            "account_id": "acc_2290",
            "type": "video",
            "status": "scheduled",
            "caption": " Grüße 👋🏽\n",
            "title": None,
            "media_urls": [NEW_VIDEO],
            "social_audio_id": "audio-7",
            "music_post_id": None,
            "scheduled_at": "2026-05-01T10:00:00.000Z",
        }
    )
    stored = await stored_post(database, UUID(int=2))
    assert (stored.kind, stored.status, stored.version) == (PostKind.VIDEO, PostStatus.SCHEDULED, 1)
    assert stored.media == (Media(id=UUID(int=1), type=MediaType.VIDEO, url=NEW_VIDEO),)
    assert [(target.account.id, target.status) for target in stored.destinations] == [(2290, DestinationStatus.QUEUED)]


async def test_a_slideshow_without_a_time_is_due_at_once(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    clock.advance(milliseconds=5)

    response = await client.post("/post/slideshow", json={**A_SLIDESHOW, "title": "Three days in Lisbon"})

    assert response.status_code == 200
    assert response.json() == answered(
        {
            "id": "post_00000000000000000000000000000003",
            "account_id": "acc_2290",
            "type": "slideshow",
            "status": "scheduled",
            "caption": "",
            "title": "Three days in Lisbon",
            "media_urls": NEW_IMAGES,
            "social_audio_id": None,
            "music_post_id": None,
            "scheduled_at": "2026-04-12T08:30:00.005Z",
        }
    )
    stored = await stored_post(database, UUID(int=3))
    assert stored.is_due(clock())
    assert [item.type for item in stored.media] == [MediaType.IMAGE] * 2


async def test_a_draft_goes_nowhere_until_an_update_gives_it_an_account_and_a_time(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = {"type": "slideshow", "mediaUrls": ["https://media.example/slide-1.jpg"], "caption": "Swipe!", "title": "A"}

    drafted = await client.post("/post/draft", json={**body, "socialAudioId": "audio-7"})

    assert drafted.status_code == 200
    data: dict[str, Any] = {
        "id": "post_00000000000000000000000000000001",
        "account_id": None,
        "type": "slideshow",
        "status": "draft",
        "caption": "Swipe!",
        "title": "A",
        "media_urls": ["https://media.example/slide-1.jpg"],
        "social_audio_id": "audio-7",
        "music_post_id": None,
        "scheduled_at": None,
    }
    assert drafted.json() == answered(data)
    assert (await stored_post(database, UUID(int=1))).media_ids == [SLIDES[0]]

    update = {"postId": data["id"], "accountId": "acc_2290", "postTime": "2026-05-01T10:00:00Z"}
    updated = await client.post("/post/update", json=update)

    assert updated.json() == answered(
        {**data, "account_id": "acc_2290", "status": "scheduled", "scheduled_at": "2026-05-01T10:00:00.000Z"}
    )


async def test_a_draft_may_lack_everything_but_its_type(client: httpx.AsyncClient, database: Database) -> None:
    body = {"type": "video", "mediaUrls": None, "caption": None, "title": None, "socialAudioId": None}

    for number, sent in enumerate(({"type": "video"}, body, {"type": "video", "mediaUrls": []}), start=1):
        response = await client.post("/post/draft", json=sent)

        assert response.json() == answered(
            {
                "id": f"post_{number:032x}",
                "account_id": None,
                "type": "video",
                "status": "draft",
                "caption": "",
                "title": None,
                "media_urls": [],
                "social_audio_id": None,
                "music_post_id": None,
                "scheduled_at": None,
            }
        )


async def test_an_account_is_found_under_every_spelling_of_its_id(client: httpx.AsyncClient) -> None:
    for spelled in ("acc_2290", "2290", 2290):
        response = await client.post("/post/video", json={**A_VIDEO, "accountId": spelled})

        assert response.json()["data"]["account_id"] == "acc_2290", spelled


async def test_an_address_that_is_known_keeps_its_record(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    response = await client.post("/post/video", json={**A_VIDEO, "videoUrl": "https://media.example/teaser.mp4"})

    assert response.status_code == 200
    assert (await stored_post(database, UUID(int=1))).media_ids == [CLIP]
    assert (await dump(database))["media"] == before["media"]


async def test_the_longest_texts_and_the_most_images_are_accepted(client: httpx.AsyncClient) -> None:
    urls = [f"https://new.example/{number}" for number in range(35)]
    body = {**A_SLIDESHOW, "imageUrls": urls, "caption": "👋" * 500, "title": "é" * 90}

    response = await client.post("/post/slideshow", json=body)

    data = response.json()["data"]
    assert (data["media_urls"], data["caption"], data["title"]) == (urls, "👋" * 500, "é" * 90)


@pytest.mark.usefixtures("slow_account")
async def test_a_post_whose_time_is_taken_gets_the_next_free_one(client: httpx.AsyncClient) -> None:
    wanted: list[dict[str, Any]] = [{}, {}, {"postTime": "2026-04-12T10:15:00Z"}, {"postTime": "2026-04-12T11:30:00Z"}]
    created = [await client.post("/post/video", json={**A_VIDEO, "accountId": SLOW, **time}) for time in wanted]

    times = [response.json()["data"]["scheduled_at"] for response in created]
    assert times == [
        "2026-04-12T08:30:00.000Z",
        "2026-04-12T09:30:00.000Z",
        "2026-04-12T10:30:00.000Z",
        "2026-04-12T11:30:00.000Z",
    ]


async def test_a_refusal_names_every_problem_and_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    for route, body, message in REFUSALS:
        response = await client.post(f"/post/{route}", json=body)

        expected = {"ok": False, "code": 400, "message": message}
        assert (response.status_code, response.json()) == (400, expected), (route, body)
    assert await dump(database) == before


async def test_a_key_that_only_reads_writes_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    for route, body in (("video", A_VIDEO), ("slideshow", A_SLIDESHOW), ("draft", {"type": "video"})):
        response = await client.post(f"/post/{route}", json=body)

        message = "This API key lacks the scope write."
        assert (response.status_code, response.json()) == (403, {"ok": False, "code": 403, "message": message})
    assert await dump(database) == before


async def test_another_organisation_records_the_same_address_for_itself(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    theirs = await key_with(database, clock, *Scope, organization="Another Organisation")
    draft = {"type": "video", "mediaUrls": [NEW_VIDEO]}
    assert (await client.post("/post/draft", json=draft)).status_code == 200
    client.headers["Authorization"] = f"Bearer {theirs}"

    response = await client.post("/post/draft", json=draft)

    assert response.json()["data"]["id"] == "post_00000000000000000000000000000004"
    stored = await stored_post(database, UUID(int=4), organization_id=2)
    assert stored.media == (Media(id=UUID(int=3), type=MediaType.VIDEO, url=NEW_VIDEO),)


async def test_a_video_sent_again_under_its_key_is_posted_once(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    headers = {"Idempotency-Key": "video-1"}
    first = await client.post("/post/video", json=A_VIDEO, headers=headers)
    after_first = await dump(database)
    clock.advance(minutes=10)

    again = await client.post("/post/video", json=A_VIDEO, headers=headers)
    other = await client.post("/post/video", json={**A_VIDEO, "caption": "Another"}, headers=headers)

    assert first.json()["data"]["scheduled_at"] == "2026-04-12T08:30:00.000Z"
    assert (again.status_code, again.json()) == (200, first.json())
    message = "The idempotency key video-1 was used for another request: use a new key for a new request."
    assert (other.status_code, other.json()) == (422, {"ok": False, "code": 422, "message": message})
    assert await dump(database) == after_first


async def test_a_refusal_sent_again_under_its_key_is_the_same_refusal(
    client: httpx.AsyncClient, database: Database
) -> None:
    body = {**A_VIDEO, "accountId": 3100}
    before = await dump(database)

    first, again = [await client.post("/post/video", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2)]

    assert (first.status_code, first.json()["message"]) == (400, "There is no account 3100.")
    assert (again.status_code, again.json()) == (400, first.json())
    # The media that was recorded for the refused post is gone with it; the key's record alone is new.
    after = await dump(database)
    assert {name for name in after if after[name] != before[name]} == {"idempotency_keys"}
