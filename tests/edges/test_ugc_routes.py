"""What holds for every `/post/…` route: it is called with POST, with a key, and with a JSON object of bearable size."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from app.commands.fill_demo import VIDEO
from app.http.body import BODY_LIMIT
from app.repositories.database import Database
from tests.support.edges import dump

ROUTES = (
    "/post",
    "/post/update",
    "/post/video",
    "/post/slideshow",
    "/post/draft",
    "/post/status",
    "/post/retry",
    "/post/delete",
    "/post/preview-schedule",
)


@pytest.mark.parametrize("path", ROUTES)
async def test_what_no_route_accepts_is_refused_in_the_envelope(
    client: httpx.AsyncClient, database: Database, path: str
) -> None:
    before = await dump(database)
    json = {"Content-Type": "application/json"}
    answers = [
        await client.post(path, content=b"{", headers=json),
        await client.post(path, content=b"[]", headers=json),
        await client.post(path, content=b"{}", headers={"Content-Type": "text/plain"}),
        await client.post(path, content=b" " * (BODY_LIMIT + 1), headers=json),
        await client.get(path),
        await client.post(f"{path}/", json={}),
        await client.post(path, json={}, headers={"Authorization": "Bearer nonsense"}),
    ]

    assert [answer.json() for answer in answers] == [
        {"ok": False, "code": code, "message": message}
        for code, message in (
            (400, "The body is not valid JSON in UTF-8."),
            (400, "The body must be a JSON object."),
            (415, "Send the body as Content-Type: application/json."),
            (413, "The body is larger than 1048576 bytes."),
            (405, "Every route here is called with POST"),
            (404, "There is no such route"),
            (401, "A valid API key is required: Authorization: Bearer YOUR_API_KEY."),
        )
    ]
    assert [answer.status_code for answer in answers] == [answer.json()["code"] for answer in answers]
    assert await dump(database) == before


async def test_a_list_can_be_narrowed_by_as_many_ids_as_a_body_holds(client: httpx.AsyncClient) -> None:
    post_ids = [VIDEO.hex, *(UUID(int=number).hex for number in range(28_000))]
    account_ids = [2290, *range(100_000, 190_000)]

    by_posts = await client.post("/post", json={"postIds": post_ids})
    by_accounts = await client.post("/post", json={"accountIds": account_ids, "postIds": [VIDEO.hex]})

    for answer in (by_posts, by_accounts):
        assert [post["id"] for post in answer.json()["data"]] == [f"post_{VIDEO.hex}"]
