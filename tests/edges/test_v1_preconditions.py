"""A post's version is its ETag, and If-Match refuses to write over another version."""

from __future__ import annotations

import httpx

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.repositories.database import Database
from tests.support.edges import dump

MATCHING = ('"1"', "*", " * ", '"9", "1"', '"1","9"', "1")
DIFFERENT = ('"2"', '"1', '1"', '"2", "3"', 'W/"1"', "nonsense", '""', '"01x"', '"99999999999999999999"', "")


async def test_every_answer_that_shows_a_post_carries_its_version(client: httpx.AsyncClient) -> None:
    shown = await client.get(f"/v1/posts/{SCHEDULED}")
    changed = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x"})
    created = await client.post("/v1/posts", json={"content": "x", "draft": True})

    assert [response.headers["ETag"] for response in (shown, changed, created)] == ['"1"', '"2"', '"1"']


async def test_an_update_goes_through_where_if_match_names_the_version(client: httpx.AsyncClient) -> None:
    for tag in MATCHING:
        response = await client.patch(f"/v1/posts/{SCHEDULED}", json={}, headers={"If-Match": tag})

        assert response.status_code == 200, tag


async def test_an_update_over_another_version_is_refused_and_writes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for tag in DIFFERENT:
        response = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x"}, headers={"If-Match": tag})

        assert response.status_code == 412, tag
        assert response.json()["error"] == {
            "message": "The post has changed: its current version is 1.",
            "code": "version_conflict",
            "details": {"current_version": 1},
        }
    assert await dump(database) == before


async def test_the_tag_of_an_answer_is_stale_after_the_next_update(client: httpx.AsyncClient) -> None:
    tag = (await client.get(f"/v1/posts/{DRAFT}")).headers["ETag"]

    first = await client.patch(f"/v1/posts/{DRAFT}", json={"content": "first"}, headers={"If-Match": tag})
    second = await client.patch(f"/v1/posts/{DRAFT}", json={"content": "second"}, headers={"If-Match": tag})

    assert (first.status_code, second.status_code) == (200, 412)
    assert second.json()["error"]["details"] == {"current_version": 2}
    assert (await client.get(f"/v1/posts/{DRAFT}")).json()["data"]["content"] == "first"


async def test_a_delete_honours_if_match_too(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    refused = await client.delete(f"/v1/posts/{DRAFT}", headers={"If-Match": '"2"'})
    assert (refused.status_code, refused.json()["error"]["code"]) == (412, "version_conflict")
    assert await dump(database) == before

    assert (await client.delete(f"/v1/posts/{DRAFT}", headers={"If-Match": '"1"'})).status_code == 200
