"""What strangers, scanners and greedy clients find at the GraphQL endpoint in production, and what it refuses anywhere.

The first table holds the twelve checks of graphql-cop, a scanner that others are measured with: what it sends, and what
it takes for a finding. Some of them find something where REDRAFT_PRODUCTION is not set, and are meant to: whoever
develops a client wants to look around.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pytest
from graphql import get_introspection_query, parse

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.repositories.database import Database
from resolvers.operations import preparing
from tests.conftest import serving
from tests.support.clock import Clock
from tests.support.edges import dump, graphql, without_cost

CHANGE: Final = f'changed: updatePost(id: "{DRAFT}", input: {{content: "Changed"}}) {{ __typename }}'
"""A field that would leave a trace, were it executed."""


@pytest.fixture
async def hardened(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(database_url, clock, production=True) as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        yield client


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """requests: what is sent. finds: whether an answer is a finding. meant: why the open server answers, if it does."""

    requests: tuple[dict[str, Any], ...]
    finds: Callable[[httpx.Response], bool]
    meant: str = ""


def _post(query: str, **more: Any) -> dict[str, Any]:
    return {"method": "POST", "url": "/graphql", "json": {"query": query}, **more}


def _data(response: httpx.Response) -> Any:
    answer = response.json()
    return answer.get("data") if isinstance(answer, dict) else None


def _errors(response: httpx.Response) -> list[Any]:
    answer = response.json()
    return answer.get("errors", []) if isinstance(answer, dict) else []


def _has_data(response: httpx.Response) -> bool:
    return bool(_data(response))


def _suggests(response: httpx.Response) -> bool:
    return "did you mean" in response.text.lower()


def _is_page(response: httpx.Response) -> bool:
    is_named = any(word in response.text.lower() for word in ("graphiql", "playground"))
    return response.headers["Content-Type"].startswith("text/html") or is_named


def _shows_internals(response: httpx.Response) -> bool:
    return any(word in response.text.lower() for word in ("tracing", "ftv1", "exception", "stacktrace", "traceback"))


CHECKS: Final = {
    "field suggestions": Check(
        requests=(_post("query cop { __schema { directive } }"), _post("query cop { account { accountId } }")),
        finds=_suggests,
        meant="a mistyped name is corrected at once",
    ),
    "introspection": Check(
        requests=(
            _post("query cop { __schema { types { name fields { name } } } }"),
            _post('query cop { a: __type(name: "Post") { fields { name } } }'),
            _post(get_introspection_query()),
        ),
        finds=_has_data,
        meant="explorers, editors and generators of clients read the schema",
    ),
    "an IDE's page": Check(
        requests=tuple(
            {"method": "GET", "url": path, "headers": {"Accept": accept}}
            for path in ("/graphql", "/graphiql", "/playground", "/console")
            for accept in ("text/html", "text/html,*/*;q=0.8")
        ),
        finds=_is_page,
        meant="the explorer is the first thing that a README can show",
    ),
    "queries over GET": Check(
        requests=({"method": "GET", "url": "/graphql", "params": {"query": "query cop { __typename }"}},),
        finds=_has_data,
        meant="it changes nothing, and no browser adds the key by itself",
    ),
    "101 aliases": Check(
        requests=(_post("query cop { " + " ".join(f"alias{n}: __typename" for n in range(101)) + " }"),),
        finds=_has_data,
    ),
    "a batch of ten in a list": Check(
        requests=(
            {"method": "POST", "url": "/graphql", "json": [{"query": "query cop { __typename }"}] * 10},
            {"method": "POST", "url": "/graphql", "json": [{"query": "query cop { __typename }"}]},
        ),
        finds=lambda response: isinstance(response.json(), list) or _has_data(response),
    ),
    "tracing": Check(
        requests=(
            _post("query cop { __typename }"),
            _post("query cop { __typename }", headers={"Apollo-Federation-Include-Trace": "ftv1"}),
            _post("query cop { __typename }", headers={"Apollo-Tracing": "1", "X-Apollo-Tracing": "1"}),
        ),
        finds=_shows_internals,
    ),
    "ten directives that there are not": Check(
        requests=(_post("query cop { __typename " + "@aa" * 10 + " }"),),
        finds=lambda response: len(_errors(response)) >= 10 or _has_data(response),
    ),
    "introspection in circles": Check(
        requests=(_post("query cop { __schema { types { " + "fields { type { " * 4 + "name" + " } }" * 4 + " } } }"),),
        finds=_has_data,
    ),
    "mutations over GET": Check(
        requests=(
            {"method": "GET", "url": "/graphql", "params": {"query": "mutation cop { __typename }"}},
            {"method": "GET", "url": "/graphql", "params": {"query": f"mutation cop {{ {CHANGE} }}"}},
        ),
        finds=_has_data,
    ),
    "a form instead of JSON": Check(
        requests=(
            {"method": "POST", "url": "/graphql", "data": {"query": f"mutation cop {{ {CHANGE} }}"}},
            {"method": "POST", "url": "/graphql", "params": {"query": f"mutation cop {{ {CHANGE} }}"}},
        ),
        finds=_has_data,
    ),
    "errors that nobody handled": Check(
        requests=(_post("qwerty cop { abc }"), _post("query cop { abc }"), _post("")),
        finds=lambda response: response.status_code >= 500 or _shows_internals(response),
    ),
}


async def _findings(client: httpx.AsyncClient) -> set[str]:
    found = set()
    for name, check in CHECKS.items():
        for request in check.requests:
            if check.finds(await client.request(**request)):
                found.add(name)
    return found


def test_there_are_twelve_checks() -> None:
    assert len(CHECKS) == 12


async def test_in_production_no_check_finds_anything(hardened: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    assert await _findings(hardened) == set()

    # They were refused, and not for want of a server that answers.
    assert await graphql(hardened, "query cop { __typename }") == {"data": {"__typename": "Query"}}
    assert await dump(database) == before


async def test_without_a_key_no_check_finds_anything_in_production(hardened: httpx.AsyncClient) -> None:
    del hardened.headers["Authorization"]

    assert await _findings(hardened) == set()


async def test_otherwise_those_find_something_that_are_meant_to(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)

    assert await _findings(client) == {name for name, check in CHECKS.items() if check.meant}
    assert await dump(database) == before


@pytest.mark.parametrize(
    "query",
    [
        "{ __schema { queryType { name } } }",
        '{ x: __type(name: "Post") { name } }',
        "{ accounts { accountId } ... { ... on Query { __schema { queryType { name } } } } }",
        "{ ...A } fragment A on Query { ...B } fragment B on Query { __schema { queryType { name } } }",
        "query ($no: Boolean! = false) { __typename __schema @include(if: $no) { queryType { name } } }",
        "query One { __typename } query Two { __schema { queryType { name } } }",
    ],
    ids=["plain", "aliased", "inline", "in a fragment's fragment", "left out", "in another operation"],
)
async def test_the_schema_cannot_be_asked_for_in_any_way(query: str, hardened: httpx.AsyncClient) -> None:
    for headers in ({}, {"Accept": "text/event-stream"}):
        asked = {"query": query, "operationName": "One" if "One" in query else None}
        response = await hardened.post("/graphql", json=asked, headers=headers)

        assert "This server does not show its schema." in response.text
        assert "queryType" not in response.text
        assert '"data":{' not in response.text


@pytest.mark.parametrize("compiled", [True, False], ids=["compiled", "not compiled"])
async def test_no_mistake_is_answered_with_names_of_the_schema(
    compiled: bool, database_url: str, clock: Clock, demo: str
) -> None:
    update = "mutation ($input: UpdatePostInput!) { updatePost(id: 1, input: $input) { __typename } }"
    mistakes: list[tuple[str, dict[str, Any]]] = [
        ("{ account { accountId } }", {}),
        ("{ accounts { accountIds } }", {}),
        ("{ posts(frist: 1) { totalCount } }", {}),
        ("{ posts(filter: {serch: 1}) { totalCount } }", {}),
        ("{ posts(filter: {status: [DRAFTS]}) { totalCount } }", {}),
        ("query ($input: UpdatePostInputs) { __typename }", {}),
        ("{ ... on Queri { __typename } }", {}),
        (update, {"input": {"contents": "x"}}),
        ("query ($status: [PostStatus!]) { posts(filter: {status: $status}) { totalCount } }", {"status": ["DRAFTS"]}),
    ]
    for production in (True, False):
        settings = {"production": production, "compiled": compiled}
        async with serving(database_url, clock, **settings) as (_, client):
            client.headers["Authorization"] = f"Bearer {demo}"
            for query, variables in mistakes:
                response = await client.post("/graphql", json={"query": query, "variables": variables})

                assert response.json()["errors"] != []
                assert _suggests(response) is not production, (production, query, response.text)


async def test_the_explorers_files_are_not_served_in_production(hardened: httpx.AsyncClient) -> None:
    for path in ("/graphql/assets/main.js", "/graphql/assets/", "/graphql/"):
        assert (await hardened.get(path)).status_code == 404


ABUSES: Final = {
    "10,000 aliases": (
        "mutation { " + CHANGE + " " + " ".join(f"a{n}: __typename" for n in range(10_000)) + " }",
        "The document has 30,021 tokens; 5,000 are allowed.",
    ),
    "1,600 aliases": (
        "mutation { " + CHANGE + " " + " ".join(f"a{n}: __typename" for n in range(1_600)) + " }",
        "The operation has 1,601 root fields; 50 are allowed.",
    ),
    "5,000 directives": (
        "mutation { " + CHANGE + " __typename " + "@include(if: true) " * 5_000 + "}",
        "The document has 35,022 tokens; 5,000 are allowed.",
    ),
    "2,400 directives that there are not": (
        "mutation { " + CHANGE + " __typename " + "@aa" * 2_400 + "}",
        "A location has 2,400 directives; 10 are allowed.",
    ),
    "a name of 200,000 characters": (
        "mutation { " + CHANGE + " " + "a" * 200_000 + " }",
        "A name has 200,000 characters; 200 are allowed.",
    ),
    "fragments that double and double": (
        "mutation { "
        + CHANGE
        + " ...F0 } "
        + " ".join(f"fragment F{n} on Mutation {{ ...F{n + 1} ...F{n + 1} }}" for n in range(60))
        + " fragment F60 on Mutation { __typename }",
        "The operation has more than 1,000,000,000 root fields; 50 are allowed.",
    ),
    "fragments 90 deep": (
        "mutation { "
        + CHANGE
        + " ...F0 } "
        + " ".join(f"fragment F{n} on Mutation {{ ...F{n + 1} }}" for n in range(90))
        + " fragment F90 on Mutation { __typename }",
        "The operation has 92 selections within each other; 50 are allowed.",
    ),
    "fragments 10,000 deep": (
        "mutation { "
        + CHANGE
        + " ...F0 } "
        + "".join(f"fragment F{n} on Mutation{{...F{n + 1}}}" for n in range(10_000))
        + "fragment F10000 on Mutation{__typename}",
        "The document has 357,950 characters; 250,000 are allowed.",
    ),
    "100,000 brackets": (
        "mutation { " + CHANGE + " " + "{" * 100_000,
        "The document has 100,020 tokens; 5,000 are allowed.",
    ),
    "4,000 brackets": (
        "mutation { " + CHANGE + ' x: updatePost(id: "1", input: {content: ' + "[" * 4_000,
        "The document has 4,003 brackets within each other; 50 are allowed.",
    ),
    "4,000 fields of one name": (
        "mutation { " + CHANGE + " " + "__typename " * 4_000 + "}",
        "The document has 4,002 fields and spreads; 3,000 are allowed.",
    ),
    "a comment of a megabyte": (
        "mutation { " + CHANGE + " } #" + "x" * 1_000_000,
        "The document has 1,000,122 characters; 250,000 are allowed.",
    ),
    "a number of 100,000 digits": (
        "mutation { " + CHANGE + " x: updatePost(id: " + "9" * 100_000 + ", input: {}) { __typename } }",
        "A number has 100,000 digits; 4,000 are allowed.",
    ),
}
"""A document, and the message that it is refused with."""


@pytest.mark.parametrize("name", ABUSES)
async def test_what_is_made_to_take_long_is_refused_with_its_number_and_nothing_of_it_is_executed(
    name: str, client: httpx.AsyncClient, database: Database
) -> None:
    query, message = ABUSES[name]
    before = await dump(database)

    answer = await graphql(client, query)

    assert "data" not in answer
    assert [(error["message"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (message, "OPERATION_TOO_LARGE")
    ]
    assert await dump(database) == before


async def test_a_name_of_three_megabytes_is_not_even_read_and_where_it_is_read_it_is_too_long(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    body = json.dumps({"query": f"mutation {{ {CHANGE} {'a' * 3_000_000} }}"}).encode()
    headers = {"Authorization": f"Bearer {demo}", "Content-Type": "application/json"}
    before = await dump(database)

    async with serving(database_url, clock) as (_, client):
        unread = await client.post("/graphql", content=body, headers=headers)
    async with serving(database_url, clock, body_limit=4 * 1024 * 1024) as (_, client):
        read = await client.post("/graphql", content=body, headers=headers)

    assert (unread.status_code, unread.json()["errors"][0]["message"]) == (
        413,
        "The body is larger than 1048576 bytes.",
    )
    assert read.json()["errors"][0]["message"] == "The document has 3,000,121 characters; 250,000 are allowed."
    assert await dump(database) == before


async def test_many_mistakes_are_told_of_up_to_twenty_of_them(client: httpx.AsyncClient) -> None:
    unknown = await graphql(client, "{ accounts { " + " ".join(f"nope{n}" for n in range(2_000)) + " } }")
    inputs = [{"id": str(SCHEDULED), "input": {"content": n}} for n in range(50)]
    coerced = await graphql(
        client, "mutation ($all: [PostChange!]!) { updatePosts(changes: $all) { __typename } }", all=inputs
    )

    for answer in (unknown, coerced):
        assert len(answer["errors"]) == 20
        assert "data" not in answer


async def test_every_step_of_preparing_is_done_on_another_thread_than_the_one_that_answers(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[tuple[str, str]] = []
    steps = ("check_text", "parse", "check_document", "validate", "cost_of", "compile_operation")

    def noting(step: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*args: Any, **options: Any) -> Any:
            threads.append((step, threading.current_thread().name))
            return call(*args, **options)

        return noted

    for step in steps:
        monkeypatch.setattr(preparing, step, noting(step, getattr(preparing, step)))

    await graphql(client, f'{{ post(id: "{SCHEDULED}") {{ version }} }}')

    assert threads == [(step, "operations_0") for step in steps]
    assert threading.current_thread().name != "operations_0"


async def test_while_a_document_is_prepared_others_are_answered(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, let_go = threading.Event(), threading.Event()

    def held(text: str) -> Any:
        begun.set()
        assert let_go.wait(timeout=30)
        return parse(text)

    known = "{ __typename }"
    await graphql(client, known)
    monkeypatch.setattr(preparing, "parse", held)
    new = asyncio.create_task(client.post("/graphql", json={"query": "{ new: __typename }"}))
    assert await asyncio.to_thread(begun.wait, 30)

    for _ in range(3):
        assert await graphql(client, known) == {"data": {"__typename": "Query"}}
        assert (await client.get(f"/v1/posts/{SCHEDULED}")).status_code == 200
    assert not new.done()

    let_go.set()
    assert without_cost(await new) == {"data": {"new": "Query"}}


async def test_fragments_that_double_are_looked_into_once(client: httpx.AsyncClient) -> None:
    """What is selected is asked for while the operation is executed, too. Forty doublings would never end."""
    doubled = " ".join(f"fragment F{n} on PostConnection {{ ...F{n + 1} ...F{n + 1} }}" for n in range(40))
    last = "fragment F40 on PostConnection { __typename }"

    answer = await graphql(client, f"{{ posts(first: 1) {{ ...F0 }} }} {doubled} {last}")

    assert answer == {"data": {"posts": {"__typename": "PostConnection"}}}
