"""GraphQL over HTTP, as its specification has it: methods, media types, statuses; and what is asked in other ways."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.domain.api_key import Scope
from app.repositories.database import Database
from tests.conftest import key_with, serving
from tests.support.clock import Clock
from tests.support.edges import dump, without_cost

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
USUAL: Final = {"audit": JSON, "draft": GRAPHQL}
"""What is answered to whoever does not mind."""

CHANGE: Final = f'mutation {{ updatePost(id: "{DRAFT}", input: {{content: "x"}}) {{ __typename }} }}'
TWO: Final = "query One { __typename } query Two { __typename }"
PARTIAL: Final = f'{{ __typename post(id: "{DRAFT}") {{ revisions(after: "nonsense") {{ totalCount }} }} }}'
FAILED: Final = "{ __typename posts(first: -1) { totalCount } }"
COERCED: Final = "query ($first: Int!) { posts(first: $first) { totalCount } }"


@pytest.fixture(params=["audit", "draft"])
def statuses(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    """With no Accept header of its own."""
    async with serving(database_url, clock) as (_, client):
        yield _with_key(client, demo)


@pytest.fixture
async def told(statuses: str, database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server whose statuses are those."""
    async with serving(database_url, clock, graphql_statuses=statuses) as (_, client):
        yield _with_key(client, demo)


def _with_key(client: httpx.AsyncClient, key: str) -> httpx.AsyncClient:
    del client.headers["Accept"]
    client.headers["Authorization"] = f"Bearer {key}"
    return client


def errors_of(response: httpx.Response) -> list[tuple[str, str]]:
    """Message and code of every error; each must hold the request's id."""
    errors = response.json()["errors"]
    assert {error["extensions"]["requestId"] for error in errors} == {response.headers["X-Request-Id"]}
    return [(error["message"], error["extensions"]["code"]) for error in errors]


def refusal_in(response: httpx.Response, status: int) -> tuple[str, str]:
    """Message and code of the one error of a request of which nothing was executed."""
    assert response.status_code == status, response.text
    assert set(response.json()) == {"errors"}
    [error] = errors_of(response)
    return error


def type_of(response: httpx.Response) -> str:
    return response.headers["Content-Type"].partition(";")[0]


async def test_the_answer_has_the_type_that_the_client_likes_best(statuses: str, told: httpx.AsyncClient) -> None:
    usual = USUAL[statuses]
    for accept, expected in (
        (None, usual),
        ("", usual),
        ("*/*", usual),
        ("application/*", usual),
        (f"{JSON}, */*", JSON),
        (f"{GRAPHQL}, */*", GRAPHQL),
        (JSON, JSON),
        (GRAPHQL, GRAPHQL),
        (GRAPHQL.upper(), GRAPHQL),
        (f"{GRAPHQL}; charset=utf-8, {JSON}; charset=utf-8", GRAPHQL),
        (f"{JSON}, {GRAPHQL}", JSON),
        (f"{JSON}; q=0.8, {GRAPHQL}; q=0.9", GRAPHQL),
        (f"{JSON};q=0.9,{GRAPHQL};q=0.8", JSON),
        (f"{JSON};Q=0.1, {GRAPHQL}", GRAPHQL),
        (f"text/html, {JSON};q=0.2, */*;q=0.1", JSON),
        (f"text/html, {JSON};q=0.1, */*;q=0.2", GRAPHQL),
        (f"{JSON};q=0, */*", GRAPHQL),
        (f"{GRAPHQL};q=0, application/*", JSON),
        ("text/html, application/xhtml+xml, */*;q=0.1", usual),
        (f"nonsense, {GRAPHQL}", GRAPHQL),
        (f"{JSON};q=much, {GRAPHQL};q=0.1", GRAPHQL),
        (", ".join([f"text/x{number}" for number in range(50)] + [GRAPHQL]), GRAPHQL),
    ):
        headers = {} if accept is None else {"Accept": accept}

        response = await told.post("/graphql", json={"query": "{ __typename }"}, headers=headers)

        assert (response.status_code, type_of(response)) == (200, expected), accept
        assert without_cost(response) == {"data": {"__typename": "Query"}}
    assert response.headers["Content-Type"] == f"{GRAPHQL}; charset=utf-8"


