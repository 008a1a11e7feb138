"""Clients that others keep follow posts: graphql-ws and graphql-sse from npm, gql from PyPI."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal
from uuid import uuid4

import httpx
import pytest
from gql import Client, GraphQLRequest
from gql.transport.websockets import WebsocketsTransport

from app.commands.fill_demo import DRAFT, SCHEDULED
from tests.support.server import Server
from tests.support.streams import FOLLOW, change, newest

SOURCES: Final = Path(__file__).parent / "subscriptions"


@pytest.fixture(params=["ws", "sse"])
def transport(request: pytest.FixtureRequest) -> Literal["ws", "sse"]:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the tests of the clients from npm")
    assert (SOURCES / "node_modules").exists(), "the clients are not installed: run scripts/setup_clients"
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
async def client(server: Server) -> Any:
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=30) as client:
        yield client


class Follower:
    """A process that follows with a client from npm, and prints a JSON line for everything it is told."""

    def __init__(self, transport: str, server: Server, *, key: str | None = None, count: int, **variables: Any) -> None:
        arguments = [transport, server.address, key or server.key, json.dumps(variables), str(count)]
        self.process = subprocess.Popen(["node", SOURCES / "follow.mjs", *arguments], stdout=subprocess.PIPE, text=True)

    def __iter__(self) -> Iterator[Any]:
        assert self.process.stdout is not None
        return map(json.loads, self.process.stdout)

    def end(self) -> list[Any]:
        """The lines that nobody has read yet, when it has ended."""
        rest = list(self)
        assert self.process.wait(timeout=60) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()
        return rest


async def test_a_client_is_told_what_was_before_and_what_comes(
    transport: str, client: httpx.AsyncClient, server: Server
) -> None:
    start = await newest(client)
    contents = [str(uuid4()) for _ in range(2)]
    await change(client, contents[0])
    follower = Follower(transport, server, count=2, after=start, id=str(SCHEDULED))
    told = iter(follower)

    first = next(told)
    await change(client, contents[1])
    second = next(told)

    assert [result["data"]["postChanged"]["post"]["content"] for result in (first, second)] == contents
    assert follower.end() == [{"ended": "complete"}]


async def test_a_client_resumes_with_the_cursor_that_it_was_told(
    transport: str, client: httpx.AsyncClient, server: Server
) -> None:
    start = await newest(client)
    for _ in range(3):
        await change(client, str(uuid4()), post_id=DRAFT)
    *everything, _ = Follower(transport, server, count=3, after=start).end()
    cursor = everything[0]["data"]["postChanged"]["cursor"]

    assert Follower(transport, server, count=2, after=cursor).end() == [*everything[1:], {"ended": "complete"}]


async def test_a_client_understands_why_it_is_refused(transport: str, server: Server) -> None:
    [without_key] = Follower(transport, server, key="nonsense", count=1).end()
    refused = Follower(transport, server, count=1, after="nonsense").end()

    assert without_key == {"ended": "error", **({"code": 4403} if transport == "ws" else {"status": 401})}
    result = refused[0]["errors"]
    assert [error["message"] for error in result] == ["`after` must be the cursor of an event."]


async def test_a_python_client_is_told_what_was_before_and_what_comes(
    client: httpx.AsyncClient, server: Server
) -> None:
    start = await newest(client)
    contents = [str(uuid4()) for _ in range(2)]
    await change(client, contents[0])
    socket = WebsocketsTransport(
        f"{server.address.replace('http', 'ws')}/graphql",
        init_payload={"Authorization": f"Bearer {server.key}"},
        subprotocols=[WebsocketsTransport.GRAPHQLWS_SUBPROTOCOL],
        connect_args={"proxy": None},
    )
    told: list[str] = []
    async with Client(transport=socket) as session:
        async for result in session.subscribe(GraphQLRequest(FOLLOW, variable_values={"after": start})):
            told.append(result["postChanged"]["post"]["content"])
            if len(told) == 2:
                break
            await change(client, contents[1])

    assert told == contents
