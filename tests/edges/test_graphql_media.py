"""Media over GraphQL: recorded by address, and read one by one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from app.commands.fill_demo import BANNER, CLIP
from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.clock import Clock
from tests.support.edges import dump, graphql

CREATE = """
mutation Create($input: CreateMediaFromUrlInput!) {
  createMediaFromUrl(input: $input) {
    __typename
    ... on CreateMediaSuccess { media { mediaId type url width height durationMs altText } }
    ... on MutationError { code message }
    ... on InvalidInput { issues { path code message platform limit actual } }
  }
}
"""
READ = "query Read($id: UUID!) { media(id: $id) { mediaId type url width height durationMs altText } }"
URL = "https://media.example/new.mp4"
NOBODYS = "00000000-0000-4000-8000-00000000dead"


async def create(client: httpx.AsyncClient, **input: object) -> Any:
    answer = await graphql(client, CREATE, input=input)
    assert "errors" not in answer, answer
    return answer["data"]["createMediaFromUrl"]


async def read(client: httpx.AsyncClient, id: object) -> Any:
    return (await graphql(client, READ, id=str(id)))["data"]["media"]


async def test_media_is_recorded_as_it_is_described(client: httpx.AsyncClient) -> None:
    described = {"type": "VIDEO", "url": URL, "width": 1080, "height": 1920, "durationMs": 15000, "altText": "A clip"}

    result = await create(client, **described)

    media = {"mediaId": str(UUID(int=1)), **described}
    assert result == {"__typename": "CreateMediaSuccess", "media": media}
    assert await read(client, UUID(int=1)) == media


async def test_what_is_left_out_or_null_is_not_known(client: httpx.AsyncClient, database: Database) -> None:
    result = await create(client, url=URL, type="VIDEO")
    before = await dump(database)

    again = await create(client, url=URL, type="IMAGE", width=None, height=5, durationMs=None, altText="Other")

    nothing = {"width": None, "height": None, "durationMs": None, "altText": None}
    assert result["media"] == {"mediaId": str(UUID(int=1)), "type": "VIDEO", "url": URL, **nothing}
    # The same URL is the same record, whatever is said of it the second time.
    assert again == result
    assert await dump(database) == before


async def test_every_problem_is_told_at_once(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    result = await create(
        client, url="ftp://media.example/a", type="IMAGE", width=0, height=-5, durationMs=-1, altText="x" * 2001
    )

    said = [
        ("url", "INVALID_VALUE", "`url` must be an http or https URL of at most 2048 bytes."),
        ("width", "INVALID_VALUE", "`width` must be at least 1."),
        ("height", "INVALID_VALUE", "`height` must be at least 1."),
        ("durationMs", "INVALID_VALUE", "`durationMs` must be at least 0."),
        ("altText", "TOO_LONG", "`altText` must be at most 2000 characters."),
    ]
    none = {"platform": None, "limit": None, "actual": None}
    issues: list[dict[str, object]] = [
        {"path": [path], "code": code, "message": message, **none} for path, code, message in said
    ]
    issues[-1] |= {"limit": 2000, "actual": 2001}
    assert result == {
        "__typename": "InvalidInput",
        "code": "INVALID_INPUT",
        "message": " ".join(message for _, _, message in said),
        "issues": issues,
    }
    assert await dump(database) == before


async def test_media_is_read_by_its_id(client: httpx.AsyncClient) -> None:
    assert await read(client, CLIP) == {
        "mediaId": str(CLIP),
        "type": "VIDEO",
        "url": "https://media.example/teaser.mp4",
        "width": None,
        "height": None,
        "durationMs": 15000,
        "altText": None,
    }


async def test_media_that_is_not_there_is_null(client: httpx.AsyncClient, database: Database, clock: Clock) -> None:
    assert await read(client, NOBODYS) is None

    key = await key_with(database, clock, *Scope, organization="Another Organisation")
    client.headers["Authorization"] = f"Bearer {key}"
    assert await read(client, BANNER) is None


async def test_a_key_that_may_only_read_records_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    response = await client.post(
        "/graphql", json={"query": CREATE, "variables": {"input": {"url": URL, "type": "IMAGE"}}}
    )

    assert (response.status_code, response.json()["data"]) == (403, None)
    assert await dump(database) == before
    assert await read(client, BANNER) is not None