async def test_an_accept_header_may_be_sent_in_several_lines(client: httpx.AsyncClient) -> None:
    accept = [("Accept", "text/html"), ("Accept", GRAPHQL)]

    response = await client.post("/graphql", json={"query": "{ __typename }"}, headers=accept)

    assert (response.status_code, type_of(response)) == (200, GRAPHQL)


async def test_whoever_takes_neither_type_is_refused_before_anything_is_read(
    statuses: str, told: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)

    for accept in ("text/html", "text/*", "image/png, application/xml", f"{JSON};q=0", "*/*;q=0", "nonsense"):
        for body in ({"json": {"query": CHANGE}}, {"content": b"nonsense"}):
            response = await told.post("/graphql", headers={"Accept": accept}, **body)

            assert refusal_in(response, 406) == (f"Answers are {GRAPHQL} or {JSON}.", "BAD_REQUEST"), accept
            assert type_of(response) == USUAL[statuses]
    assert await dump(database) == before


NOT_EXECUTED: Final = {
    "no GraphQL": ({"query": "{"}, 200, 400, 400),
    "unknown field": ({"query": "{ nope }"}, 200, 400, 422),
    "too many tokens": ({"query": "{ " + "__typename " * 5_000 + "}"}, 200, 400, 422),
    "too many aliases": ({"query": "{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }"}, 200, 400, 422),
    "too costly": ({"query": "{ webhooks { deliveries(first: 100) { " + "id " * 12 + "} } }"}, 200, 400, 422),
    "a variable of another type": ({"query": COERCED, "variables": {"first": "x"}}, 200, 400, 422),
    "a variable that is missing": ({"query": COERCED}, 200, 400, 422),
    "several operations": ({"query": TWO}, 400, 400, 422),
    "an unknown operation": ({"query": TWO, "operationName": "Three"}, 400, 400, 422),
    "variables in a list": ({"query": COERCED, "variables": [5]}, 400, 400, 422),
    "a query in a list": ({"query": ["{ __typename }"]}, 400, 400, 422),
    "nothing asked": ({}, 400, 400, 400),
    "a list": ([], 400, 400, 400),
}
"""A body, and the status it is answered with: as JSON; as GRAPHQL, to the audit's liking; as GRAPHQL, by the draft."""


@pytest.mark.parametrize("name", NOT_EXECUTED)
async def test_the_status_of_what_is_not_executed_depends_on_the_type(
    name: str, statuses: str, told: httpx.AsyncClient, database: Database
) -> None:
    body, as_json, audit, draft = NOT_EXECUTED[name]
    before = await dump(database)

    for accept, status in ((JSON, as_json), (GRAPHQL, audit if statuses == "audit" else draft)):
        response = await told.post("/graphql", json=body, headers={"Accept": accept})

        assert (response.status_code, type_of(response)) == (status, accept)
        assert set(response.json()) == {"errors"}
        assert errors_of(response) != []
    assert await dump(database) == before


@pytest.mark.parametrize(
    ("query", "data"),
    [(PARTIAL, {"__typename": "Query", "post": None}), (FAILED, None)],
    ids=["partial", "null"],
)
async def test_an_answer_with_errors_beside_its_data_has_a_status_of_its_own_in_the_draft(
    query: str, data: object, statuses: str, told: httpx.AsyncClient
) -> None:
    for accept, status in ((JSON, 200), (GRAPHQL, 200 if statuses == "audit" else 294)):
        response = await told.post("/graphql", json={"query": query}, headers={"Accept": accept})

        assert (response.status_code, type_of(response)) == (status, accept)
        assert without_cost(response)["data"] == data
        assert [code for _, code in errors_of(response)] == ["BAD_USER_INPUT"]


