"""Following posts as clients do: over server-sent events and over WebSocket, against a server in its own process."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from app.commands.fill_demo import SCHEDULED
from tests.support.edges import graphql
from tests.support.server import Server, redraft

FOLLOW: Final = """
subscription Follow($id: ID, $status: [PostStatus!], $after: String) {
  postChanged(id: $id, status: $status, after: $after) {
    cursor event at postId changedFields
    post { version content status }
  }
}
"""
BEGINNING: Final = "0-0"
"""The cursor before every event."""


class Stream:
    """Server-sent events, one after the other."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    async def next(self) -> tuple[str, Any]:
        """The name and the data of the next event; a comment has the name `comment`. Raises StopAsyncIteration."""
        name, data = "", ""
        async for line in self._lines:
            if line.startswith(": "):
                name, data = "comment", json.dumps(line[2:])
            elif line:
                field, _, value = line.partition(": ")
                name, data = (value, data) if field == "event" else (name, value)
            elif name:
                return name, json.loads(data) if data else None
        raise StopAsyncIteration

    async def rest(self) -> list[tuple[str, Any]]:
        """Every event until the stream ends or is cut off."""
        events: list[tuple[str, Any]] = []
        with suppress(StopAsyncIteration, httpx.TransportError):
            while True:
                events.append(await self.next())
        return events

    async def change(self) -> Any:
        """The next change that is told."""
        name, data = await self.next()
        while name == "comment":
            name, data = await self.next()
        assert name == "next", (name, data)
        assert "errors" not in data, data
        return data["data"]["postChanged"]


@asynccontextmanager
async def following(client: httpx.AsyncClient, **variables: Any) -> AsyncIterator[Stream]:
    """A subscription over server-sent events."""
    async with asking(client, {"query": FOLLOW, "variables": variables}) as stream:
        yield stream


@asynccontextmanager
async def asking(client: httpx.AsyncClient, body: dict[str, Any]) -> AsyncIterator[Stream]:
    """Any operation whose answer is asked for as a stream of events."""
    accept = {"Accept": "text/event-stream"}
    async with client.stream("POST", "/graphql", json=body, headers=accept) as response:
        assert response.status_code == 200, await response.aread()
        yield Stream(response)


class Socket:
    """One connection of the protocol graphql-transport-ws."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, **message: Any) -> None:
        await self.connection.send(json.dumps(message))

    async def next(self) -> Any:
        message = await self.connection.recv()
        assert isinstance(message, str), "messages are text"
        return json.loads(message)

    async def begin(self, key: str) -> None:
        await self.say(type="connection_init", payload={"Authorization": f"Bearer {key}"})
        assert await self.next() == {"type": "connection_ack"}

    async def ask(self, id: str, query: str, /, **variables: Any) -> None:
        await self.say(type="subscribe", id=id, payload={"query": query, "variables": variables})

    async def closed(self) -> tuple[int | None, str | None]:
        """The code and the reason with which the server closed the connection, whatever it says before."""
        with suppress(ConnectionClosed):
            async for _ in self.connection:
                pass
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def socket_to(address: str, *, protocol: str = "graphql-transport-ws", **options: Any) -> AsyncIterator[Socket]:
    url = f"{address.replace('http', 'ws', 1)}/graphql"
    async with connect(url, subprotocols=[protocol], proxy=None, **options) as connection:  # type: ignore[list-item]
        yield Socket(connection)


async def change(client: httpx.AsyncClient, content: str, *, post_id: UUID = SCHEDULED) -> Any:
    response = await client.patch(f"/v1/posts/{post_id}", json={"content": content})
    assert response.status_code == 200, response.text
    return response.json()["data"]


async def newest(client: httpx.AsyncClient, *, post_id: UUID = SCHEDULED) -> str:
    """A cursor after which nothing has happened to a post yet: every version has one event."""
    await change(client, f"A mark {uuid4()}", post_id=post_id)
    answer = await graphql(client, "query($id: ID!) { post(id: $id) { version } }", id=str(post_id))
    async with following(client, after=BEGINNING, id=str(post_id)) as stream:
        told = [await stream.change() for _ in range(answer["data"]["post"]["version"])]
    cursor: str = told[-1]["cursor"]
    return cursor


def home_of(server: Server) -> Path:
    """Where its embedded database is."""
    return Path(server.database_url.removeprefix("sqlite:///")).parent


def new_key(server: Server, *arguments: str) -> str:
    made = redraft(home_of(server), "keys", "create", "other", "--organization", "Redraft Demo", *arguments)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def revoke(server: Server, key: str) -> None:
    revoked = redraft(home_of(server), "keys", "revoke", key.split("_")[1])
    assert revoked.returncode == 0, revoked.stderr
