"""Which operation of a request runs, and that its text is parsed and validated once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from graphql import get_introspection_query

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.repositories.database import Database
from resolvers.operations import preparing
from tests.support.edges import dump, graphql, without_cost

TWO = f"""
query First {{ accounts {{ accountId }} }}
mutation Second {{ deletePost(id: "{DRAFT}") {{ __typename }} }}
"""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often a text was parsed and validated."""
    counted: Counter[str] = Counter()

    def counting(name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def counted_call(*args: Any, **kwargs: Any) -> Any:
            counted[name] += 1
            return call(*args, **kwargs)

        return counted_call

    for name in ("parse", "validate"):
        monkeypatch.setattr(preparing, name, counting(name, getattr(preparing, name)))
    return counted


async def test_the_named_operation_runs(client: httpx.AsyncClient) -> None:
    response = await client.post("/graphql", json={"query": TWO, "operationName": "First"})

    assert (response.status_code, len(response.json()["data"]["accounts"])) == (200, 5)


async def test_of_several_operations_none_runs_without_a_name_or_with_an_unknown_one(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for _ in range(2):  # the second time, the text is known
        for name in ({}, {"operationName": None}, {"operationName": "Third"}, {"operationName": ""}):
            response = await client.post("/graphql", json={"query": TWO, **name})

            assert response.status_code == 400, name
            assert [error["extensions"]["code"] for error in response.json()["errors"]] == ["BAD_REQUEST"]
    assert await dump(database) == before


async def test_a_get_request_may_ask_and_not_change(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    mutation = f'mutation {{ deletePost(id: "{SCHEDULED}") {{ __typename }} }}'

    asked = await client.get(
        "/graphql",
        params={
            "query": "query ($id: ID!) { post(id: $id) { version } }",
            "variables": f'{{"id": "{SCHEDULED}"}}',
        },
    )
    refused = [
        await client.get("/graphql", params={"query": mutation}),
        await client.get("/graphql", params={"query": mutation}),
        await client.get("/graphql", params={"query": TWO, "operationName": "Second"}),
    ]

    assert (asked.status_code, without_cost(asked)) == (200, {"data": {"post": {"version": 1}}})
    assert [(response.status_code, response.headers["Allow"]) for response in refused] == [(405, "POST")] * 3
    assert await dump(database) == before


async def test_introspection_works(client: httpx.AsyncClient) -> None:
    answer = await graphql(client, get_introspection_query())

    assert "errors" not in answer
    assert answer["data"]["__schema"]["mutationType"]["name"] == "Mutation"


async def test_a_text_is_parsed_and_validated_once(client: httpx.AsyncClient, calls: Counter[str]) -> None:
    query = "query ($id: ID!) { post(id: $id) { content } }"

    first = await graphql(client, query, id=str(SCHEDULED))
    assert calls == {"parse": 1, "validate": 1}
    again = await graphql(client, query, id=str(DRAFT))

    assert calls == {"parse": 1, "validate": 1}
    assert (first["data"]["post"]["content"], again["data"]["post"]["content"]) == (
        "We launch next week. Save the date!",
        "Notes for the follow-up post.",
    )


async def test_a_text_that_is_not_valid_stays_invalid(client: httpx.AsyncClient, calls: Counter[str]) -> None:
    answers = [await graphql(client, "{ accounts { accountId nope } }") for _ in range(3)]

    messages = [error["message"] for answer in answers for error in answer["errors"]]
    assert messages == ["Cannot query field 'nope' on type 'Account'."] * 3
    assert ["data" in answer for answer in answers] == [False] * 3
    assert calls == {"parse": 3, "validate": 3}


async def test_one_field_that_finds_nothing_leaves_the_others_alone(client: httpx.AsyncClient) -> None:
    query = f'{{ ours: post(id: "{SCHEDULED}") {{ version }} theirs: post(id: "nonsense") {{ version }} }}'

    assert await graphql(client, query) == {"data": {"ours": {"version": 1}, "theirs": None}}
