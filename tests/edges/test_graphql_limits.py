"""A document that asks for too much is refused before anything of it is executed."""

from __future__ import annotations

import logging

import httpx
import pytest

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.repositories.database import Database
from tests.support.edges import dump, graphql


def mutation(fields: int) -> str:
    update = f'updatePost(id: "{SCHEDULED}", input: {{content: "%d"}}) {{ __typename }}'
    return "mutation { " + " ".join(f"a{number}: {update % number}" for number in range(fields)) + " }"


async def test_fifty_changes_in_one_operation_are_made(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, mutation(50))

    assert [result["__typename"] for result in answer["data"].values()] == ["UpdatePostSuccess"] * 50


@pytest.mark.parametrize(
    "query",
    [
        mutation(51),
        mutation(940),
        "query { ...A ...A } fragment A on Query { " + " ".join(f"a{n}: __typename" for n in range(26)) + " }",
        "query { ... on Query { " + " ".join(f"a{n}: __typename" for n in range(51)) + " } }",
    ],
    ids=["51 changes", "940 changes", "a fragment twice", "an inline fragment"],
)
async def test_more_than_fifty_fields_are_refused_and_none_is_executed(
    client: httpx.AsyncClient, database: Database, query: str
) -> None:
    before = await dump(database)

    answer = await graphql(client, query)

    assert [error["message"] for error in answer["errors"]] == ["An operation may have 50 fields at most."]
    assert answer["data"] is None
    assert await dump(database) == before


async def test_fragments_that_go_in_circles_are_refused(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }")

    assert answer["errors"][0]["message"] == "Cannot spread fragment 'A' within itself via 'B'."


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("{ posts(first: " + "9" * 5000 + ") { totalCount } }", "A number may have 4000 digits at most."),
        ('{ posts(filter: {search: "' + "a" * 60_000 + '"}) { totalCount } }', "`search` must be at most 1000"),
        ('{ posts(filter: {search: "' + "a" * 1001 + '"}) { totalCount } }', "`search` must be at most 1000"),
    ],
    ids=["a number", "a search", "a search just too long"],
)
async def test_values_that_are_too_long_are_the_clients_mistake(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, query: str, message: str
) -> None:
    answer = await graphql(client, query)

    [error] = answer["errors"]
    assert error["message"].startswith(message)
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_a_search_of_a_thousand_characters_is_made(client: httpx.AsyncClient) -> None:
    for search in ("%" * 1000, "漢" * 1000):
        assert await graphql(client, "query($s: String) { posts(filter: {search: $s}) { totalCount } }", s=search) == {
            "data": {"posts": {"totalCount": 0}}
        }


async def test_a_long_number_in_a_text_is_only_text(client: httpx.AsyncClient) -> None:
    answer = await graphql(
        client,
        f'mutation {{ updatePost(id: "{DRAFT}", input: {{content: "{"9" * 5000}"}}) {{ __typename }} }}',
    )

    assert answer == {"data": {"updatePost": {"__typename": "UpdatePostSuccess"}}}
