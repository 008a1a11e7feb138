"""GraphQL: many updates in one mutation, in one transaction, each with a result of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Engine, event

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
from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with
from tests.edges.test_results import IN_PROGRESS_MESSAGE, PUBLISHED_MESSAGE, members
from tests.support.clock import Clock
from tests.support.edges import POST_FIELDS, REFUSAL_FIELDS, add_post, dump, graphql, stored_post, update_post

RESULT = f"""
  __typename
  ... on UpdatePostSuccess {{ changedFields requestedFor dryRun post {{ {POST_FIELDS} }} }}
  {REFUSAL_FIELDS}
"""
UPDATE_POSTS = f"""
mutation ($changes: [PostChange!]!, $atomic: Boolean! = true, $dryRun: Boolean! = false) {{
  updatePosts(changes: $changes, atomic: $atomic, dryRun: $dryRun) {{ {RESULT} }}
}}
"""


def change(id: UUID | str, **input: object) -> dict[str, object]:
    return {"id": str(id), "input": input}


async def update_posts(client: httpx.AsyncClient, *changes: dict[str, object], **how: bool) -> list[Any]:
    answer = await graphql(client, UPDATE_POSTS, changes=changes, **how)
    assert "errors" not in answer, answer
    results: list[Any] = answer["data"]["updatePosts"]
    return results


def invalid(*issues: dict[str, object]) -> dict[str, object]:
    return {
        "__typename": "InvalidInput",
        "code": "INVALID_INPUT",
        "message": " ".join(str(issue["message"]) for issue in issues),
        "issues": list(issues),
    }


def issue(*path: str, code: str, message: str) -> dict[str, object]:
    return {"path": list(path), "code": code, "message": message, "platform": None, "limit": None, "actual": None}


def not_applied(first: int) -> dict[str, object]:
    message = f"Nothing was written, because change {first} of this request was refused (counted from 0)."
    return invalid(issue("changes", code="NOT_APPLIED", message=message))


REFUSED: list[tuple[dict[str, object], dict[str, object]]] = [
    (
        change(OF_ANOTHER_ORGANIZATION, content="x"),
        {
            "__typename": "NotFound",
            "code": "NOT_FOUND",
            "message": "Post not found.",
            "id": str(OF_ANOTHER_ORGANIZATION),
        },
    ),
    (
        change("nonsense", content="x"),
        {"__typename": "NotFound", "code": "NOT_FOUND", "message": "Post not found.", "id": "nonsense"},
    ),
    (change(PUBLISHED), {"__typename": "AlreadyPublished", "code": "ALREADY_PUBLISHED", "message": PUBLISHED_MESSAGE}),
    (
        change(PUBLISHING),
        {"__typename": "PublishingInProgress", "code": "PUBLISHING_IN_PROGRESS", "message": IN_PROGRESS_MESSAGE},
    ),
    (
        change(PARTIALLY_FAILED, accountIds=[2282]),
        {
            "__typename": "AccountAlreadyPublished",
            "code": "ACCOUNT_ALREADY_PUBLISHED",
            "message": "The post has already been published to account 2280, which cannot be left out.",
            "accountIds": [2280],
        },
    ),
    (
        change(FAILED, mediaId="x"),
        {
            "__typename": "InvalidFieldName",
            "code": "INVALID_FIELD_NAME",
            "message": "Unknown field mediaId: did you mean mediaIds?",
            "field": "mediaId",
            "suggestion": "mediaIds",
        },
    ),
    (
        change(VIDEO, timezone=None, accountIds=[9999]),
        invalid(
            issue("timezone", code="NOT_NULLABLE", message="`timezone` cannot be null: leave it out instead."),
            issue("accountIds", code="UNKNOWN_ID", message="There is no account 9999."),
        ),
    ),
    (
        change(SLIDESHOW, content="x", expectedVersion=7),
        {
            "__typename": "VersionConflict",
            "code": "VERSION_CONFLICT",
            "message": "The post has changed: its current version is 1.",
            "currentVersion": 1,
        },
    ),
]
"""A change that is refused for each reason there is, and the whole answer to it."""


async def test_every_outcome_of_an_update_can_stand_in_one_list_in_the_order_of_the_changes(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    changes = [change(SCHEDULED, content="New"), *(sent for sent, _ in REFUSED), change(DRAFT, content="New")]

    results = await update_posts(client, *changes, atomic=False)

    assert results[1:-1] == [answer for _, answer in REFUSED]
    assert [result["post"]["id"] for result in (results[0], results[-1])] == [str(SCHEDULED), str(DRAFT)]
    assert {result["__typename"] for result in results} == members("UpdatePostResult")
    after = await dump(database)
    unchanged = [table for table, rows in after.items() if rows == before[table]]
    assert sorted(after.keys() - unchanged) == ["posts", "revisions"]
    for post_id in (SCHEDULED, DRAFT):
        post = await stored_post(database, post_id)
        assert (post.content, post.version) == ("New", 2)


async def test_the_answer_to_each_change_is_the_one_that_update_post_gives(client: httpx.AsyncClient) -> None:
    changes: list[tuple[UUID, dict[str, Any]]] = [
        (SCHEDULED, {"content": "New", "accountIds": [2280, 2290], "mediaIds": []}),
        (DRAFT, {"platformContent": {"x": {"content": "C"}}, "scheduledFor": "2026-05-01T12:00:00+02:00"}),
        (FAILED, {"status": "SCHEDULED"}),
        (VIDEO, {}),
    ]
    mended = [(id, input | {"mediaIds": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"]}) for id, input in changes[:1]]
    changes[:1] = mended

    alone = [await update_post(client, id, dry_run=True, **input) for id, input in changes]
    together = await update_posts(client, *(change(id, **input) for id, input in changes))

    assert [{**result, "dryRun": True} for result in together] == alone
    assert {result["__typename"] for result in together} == {"UpdatePostSuccess"}


@pytest.mark.parametrize("how", [{}, {"atomic": True}, {"atomic": True, "dryRun": True}])
async def test_one_refused_change_keeps_all_of_them_from_being_written_unless_each_stands_alone(
    how: dict[str, bool], client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for sent, answer in REFUSED:
        results = await update_posts(client, change(SCHEDULED, content="x"), sent, change(DRAFT, content="x"), **how)

        assert results == [not_applied(1), answer, not_applied(1)]
    assert await dump(database) == before


async def test_a_dry_run_of_many_answers_the_same_and_writes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    good = [change(SCHEDULED, content="New"), change(DRAFT, content="New")]
    mixed = [*good, REFUSED[0][0]]

    tried = await update_posts(client, *good, dryRun=True)
    tried_mixed = await update_posts(client, *mixed, atomic=False, dryRun=True)
    assert await dump(database) == before
    done = await update_posts(client, *good)

    assert tried == [{**result, "dryRun": True} for result in done]
    assert tried_mixed == [*tried, REFUSED[0][1]]


async def test_a_list_may_be_empty_and_hold_fifty_changes_and_no_more(
    client: httpx.AsyncClient, database: Database
) -> None:
    template = await stored_post(database, SCHEDULED)
    ids = [(await add_post(database, template, UUID(int=1_000 + number))).id for number in range(51)]
    before = await dump(database)

    assert await update_posts(client) == []
    answer = await graphql(client, UPDATE_POSTS, changes=[change(id, content="New") for id in ids])

    assert answer["data"] is None
    assert [(error["message"], error["extensions"]["code"]) for error in answer["errors"]] == [
        ("`changes` may hold 50 changes at most.", "BAD_USER_INPUT")
    ]
    assert await dump(database) == before
    results = await update_posts(client, *(change(id, content="New") for id in ids[:50]))
    assert [result["post"]["id"] for result in results] == [str(id) for id in ids[:50]]


@pytest.mark.parametrize("spelling", [str(SCHEDULED).upper(), SCHEDULED.hex])
async def test_a_post_that_is_named_twice_is_refused_however_it_is_spelled(
    spelling: str, client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    message = "An earlier change of this request is to the same post: put them into one."

    results = await update_posts(client, change(SCHEDULED, content="x"), change(spelling, timezone="Asia/Tokyo"))

    assert results == [not_applied(1), invalid(issue("changes", "1", "id", code="DUPLICATE", message=message))]
    assert await dump(database) == before


async def test_what_graphql_cannot_read_is_refused_before_anything_is_changed(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for changes in (
        None,
        [None],
        [{"id": str(SCHEDULED)}],
        [change(SCHEDULED, content="x"), change(DRAFT, content=5)],
        [change(SCHEDULED, content="x"), change(DRAFT, contents="x")],
        [change(SCHEDULED, content="x"), change(DRAFT, scheduledFor="2026-05-01")],
    ):
        answer = await graphql(client, UPDATE_POSTS, changes=changes)

        assert "data" not in answer
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"BAD_USER_INPUT"}
    assert await dump(database) == before


async def test_a_key_that_only_reads_changes_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    key = await key_with(database, clock, Scope.READ)
    before = await dump(database)

    response = await client.post(
        "/graphql",
        json={"query": UPDATE_POSTS, "variables": {"changes": [change(SCHEDULED, content="x")]}},
        headers={"Authorization": f"Bearer {key}"},
    )

    assert response.status_code == 403
    assert response.json()["data"] is None
    assert await dump(database) == before


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """Every statement that a database is sent for an operation, in lower case."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        words = " ".join(statement.lower().split()[:3])
        if not words.startswith("select api_keys"):  # the key is looked up again when it has been known for a while
            sent.append(words)

    event.listen(Engine, "before_cursor_execute", note)
    yield sent
    event.remove(Engine, "before_cursor_execute", note)


async def test_fifty_changes_run_the_statements_of_one(
    client: httpx.AsyncClient, database: Database, statements: list[str], engine: str
) -> None:
    template = await stored_post(database, SCHEDULED)
    ids = [(await add_post(database, template, UUID(int=1_000 + number))).id for number in range(51)]
    sent: dict[str, Any] = {
        "content": "New",
        "accountIds": [2282, 2290],
        "mediaIds": ["511de000-0000-4000-8000-000000000002"],
    }
    await graphql(client, "{ accounts { accountId } }")  # the key has been looked up

    statements.clear()
    [one] = await update_posts(client, change(ids[0], **sent))
    of_one = list(statements)
    statements.clear()
    fifty = await update_posts(client, *(change(id, **sent) for id in ids[1:]))

    assert one["changedFields"] == ["content", "accountIds", "mediaIds"]
    assert [result["changedFields"] for result in fifty] == [one["changedFields"]] * 50
    if engine == "sqlite":  # which reads the accounts of several posts apart
        assert statements.pop(2) == "select accounts.id, accounts.platform,"
    assert statements == of_one
