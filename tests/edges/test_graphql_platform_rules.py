"""GraphQL: what each platform takes, and updates that would break it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlmodel import SQLModel

from app.commands.fill_demo import DRAFT, PARTIALLY_FAILED, SCHEDULED
from app.domain.api_key import Scope
from app.domain.platform_rules import RULES
from app.domain.platforms import Platform
from app.repositories.database import Database
from tests.conftest import key_with
from tests.support.clock import Clock
from tests.support.edges import dump, graphql, update_post

PLATFORM_RULES = """
{
  platformRules {
    platform textLimit textUnit textByteLimit titleLimit titleUnit maxImages maxVideos maxMedia mixesMedia requiresMedia
    reviewedOn source
  }
}
"""


async def test_the_rules_of_every_platform_can_be_asked_for_by_name(client: httpx.AsyncClient) -> None:
    rules = (await graphql(client, PLATFORM_RULES))["data"]["platformRules"]

    assert [entry["platform"] for entry in rules] == sorted(platform.name for platform in Platform)
    by_name = {entry["platform"]: entry for entry in rules}
    bluesky, x = RULES[Platform.BLUESKY], by_name["X"]
    assert by_name["BLUESKY"] == {
        "platform": "BLUESKY",
        "textLimit": 300,
        "textUnit": "GRAPHEMES",
        "textByteLimit": 3_000,
        "titleLimit": None,
        "titleUnit": "CODE_POINTS",
        "maxImages": 4,
        "maxVideos": 1,
        "maxMedia": None,
        "mixesMedia": False,
        "requiresMedia": False,
        "reviewedOn": bluesky.reviewed_on.isoformat(),
        "source": bluesky.sources[0],
    }
    assert (x["textLimit"], x["textUnit"]) == (280, "WEIGHTED")
    assert (by_name["INSTAGRAM"]["textLimit"], by_name["INSTAGRAM"]["requiresMedia"]) == (2_200, True)
    assert (by_name["WEBHOOK"]["textLimit"], by_name["WEBHOOK"]["maxImages"]) == (None, None)
    assert by_name["YOUTUBE"]["titleLimit"] == 100


async def test_they_are_no_secret_of_an_organisation_but_want_a_key(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    ours = await graphql(client, PLATFORM_RULES)
    client.headers["Authorization"] = (
        f"Bearer {await key_with(database, clock, Scope.READ, organization='Another Organisation')}"
    )
    theirs = await graphql(client, PLATFORM_RULES)
    del client.headers["Authorization"]
    nobodys = await client.post("/graphql", json={"query": PLATFORM_RULES})

    assert theirs == ours
    assert nobodys.status_code == 401


def too_long(platform: str, limit: int, actual: int, *path: str) -> tuple[object, ...]:
    return (list(path or ("content",)), "TOO_LONG", platform, limit, actual)


def told(result: Any) -> list[tuple[object, ...]]:
    assert result["__typename"] == "InvalidInput", result
    return [
        (issue["path"], issue["code"], issue["platform"], issue["limit"], issue["actual"]) for issue in result["issues"]
    ]


async def test_an_update_that_breaks_the_rules_of_several_platforms_is_told_all_of_it(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    result = await update_post(client, SCHEDULED, content="a" * 3_001, mediaIds=[], timezone="Nowhere")
    tried = await update_post(client, SCHEDULED, dry_run=True, content="a" * 3_001, mediaIds=[], timezone="Nowhere")

    assert told(result) == [
        (["timezone"], "INVALID_VALUE", None, None, None),
        too_long("INSTAGRAM", 2_200, 3_001),
        (["mediaIds"], "REQUIRED", "INSTAGRAM", None, None),
        too_long("X", 280, 3_001),
        too_long("LINKEDIN", 3_000, 3_001),
    ]
    assert [issue["message"] for issue in result["issues"][1:3]] == [
        "`content` has 3001 characters where Instagram takes at most 2200: shorten it, or say something shorter on "
        "Instagram alone.",
        "`mediaIds` holds no image or video where Instagram needs one: add one.",
    ]
    assert tried == result
    assert await dump(database) == before


async def test_an_override_counts_instead_of_the_text(client: httpx.AsyncClient, database: Database) -> None:
    long = "a" * 281
    accepted = await update_post(client, SCHEDULED, content=long, platformContent={"x": {"content": "Short"}})
    assert accepted["changedFields"] == ["content", "platformContent"]
    before = await dump(database)

    assert told(await update_post(client, SCHEDULED, platformContent=None)) == [too_long("X", 280, 281)]
    assert told(
        await update_post(client, SCHEDULED, content="Short", platformContent={"x": {"content": "a" * 282}})
    ) == [too_long("X", 280, 282, "platformContent", "x", "content")]
    assert await dump(database) == before


async def test_a_draft_may_break_them_until_it_is_scheduled(client: httpx.AsyncClient, database: Database) -> None:
    written = await update_post(client, DRAFT, content="a" * 281, scheduledFor="2026-05-01T10:00:00Z")
    assert written["__typename"] == "UpdatePostSuccess"
    before = await dump(database)

    assert told(await update_post(client, DRAFT, status="SCHEDULED")) == [too_long("X", 280, 281)]
    assert await dump(database) == before
    mended = await update_post(client, DRAFT, status="SCHEDULED", content="a" * 280)
    assert mended["post"]["status"] == "SCHEDULED"


@pytest.mark.parametrize(("limit", "length"), [(100, 101), (500, 501)])
async def test_an_accounts_own_limit_counts_instead_of_its_platforms(
    limit: int, length: int, client: httpx.AsyncClient, database: Database
) -> None:
    accounts = SQLModel.metadata.tables["accounts"]
    own = accounts.update().where(accounts.c.id == 2282).values(rules={"text_limit": limit})
    await database.write(lambda connection: connection.execute(own).close())

    assert told(await update_post(client, SCHEDULED, content="a" * length)) == [too_long("X", limit, length)]
    assert (await update_post(client, SCHEDULED, content="a" * limit))["changedFields"] == ["content"]


async def test_where_a_post_is_out_its_platforms_rules_do_not_count(client: httpx.AsyncClient) -> None:
    # It is out on Instagram, which needs media, and failed on X.
    without_media = await update_post(client, PARTIALLY_FAILED, mediaIds=[], content="a" * 280)
    assert without_media["changedFields"] == ["content", "mediaIds", "status"]

    assert told(await update_post(client, PARTIALLY_FAILED, content="a" * 2_201)) == [too_long("X", 280, 2_201)]


async def test_a_new_post_is_held_to_them_when_it_is_scheduled(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    query = """
        mutation ($input: CreatePostInput!) {
          createPost(input: $input) {
            __typename ... on InvalidInput { issues { path code message platform limit actual } }
          }
        }
    """
    new = {"content": "a" * 281, "accountIds": [2282, 2280], "scheduledFor": "2026-05-01T10:00:00Z"}

    refused = await graphql(client, query, input={**new, "status": "SCHEDULED"})

    assert told(refused["data"]["createPost"]) == [
        (["mediaIds"], "REQUIRED", "INSTAGRAM", None, None),
        too_long("X", 280, 281),
    ]
    assert await dump(database) == before
    assert (await graphql(client, query, input=new))["data"]["createPost"] == {"__typename": "CreatePostSuccess"}
