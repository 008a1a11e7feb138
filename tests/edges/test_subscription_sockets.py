"""GraphQL over WebSocket, graphql-transport-ws: who is let in, and that operations mean what they mean over HTTP."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from app.commands.fill_demo import DRAFT, SCHEDULED
from tests.support.server import Server
from tests.support.streams import BEGINNING, FOLLOW, change, new_key, newest, revoke, socket_to


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("sockets") / "home", "--demo", "--without-worker") as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=30) as client:
        yield client


def without_request_id(errors: Any) -> Any:
    for error in errors:
        assert re.fullmatch("[a-z0-9]{8}", error["extensions"].pop("requestId"))
        error.pop("locations", None)
    return errors


async def test_a_change_is_told_as_it_happens(client: httpx.AsyncClient, server: Server) -> None:
    start = await newest(client)
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        await socket.ask("1", FOLLOW, after=start)
        await change(client, "Doors open at eight.")

        message = await socket.next()

        assert (message["type"], message["id"]) == ("next", "1")
        told = message["payload"]["data"]["postChanged"]
        assert (told["event"], told["postId"]) == ("post.updated", str(SCHEDULED))
        assert told["post"]["content"] == "Doors open at eight."


async def test_the_key_may_stand_in_the_handshake(server: Server) -> None:
    async with socket_to(server.address, additional_headers={"Authorization": f"Bearer {server.key}"}) as socket:
        await socket.say(type="connection_init")
        assert await socket.next() == {"type": "connection_ack"}
        await socket.ask("1", FOLLOW, after=BEGINNING)
        assert (await socket.next())["payload"]["data"]["postChanged"]["cursor"] == "0-1"


@pytest.mark.parametrize("payload", [None, {}, {"Authorization": "Bearer nonsense"}, {"Authorization": 5}, {"key": ""}])
async def test_without_a_good_key_the_connection_is_closed(server: Server, payload: Any) -> None:
    async with socket_to(server.address) as socket:
        await socket.say(type="connection_init", payload=payload)

        assert await socket.closed() == (4403, "A valid API key is required.")


async def test_nothing_is_answered_before_the_connection_is_begun(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.ask("1", "{ __typename }")

        assert await socket.closed() == (4401, "Unauthorized")


async def test_the_legacy_protocol_is_not_spoken(server: Server) -> None:
    async with socket_to(server.address, protocol="graphql-ws") as socket:
        assert (await socket.closed())[0] == 4406


async def test_a_page_of_another_origin_is_not_let_in(server: Server) -> None:
    with pytest.raises(InvalidStatus) as refused:
        async with socket_to(server.address, origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403
    async with socket_to(server.address, origin=server.address) as socket:
        await socket.begin(server.key)


async def test_queries_and_mutations_are_answered_as_over_http(client: httpx.AsyncClient, server: Server) -> None:
    mutation = "mutation($id: ID!) { updatePost(id: $id, input: {title: 5}) { __typename } }"
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)

        await socket.ask("q", '{ post(id: "' + str(DRAFT) + '") { status } }')
        assert await socket.next() == {"id": "q", "type": "next", "payload": {"data": {"post": {"status": "DRAFT"}}}}
        assert await socket.next() == {"id": "q", "type": "complete"}

        await socket.ask("m", mutation, id=str(DRAFT))
        message = await socket.next()
        over_http = await client.post("/graphql", json={"query": mutation, "variables": {"id": str(DRAFT)}})
        assert (message["type"], message["id"]) == ("error", "m")
        assert without_request_id(message["payload"]) == without_request_id(over_http.json()["errors"])

        await socket.ask("s", "{ post(")
        message = await socket.next()
        assert message["type"] == "error"
        assert [error["extensions"] for error in without_request_id(message["payload"])] == [{"code": "BAD_USER_INPUT"}]

        await socket.ask("t", "query A { __typename } query B { __typename }")
        assert [error["message"] for error in (await socket.next())["payload"]] == [
            "The document must hold one operation, or operationName must say which of them to run."
        ]


async def test_variables_that_cannot_be_read_are_refused_before_anything_is_executed(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        for query in (
            "query ($first: Int!) { posts(first: $first) { totalCount } }",
            "mutation ($first: ID!) { deletePost(id: $first) { __typename } }",
            "subscription ($first: ID!) { postChanged(id: $first) { cursor } }",
        ):
            await socket.ask("1", query, first=[True])

            message = await socket.next()
            assert (message["type"], message["id"]) == ("error", "1"), query
            assert [error["extensions"] for error in without_request_id(message["payload"])] == [
                {"code": "BAD_USER_INPUT"}
            ]


async def test_a_subscription_that_cannot_be_is_refused_before_it_begins(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        await socket.ask("1", FOLLOW, after="nonsense")

        message = await socket.next()

        assert message["type"] == "error"
        assert without_request_id(message["payload"]) == [
            {
                "message": "`after` must be the cursor of an event.",
                "path": ["postChanged"],
                "extensions": {"code": "BAD_USER_INPUT"},
            }
        ]


async def test_a_key_that_may_not_read_follows_nothing(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(new_key(server, "--scope", "write"))
        await socket.ask("1", FOLLOW)

        message = await socket.next()

        assert [error["extensions"] for error in without_request_id(message["payload"])] == [{"code": "FORBIDDEN"}]


async def test_a_stream_that_was_completed_tells_nothing_more(client: httpx.AsyncClient, server: Server) -> None:
    start = await newest(client)
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        await socket.ask("1", FOLLOW, after=start)
        await change(client, "Told")
        assert (await socket.next())["id"] == "1"

        await socket.say(type="complete", id="1")
        await change(client, "Not told")
        await socket.ask("2", "{ __typename }")

        assert (await socket.next())["id"] == "2"


async def test_so_many_operations_run_at_once_over_one_connection(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        for number in range(50):
            await socket.ask(str(number), FOLLOW)

        await socket.ask("one more", FOLLOW)

        message = await socket.next()
        assert (message["type"], message["id"]) == ("error", "one more")
        assert without_request_id(message["payload"]) == [
            {"message": "A connection may run 50 operations at once.", "extensions": {"code": "BAD_REQUEST"}}
        ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "5",
        "null",
        "[" * 100_000,
        '{"type": 5}',
        '{"type": "subscribe", "id": [], "payload": {"query": "{ __typename }"}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": 5}}',
        '{"type": "subscribe", "id": "1", "payload": {"query": "{ __typename }", "variables": []}}',
        '{"type": "subscribe", "id": "1", "payload": null}',
        '{"type": "subscribe", "payload": {"query": "{ __typename }"}}',
        '{"type": "complete"}',
        '{"type": "complete", "id": {}}',
        '{"type": "whatever"}',
    ],
)
async def test_what_is_no_message_closes_the_connection(server: Server, text: str) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        await socket.connection.send(text)

        assert (await socket.closed())[0] == 4400
    assert "Traceback" not in server.log


async def test_bytes_close_the_connection(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.connection.send(b"{}")

        assert (await socket.closed())[0] == 4400


async def test_a_message_has_a_mebibyte_at_most(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.begin(server.key)
        await socket.say(type="ping", payload={"much": "x" * 1024 * 1024})

        assert (await socket.closed())[0] == 1009


async def test_a_ping_is_answered(server: Server) -> None:
    async with socket_to(server.address) as socket:
        await socket.say(type="ping")

        assert await socket.next() == {"type": "pong"}


async def test_each_operation_counts_as_a_request(tmp_path_factory: pytest.TempPathFactory) -> None:
    home = tmp_path_factory.mktemp("limited") / "home"
    with Server(home, "--demo", "--without-worker", REDRAFT_RATE_LIMIT="3/hour") as server:
        async with socket_to(server.address) as socket:
            await socket.begin(server.key)
            for id in "abc":
                await socket.ask(id, "{ __typename }")
            messages = [await socket.next() for _ in range(5)]

    assert [message["type"] for message in messages if message["id"] == "a"] == ["next", "complete"]
    [refused] = [message for message in messages if message["type"] == "error"]
    assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMITED"


async def test_a_revoked_key_ends_its_streams(client: httpx.AsyncClient, server: Server) -> None:
    start = await newest(client)
    key = new_key(server)
    async with socket_to(server.address) as socket:
        await socket.begin(key)
        await socket.ask("1", FOLLOW, after=start)
        await asyncio.to_thread(revoke, server, key)

        message = await socket.next()

        assert [error["extensions"]["code"] for error in message["payload"]["errors"]] == ["UNAUTHENTICATED"]
        assert await socket.next() == {"id": "1", "type": "complete"}
