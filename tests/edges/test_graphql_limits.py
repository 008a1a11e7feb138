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


async def test_thirty_changes_in_one_operation_are_made(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, mutation(30))

    assert [result["__typename"] for result in answer["data"].values()] == ["UpdatePostSuccess"] * 30


async def test_fifty_fields_without_aliases_are_answered(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, "{ " + "__typename " * 50 + "}")

    assert answer == {"data": {"__typename": "Query"}}


def aliases(count: int) -> str:
    return " ".join(f"a{number}: __typename" for number in range(count))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        (mutation(31), "The operation has 31 aliases; 30 are allowed."),
        (mutation(51), "The operation has 51 root fields; 50 are allowed."),
        (mutation(940), "The document has 16,923 tokens; 5,000 are allowed."),
        (
            f"query {{ ...A ...A }} fragment A on Query {{ {aliases(16)} }}",
            "The operation has 32 aliases; 30 are allowed.",
        ),
        (f"query {{ ... on Query {{ {aliases(31)} }} }}", "The operation has 31 aliases; 30 are allowed."),
        (
            f'{{ ours: post(id: "{SCHEDULED}") {{ {aliases(30)} }} }}',
            "The operation has 31 aliases; 30 are allowed.",
        ),
        (
            "query { ...A ...A } fragment A on Query { " + "__typename " * 26 + "}",
            "The operation has 52 root fields; 50 are allowed.",
        ),
        (
            "{ posts { nodes { id " + "@include(if: true) " * 11 + "} } }",
            "A location has 11 directives; 10 are allowed.",
        ),
        (
            "{ webhooks { deliveries(first: 100) { " + "id " * 12 + "} } }",
            "The operation costs 26,020; 25,000 are allowed.",
        ),
        ("{ posts(first: " + "9" * 5000 + ") { totalCount } }", "A number has 5,000 digits; 4,000 are allowed."),
    ],
    ids=[
        "31 changes",
        "51 changes",
        "940 changes",
        "a fragment twice",
        "an inline fragment",
        "aliases at two depths",
        "fields in a fragment",
        "directives",
        "cost",
        "digits",
    ],
)
async def test_what_asks_for_too_much_is_told_by_how_much_and_nothing_of_it_is_executed(
    client: httpx.AsyncClient, database: Database, query: str, message: str
) -> None:
    before = await dump(database)

    answer = await graphql(client, query)

    assert [(error["message"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (message, "OPERATION_TOO_LARGE")
    ]
    assert "data" not in answer
    assert await dump(database) == before


async def test_the_cost_of_an_answer_is_the_one_that_is_limited(client: httpx.AsyncClient) -> None:
    query = "query ($first: Int!) { posts(first: $first) { nodes { id } totalCount } }"

    for first, cost in ((0, 2), (10, 22), (100, 202)):
        response = await client.post("/graphql", json={"query": query, "variables": {"first": first}})

        assert response.json()["extensions"] == {"cost": cost}


async def test_fragments_that_go_in_circles_are_refused(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, "query { ...A } fragment A on Query { ...B } fragment B on Query { ...A }")

    assert answer["errors"][0]["message"] == "Cannot spread fragment 'A' within itself via 'B'."


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ('{ posts(filter: {search: "' + "a" * 60_000 + '"}) { totalCount } }', "`search` must be at most 1000"),
        ('{ posts(filter: {search: "' + "a" * 1001 + '"}) { totalCount } }', "`search` must be at most 1000"),
    ],
    ids=["a search", "a search just too long"],
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
