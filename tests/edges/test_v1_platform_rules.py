"""`GET /v1/platform-rules`: what each platform takes, with its sources."""

from __future__ import annotations

import httpx

from app.domain.platform_rules import RULES
from app.domain.platforms import Platform


async def test_the_rules_of_a_platform_are_answered_whole(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/platform-rules")

    assert response.status_code == 200
    shown = {rules["platform"]: rules for rules in response.json()["data"]["platform_rules"]}
    x, youtube = RULES[Platform.X], RULES[Platform.YOUTUBE]
    assert shown["x"] == {
        "platform": "x",
        "name": "X",
        "text_limit": 280,
        "text_unit": "weighted",
        "text_byte_limit": None,
        "title_limit": None,
        "title_unit": "code_points",
        "max_images": 4,
        "max_videos": x.max_videos,
        "max_media": x.max_media,
        "mixes_media": x.mixes_media,
        "requires_media": False,
        "reviewed_on": x.reviewed_on.isoformat(),
        "source": x.sources[0],
        "sources": list(x.sources),
    }
    assert shown["youtube"] == {
        "platform": "youtube",
        "name": "YouTube",
        "text_limit": 5000,
        "text_unit": "utf8_bytes",
        "text_byte_limit": None,
        "title_limit": 100,
        "title_unit": "code_points",
        "max_images": youtube.max_images,
        "max_videos": 1,
        "max_media": youtube.max_media,
        "mixes_media": youtube.mixes_media,
        "requires_media": True,
        "reviewed_on": youtube.reviewed_on.isoformat(),
        "source": youtube.sources[0],
        "sources": list(youtube.sources),
    }


async def test_every_platform_has_its_rules_in_the_envelope(client: httpx.AsyncClient) -> None:
    answer = (await client.get("/v1/platform-rules")).json()

    assert (set(answer), set(answer["data"]), answer["error"]) == ({"data", "error", "meta"}, {"platform_rules"}, None)
    assert [rules["platform"] for rules in answer["data"]["platform_rules"]] == [
        platform.value for platform in Platform
    ]
    bluesky = answer["data"]["platform_rules"][0]
    assert (bluesky["text_limit"], bluesky["text_unit"], bluesky["text_byte_limit"]) == (300, "graphemes", 3000)


async def test_a_key_is_needed(client: httpx.AsyncClient) -> None:
    response = await client.get("/v1/platform-rules", headers={"Authorization": "Bearer nonsense"})

    assert (response.status_code, response.json()["error"]["code"]) == (401, "unauthorized")
