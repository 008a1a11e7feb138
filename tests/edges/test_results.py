"""Every member of every result union of the schema is reached over HTTP, and answers with its data."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx
from graphql import build_schema as parse_schema

from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
)
from app.repositories.database import Database
from resolvers.schema import build_schema
from tests.support.edges import REFUSAL_FIELDS, add_post, dump, graphql, stored_post, update_post

PUBLISHED_MESSAGE = "The post has already been published."
IN_PROGRESS_MESSAGE = "The post is being published right now. Try again when its status has settled."


def members(union: str) -> set[str]:
    return {member.name for member in parse_schema(build_schema().as_str()).type_map[union].types}  # type: ignore[attr-defined]


async def test_every_outcome_of_an_update_is_answered_with_its_member(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    refusals = [
        await update_post(client, OF_ANOTHER_ORGANIZATION, content="x"),
        await update_post(client, PUBLISHED),
        await update_post(client, PUBLISHING),
        await update_post(client, PARTIALLY_FAILED, accountIds=[2282]),
        await update_post(client, SCHEDULED, mediaId="x"),
        await update_post(client, SCHEDULED, timezone=None, accountIds=[9999]),
        await update_post(client, SCHEDULED, content="x", expectedVersion=7),
    ]
    assert await dump(database) == before
    success = await update_post(client, SCHEDULED, content="x")

    assert refusals == [
        {
            "__typename": "NotFound",
            "code": "NOT_FOUND",
            "message": "Post not found.",
            "id": str(OF_ANOTHER_ORGANIZATION),
        },
        {"__typename": "AlreadyPublished", "code": "ALREADY_PUBLISHED", "message": PUBLISHED_MESSAGE},
        {"__typename": "PublishingInProgress", "code": "PUBLISHING_IN_PROGRESS", "message": IN_PROGRESS_MESSAGE},
        {
            "__typename": "AccountAlreadyPublished",
            "code": "ACCOUNT_ALREADY_PUBLISHED",
            "message": "The post has already been published to account 2280, which cannot be left out.",
            "accountIds": [2280],
        },
        {
            "__typename": "InvalidFieldName",
            "code": "INVALID_FIELD_NAME",
            "message": "Unknown field mediaId: did you mean mediaIds?",
            "field": "mediaId",
            "suggestion": "mediaIds",
        },
        {
            "__typename": "InvalidInput",
            "code": "INVALID_INPUT",
            "message": "`timezone` cannot be null: leave it out instead. There is no account 9999.",
            "issues": [
                _issue("timezone", "NOT_NULLABLE", "`timezone` cannot be null: leave it out instead."),
                _issue("accountIds", "UNKNOWN_ID", "There is no account 9999."),
            ],
        },
        {
            "__typename": "VersionConflict",
            "code": "VERSION_CONFLICT",
            "message": "The post has changed: its current version is 1.",
            "currentVersion": 1,
        },
    ]
    assert success["__typename"] == "UpdatePostSuccess"
    assert success["changedFields"] == ["content"]
    assert {result["__typename"] for result in (*refusals, success)} == members("UpdatePostResult")


async def test_every_outcome_of_creating_a_post_is_answered_with_its_member(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    unknown_name = await _create(client, platformContent={"instagran": {}})
    incomplete = await _create(client, status="SCHEDULED")
    assert await dump(database) == before
    success = await _create(client, content="New", accountIds=[2280], status="DRAFT")

    assert unknown_name == {
        "__typename": "InvalidFieldName",
        "code": "INVALID_FIELD_NAME",
        "message": "Unknown field platformContent.instagran: did you mean instagram?",
        "field": "platformContent.instagran",
        "suggestion": "instagram",
    }
    assert [issue["path"] for issue in incomplete["issues"]] == [["scheduledFor"], ["accountIds"], ["content"]]
    created = UUID(success["post"]["id"])
    assert success == {"__typename": "CreatePostSuccess", "post": {"id": str(created), "version": 1}}
    assert (await stored_post(database, created)).content == "New"
    reached = {result["__typename"] for result in (unknown_name, incomplete, success)}
    assert reached == members("CreatePostResult")


async def test_every_outcome_of_deleting_a_post_is_answered_with_its_member(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    refusals = [
        await _delete(client, OF_ANOTHER_ORGANIZATION),
        await _delete(client, "nonsense"),
        await _delete(client, PUBLISHED),
        await _delete(client, PARTIALLY_FAILED),
        await _delete(client, PUBLISHING),
        await _delete(client, DRAFT, expected_version=2),
    ]
    assert await dump(database) == before
    success = await _delete(client, DRAFT, expected_version=1)

    assert [refusal["__typename"] for refusal in refusals] == [
        "NotFound",
        "NotFound",
        "AlreadyPublished",
        "AlreadyPublished",
        "PublishingInProgress",
        "VersionConflict",
    ]
    assert success == {"__typename": "DeletePostSuccess", "id": str(DRAFT)}
    rows = await dump(database)
    assert [row for table in ("posts", "destinations", "post_media") for row in rows[table] if DRAFT in row] == []
    assert {result["__typename"] for result in (*refusals, success)} == members("DeletePostResult")


async def test_a_refusal_shows_the_post_as_it_is_stored(client: httpx.AsyncClient) -> None:
    query = """
        mutation ($published: ID!, $publishing: ID!, $stale: ID!) {
          published: updatePost(id: $published, input: {}) { ... on AlreadyPublished { post { id status } } }
          publishing: updatePost(id: $publishing, input: {}) { ... on PublishingInProgress { post { id status } } }
          stale: updatePost(id: $stale, input: {expectedVersion: 9}) { ... on VersionConflict { post { id version } } }
        }
    """

    answer = await graphql(client, query, published=str(PUBLISHED), publishing=str(PUBLISHING), stale=str(DRAFT))

    assert answer == {
        "data": {
            "published": {"post": {"id": str(PUBLISHED), "status": "PUBLISHED"}},
            "publishing": {"post": {"id": str(PUBLISHING), "status": "PUBLISHING"}},
            "stale": {"post": {"id": str(DRAFT), "version": 1}},
        }
    }


async def test_every_name_that_was_never_a_field_answers_with_the_one_that_is(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    values: tuple[Any, ...] = (None, [], {"a": 1})

    results = [
        await update_post(client, DRAFT, **{name: value})
        for name in ("media", "mediaId", "attachments")
        for value in values
    ]

    assert [(result["__typename"], result["suggestion"]) for result in results] == [
        ("InvalidFieldName", "mediaIds")
    ] * 9
    assert await dump(database) == before


async def test_changed_fields_are_named_as_the_schema_names_them(client: httpx.AsyncClient, database: Database) -> None:
    post = await add_post(database, await stored_post(database, FAILED), UUID(int=77))

    result = await update_post(
        client,
        post.id,
        socialAudioId="a",
        scheduledFor="2026-05-01T10:00:00Z",
        accountIds=[2280],
        platformContent={"x": {}},
        mediaIds=["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
        timezone="Europe/Berlin",
        content="x",
    )

    assert result["changedFields"] == [
        "content",
        "accountIds",
        "scheduledFor",
        "timezone",
        "mediaIds",
        "platformContent",
        "status",
        "socialAudioId",
    ]
    assert result["post"]["version"] == 2


async def test_the_deprecated_alias_of_the_time_is_refused_only_where_it_says_something_else(
    client: httpx.AsyncClient, database: Database
) -> None:
    same = await update_post(
        client, SCHEDULED, scheduledFor="2026-05-01T10:00:00Z", scheduledAt="2026-05-01T12:00:00+02:00"
    )
    before = await dump(database)
    different = await update_post(
        client, SCHEDULED, scheduledFor="2026-05-02T10:00:00Z", scheduledAt="2026-05-03T10:00:00Z"
    )

    assert same["post"]["scheduledFor"] == "2026-05-01T10:00:00.000Z"
    assert [(issue["path"], issue["code"]) for issue in different["issues"]] == [
        (["scheduledAt"], "CONFLICTING_VALUES")
    ]
    assert await dump(database) == before


def _issue(field: str, code: str, message: str) -> dict[str, Any]:
    return {"path": [field], "code": code, "message": message, "platform": None, "limit": None, "actual": None}


async def _create(client: httpx.AsyncClient, **fields: object) -> Any:
    fragments = "\n".join(
        line
        for line in REFUSAL_FIELDS.splitlines()
        if not any(name in line for name in ("NotFound", "AccountAlreadyPublished", "VersionConflict"))
    )
    query = f"""
        mutation ($input: CreatePostInput!) {{
          createPost(input: $input) {{ __typename ... on CreatePostSuccess {{ post {{ id version }} }} {fragments} }}
        }}
    """
    return (await graphql(client, query, input=fields))["data"]["createPost"]


async def _delete(client: httpx.AsyncClient, post_id: UUID | str, *, expected_version: int | None = None) -> Any:
    query = """
        mutation ($id: ID!, $expectedVersion: Int) {
          deletePost(id: $id, expectedVersion: $expectedVersion) { __typename ... on DeletePostSuccess { id } }
        }
    """
    answer = await graphql(client, query, id=str(post_id), expectedVersion=expected_version)
    return answer["data"]["deletePost"]
