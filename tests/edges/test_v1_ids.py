"""REST reads an id in its usual spellings only, in the path and in bodies."""

from __future__ import annotations

import httpx
import pytest

from app.commands.fill_demo import BANNER, SCHEDULED, VIDEO
from app.repositories.database import Database
from tests.support.edges import dump


async def test_a_post_is_found_with_hyphens_and_without(client: httpx.AsyncClient) -> None:
    for written in (str(SCHEDULED), SCHEDULED.hex, str(SCHEDULED).upper()):
        response = await client.get(f"/v1/posts/{written}")

        assert (response.status_code, response.json()["data"]["id"]) == (200, str(SCHEDULED))


@pytest.mark.parametrize("template", ["{{{}}}", "urn:uuid:{}", "{}_"])
async def test_other_spellings_name_no_post_and_no_media(
    client: httpx.AsyncClient, database: Database, template: str
) -> None:
    before = await dump(database)
    post, video, banner = (template.format(id) for id in (SCHEDULED, VIDEO.hex, BANNER))

    answers = [
        await client.get(f"/v1/posts/{post}"),
        await client.patch(f"/v1/posts/{post}", json={"content": "x"}),
        await client.delete(f"/v1/posts/{post}"),
    ]
    listed = await client.patch(f"/v1/posts/{SCHEDULED}", json={"media_ids": [banner]})
    updates = [
        await client.post("/post/update", json={"postId": written, "caption": "x"})
        for written in (video, f"post_{video}")
    ]

    assert [response.status_code for response in (*answers, *updates)] == [404] * 5
    assert (listed.status_code, listed.json()["error"]["details"]) == (
        400,
        [{"path": ["media_ids", "0"], "code": "INVALID_VALUE", "message": "`media_ids.0` must be a UUID, as text."}],
    )
    assert await dump(database) == before


async def test_underscores_between_digits_are_no_digits(client: httpx.AsyncClient) -> None:
    written = f"{SCHEDULED.hex[:8]}_{SCHEDULED.hex[9:]}"

    assert (await client.get(f"/v1/posts/{written}")).status_code == 404
    assert (await client.post("/post/update", json={"postId": f"post_{written}"})).status_code == 404