async def test_what_concerns_the_request_has_the_same_status_in_every_type(
    statuses: str, told: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    reader = {"Authorization": f"Bearer {await key_with(database, clock, Scope.READ)}"}
    before = await dump(database)

    for accept in (JSON, GRAPHQL):
        stranger = await told.post(
            "/graphql", json={"query": CHANGE}, headers={"Accept": accept, "Authorization": "Bearer nonsense"}
        )
        forbidden = await told.post("/graphql", json={"query": CHANGE}, headers={"Accept": accept, **reader})

        assert refusal_in(stranger, 401)[1] == "UNAUTHENTICATED"
        assert stranger.headers["WWW-Authenticate"] == "Bearer"
        assert (forbidden.status_code, without_cost(forbidden)["data"]) == (403, None)
        assert errors_of(forbidden) == [("This API key lacks the scope write.", "FORBIDDEN")]
        assert {type_of(stranger), type_of(forbidden)} == {accept}
    assert await dump(database) == before


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY"])
@pytest.mark.parametrize(("production", "allow"), [(False, "GET, POST"), (True, "POST")])
async def test_other_methods_are_refused_with_those_that_there_are(
    method: str, production: bool, allow: str, database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    before = await dump(database)

    async with serving(database_url, clock, production=production) as (_, client):
        _with_key(client, demo)
        response = await client.request(method, "/graphql", json={"query": CHANGE}, params={"query": CHANGE})

    assert (response.status_code, response.headers["Allow"]) == (405, allow)
    assert "Access-Control-Allow-Origin" not in response.headers
    assert await dump(database) == before


async def test_a_mutation_is_not_done_over_get(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    named = f"query Ask {{ __typename }} mutation Change {CHANGE.removeprefix('mutation')}"

    for parameters in ({"query": CHANGE}, {"query": named, "operationName": "Change"}):
        for accept in (JSON, GRAPHQL):
            response = await client.get("/graphql", params=parameters, headers={"Accept": accept})

            assert refusal_in(response, 405) == ("Send mutations with POST.", "BAD_REQUEST")
            assert response.headers["Allow"] == "POST"
    assert await dump(database) == before
    asked = await client.get("/graphql", params={"query": named, "operationName": "Ask"})
    assert without_cost(asked) == {"data": {"__typename": "Query"}}


async def test_a_query_can_be_asked_in_the_address(client: httpx.AsyncClient) -> None:
    named = "query One { __typename } query Two($id: ID!) { post(id: $id) { version } }"
    of_two = {"query": named, "operationName": "Two", "variables": json.dumps({"id": str(SCHEDULED)})}
    unnamed = {"query": "{ __typename }", "operationName": "", "variables": "", "extensions": "null"}

    for parameters, data in (
        (of_two, {"post": {"version": 1}}),
        ({**of_two, "extensions": '{"some": "value"}', "unknown": "1"}, {"post": {"version": 1}}),
        (unnamed, {"__typename": "Query"}),
        ({"query": "query null { __typename }", "operationName": "null"}, {"__typename": "Query"}),
    ):
        response = await client.get("/graphql", params=parameters)

        assert (response.status_code, without_cost(response)) == (200, {"data": data})


async def test_an_address_that_asks_for_nothing_that_can_be_read_is_refused(client: httpx.AsyncClient) -> None:
    for parameters, message in (
        ({"query": COERCED, "variables": "{"}, "variables is not valid JSON in UTF-8."),
        ({"query": COERCED, "variables": "[5]"}, "variables must be a JSON object."),
        ({"query": COERCED, "variables": '"{}"'}, "variables must be a JSON object."),
        ({"query": COERCED, "extensions": "5"}, "extensions must be a JSON object."),
        ({"query": TWO, "operationName": "null"}, 'Unknown operation named "null".'),
        ({"query": ""}, "No GraphQL query found in the request"),
        ({}, "No GraphQL query found in the request"),
    ):
        response = await client.get("/graphql", params=parameters)

        assert refusal_in(response, 400) == (message, "BAD_REQUEST")


async def test_only_json_is_read(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    asked = json.dumps({"query": CHANGE}).encode()

    for content_type in ("text/plain", "application/graphql", "application/xml", GRAPHQL, "application/json5", ""):
        response = await client.post("/graphql", content=asked, headers={"Content-Type": content_type})

        message = "Send the body as Content-Type: application/json."
        assert refusal_in(response, 415) == (message, "BAD_REQUEST"), content_type
    assert await dump(database) == before

    for content_type in ("application/json; charset=utf-8", "Application/JSON;charset=UTF-8"):
        response = await client.post(
            "/graphql",
            content='{"query": "{ __type(name: \\"Zürich 🏊\\") { name } }"}'.encode(),
            headers={"Content-Type": content_type},
        )
        assert without_cost(response) == {"data": {"__type": None}}


async def test_a_page_of_another_site_changes_nothing(client: httpx.AsyncClient, database: Database) -> None:
    """What a page can send without asking first, by the Fetch standard: three content types, and no key."""
    before = await dump(database)
    asked = json.dumps({"query": CHANGE})
    operations = {"operations": (None, asked), "map": (None, "{}")}
    bodies: list[dict[str, Any]] = [
        {"content": asked.encode(), "headers": {"Content-Type": "text/plain"}},
        {"content": asked.encode(), "headers": {"Content-Type": "text/plain; charset=application/json"}},
        {"content": asked.encode()},
        {"data": {"query": CHANGE}},
        {"files": operations},
        {"files": {"query": (None, CHANGE)}},
        {"params": {"query": CHANGE}},
    ]
    key = client.headers.pop("Authorization")
    page = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}

    for body in bodies:
        stranger = await client.post("/graphql", **{**body, "headers": {**page, **body.get("headers", {})}})
        let_in = await client.post("/graphql", **{**body, "headers": {"Authorization": key, **body.get("headers", {})}})
        assert (stranger.status_code, let_in.status_code) == (401, 415), body
    as_json = await client.post("/graphql", json={"query": CHANGE}, headers={**page, "Cookie": f"key={key}"})
    over_get = await client.get("/graphql", params={"query": CHANGE}, headers=page)

    assert (as_json.status_code, over_get.status_code) == (401, 401)
    assert await dump(database) == before
    assert (await client.post("/graphql", json={"query": CHANGE}, headers={"Authorization": key})).status_code == 200


async def test_a_body_may_be_as_large_as_is_set_on_every_edge(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    def padded(length: int) -> bytes:
        return json.dumps({"query": CHANGE}).encode().ljust(length)

    async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
        yield body[:1000]
        yield body[1000:]

    async with serving(database_url, clock, body_limit=2048) as (_, client):
        _with_key(client, demo)
        client.headers["Content-Type"] = JSON
        before = await dump(database)
        for body in (padded(2049), in_pieces(padded(2049))):
            response = await client.post("/graphql", content=body)
            assert refusal_in(response, 413) == ("The body is larger than 2048 bytes.", "BAD_REQUEST")
        assert (await client.patch(f"/v1/posts/{DRAFT}", content=padded(2049))).status_code == 413
        assert await dump(database) == before

        for body in (padded(2048), in_pieces(padded(2048))):
            response = await client.post("/graphql", content=body)
            assert without_cost(response) == {"data": {"updatePost": {"__typename": "UpdatePostSuccess"}}}


async def test_a_subscription_is_told_where_it_can_be_had(client: httpx.AsyncClient) -> None:
    query = "subscription { postChanged { cursor } }"

    for response in (
        await client.post("/graphql", json={"query": query}),
        await client.get("/graphql", params={"query": query}),
    ):
        message, _ = refusal_in(response, 406)
        assert message.startswith("Send subscriptions with Accept: text/event-stream")


async def test_an_answer_that_is_kept_from_a_key_that_asks_too_often_is_one_of_graphql(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    before = await dump(database)
    async with serving(database_url, clock, rate_limit="1/hour") as (_, client):
        _with_key(client, demo)
        first = await client.post("/graphql", json={"query": "{ nope }"}, headers={"Accept": GRAPHQL})
        assert (first.status_code, first.headers["X-RateLimit-Remaining"]) == (400, "0")

        for accept in (JSON, GRAPHQL):
            response = await client.post("/graphql", json={"query": CHANGE}, headers={"Accept": accept})

            message, code = refusal_in(response, 429)
            assert (message, code) == (
                f"Too many requests. Try again in {response.headers['Retry-After']} s.",
                "RATE_LIMITED",
            )
            assert type_of(response) == accept
            assert response.headers["X-RateLimit-Remaining"] == "0"
    assert await dump(database) == before
