"""An operation that takes too long is answered; what it had begun to write is written all the same."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

import httpx
import pytest

from app.commands.fill_demo import DRAFT, SCHEDULED
from app.repositories.database import Database
from tests.conftest import serving
from tests.support.clock import Clock
from tests.support.edges import UPDATE_POST, dump, graphql, stored_post, without_cost

JSON: Final = "application/json"
GRAPHQL: Final = "application/graphql-response+json"
AT_ONCE: Final = 0.05
"""Seconds; nothing waits for longer than this in these tests, but to be let go."""

# None of these is brief: those on SQLite are done before anybody could lose patience.
ACCOUNTS: Final = "{ accounts { accountId } }"
CHANGE: Final = f'updatePosts(changes: [{{id: "{SCHEDULED}", input: {{content: "New"}}}}]) {{ __typename }}'


class HeldClock(Clock):
    """A clock on which units of work wait. They ask it for the time, on threads of their own, before anything else."""

    def __init__(self) -> None:
        super().__init__()
        self._loop_thread = threading.get_ident()
        self.let_go = threading.Event()
        self.let_go.set()

    def __call__(self) -> Any:
        if threading.get_ident() != self._loop_thread:
            assert self.let_go.wait(timeout=30)
        return super().__call__()


@pytest.fixture
def clock() -> HeldClock:
    return HeldClock()


@pytest.fixture(params=[True, False], ids=["compiled", "not compiled"])
def compiled(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@asynccontextmanager
async def held(database_url: str, clock: HeldClock, key: str, **settings: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A client of a server whose units of work wait. They are let go at the end, and waited for."""
    async with serving(database_url, clock, **settings) as (_, client):
        client.headers["Authorization"] = f"Bearer {key}"
        clock.let_go.clear()
        try:
            yield client
        finally:
            clock.let_go.set()


def timeout_in(response: httpx.Response) -> str:
    """The message of the one error."""
    assert response.status_code == 504, response.text
    assert set(response.json()) == {"errors"}
    [error] = response.json()["errors"]
    assert error["extensions"] == {"code": "TIMEOUT", "requestId": response.headers["X-Request-Id"]}
    message: str = error["message"]
    return message


async def test_a_query_that_takes_too_long_is_not_waited_for(
    compiled: bool, database_url: str, clock: HeldClock, demo: str
) -> None:
    async with held(database_url, clock, demo, compiled=compiled, query_timeout=AT_ONCE) as client:
        for accept in (JSON, GRAPHQL):
            response = await client.post("/graphql", json={"query": ACCOUNTS}, headers={"Accept": accept})

            assert response.headers["Content-Type"].partition(";")[0] == accept
            message = timeout_in(response)
            assert message == "The query was not answered within 0.05 seconds. Ask for less, or again later."
        over_get = await client.get("/graphql", params={"query": ACCOUNTS})
        assert timeout_in(over_get) == message
        # a mutation has more time, and what needs no time is answered meanwhile
        assert await graphql(client, "mutation { __typename }") == {"data": {"__typename": "Mutation"}}
        assert await graphql(client, "{ __typename }") == {"data": {"__typename": "Query"}}


async def test_a_mutation_that_takes_too_long_is_done_all_the_same_and_the_answer_says_that_it_may_be(
    compiled: bool, database_url: str, clock: HeldClock, demo: str, database: Database
) -> None:
    body = {"query": f"mutation {{ {CHANGE} }}"}
    async with held(database_url, clock, demo, compiled=compiled, mutation_timeout=AT_ONCE) as client:
        response = await client.post("/graphql", json=body)

        assert timeout_in(response) == (
            "The mutation was not answered within 0.05 seconds. The field that had begun is finished, and "
            "those after it are not begun: read before you repeat it, or repeat it under its Idempotency-Key, which "
            "goes on where it ended."
        )
        assert (await stored_post(database, SCHEDULED)).version == 1

    post = await stored_post(database, SCHEDULED)
    assert (post.content, post.version) == ("New", 2)


async def test_a_mutation_that_took_too_long_can_be_repeated_under_its_key(
    compiled: bool, database_url: str, clock: HeldClock, demo: str, database: Database
) -> None:
    body = {"query": UPDATE_POST, "variables": {"id": str(SCHEDULED), "input": {"content": "New"}}}
    key = {"Idempotency-Key": "once"}
    async with held(database_url, clock, demo, compiled=compiled, mutation_timeout=AT_ONCE) as client:
        for _ in range(2):  # the second waits for the first, which is still under way
            timeout_in(await client.post("/graphql", json=body, headers=key))
    assert (await stored_post(database, SCHEDULED)).version == 2
    after = await dump(database)
    assert len(after["idempotency_keys"]) == 1

    async with serving(database_url, clock) as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        repeated = await client.post("/graphql", json=body, headers=key)

    assert without_cost(repeated)["data"]["updatePost"]["post"]["version"] == 2
    assert await dump(database) == after


async def test_what_comes_after_the_time_is_up_is_not_begun(
    compiled: bool, database_url: str, clock: HeldClock, demo: str, database: Database
) -> None:
    query = f"""mutation {{
      first: {CHANGE}
      second: updatePost(id: "{DRAFT}", input: {{content: "New"}}) {{ __typename }}
    }}"""
    async with held(database_url, clock, demo, compiled=compiled, mutation_timeout=AT_ONCE) as client:
        timeout_in(await client.post("/graphql", json={"query": query}))

    assert [(await stored_post(database, id)).version for id in (SCHEDULED, DRAFT)] == [2, 1]


async def test_a_stream_tells_of_it_as_its_one_event(database_url: str, clock: HeldClock, demo: str) -> None:
    async with held(database_url, clock, demo, query_timeout=AT_ONCE) as client:
        response = await client.post("/graphql", json={"query": ACCOUNTS}, headers={"Accept": "text/event-stream"})

    assert response.status_code == 200
    assert response.text.count("event: next") == response.text.count("event: complete") == 1
    assert '"code":"TIMEOUT"' in response.text
    assert "The query was not answered within 0.05 seconds." in response.text
