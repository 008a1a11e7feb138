"""Following posts over server-sent events: `postChanged` with Accept: text/event-stream."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import httpx
import orjson
import pytest

from app.commands.fill_demo import DRAFT, OF_ANOTHER_ORGANIZATION, SCHEDULED
from tests.support.server import Server
from tests.support.streams import BEGINNING, FOLLOW, Stream, asking, change, following, new_key, newest, revoke


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("subscriptions") / "home", "--demo", "--without-worker") as server:
        yield server


@pytest.fixture
async def client(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    headers = {"Authorization": f"Bearer {server.key}"}
    async with httpx.AsyncClient(base_url=server.address, headers=headers, timeout=30) as client:
        yield client


async def error_of(client: httpx.AsyncClient, **variables: Any) -> Any:
    """The one error of a subscription that is refused at once."""
    async with following(client, **variables) as stream:
        name, data = await stream.next()
        assert (name, data.get("data")) == ("next", None)
        assert await stream.next() == ("complete", None)
        [error] = data["errors"]
        assert error["extensions"].pop("requestId") == stream.response.headers["X-Request-Id"]
        return error


async def test_a_change_is_told_as_it_happens(client: httpx.AsyncClient) -> None:
    async with following(client, after=await newest(client)) as stream:
        changed = await change(client, "Doors open at seven.")

        told = await stream.change()

        assert re.fullmatch("[0-9a-f]+-[0-9a-f]+", told.pop("cursor"))
        version = told["post"].pop("version")
        assert version > 1
        assert told == {
            "event": "post.updated",
            "at": changed["updated_at"],
            "postId": str(SCHEDULED),
            "changedFields": ["content"],
            "post": {"content": "Doors open at seven.", "status": "SCHEDULED"},
        }


async def test_the_answer_is_a_stream_that_nobody_on_the_way_keeps_or_packs(client: httpx.AsyncClient) -> None:
    async with following(client) as stream:
        headers = stream.response.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert headers["Cache-Control"] == "no-cache, no-transform"
        assert headers["X-Accel-Buffering"] == "no"


async def test_a_stream_can_be_asked_for_with_get(client: httpx.AsyncClient) -> None:
    parameters = {"query": FOLLOW, "variables": orjson.dumps({"after": BEGINNING}).decode()}
    accept = {"Accept": "text/event-stream"}

    async with client.stream("GET", "/graphql", params=parameters, headers=accept) as response:
        assert (await Stream(response).change())["cursor"] == "0-1"


async def test_without_a_cursor_the_stream_begins_now(client: httpx.AsyncClient) -> None:
    async with following(client) as stream:
        first = asyncio.create_task(stream.change())
        number = 0
        while not first.done():  # nothing tells when a stream has begun
            number += 1
            await change(client, f"Change {number} of {uuid4()}")
        told = first.result()

    assert told["post"]["content"].startswith("Change ")
    assert told["changedFields"] == ["content"]


async def test_a_stream_resumed_at_any_cursor_tells_the_rest(client: httpx.AsyncClient) -> None:
    start = await newest(client)
    for number in range(4):
        await change(client, f"{number} {uuid4()}", post_id=(SCHEDULED, DRAFT)[number % 2])
    async with following(client, after=start) as stream:
        everything = [await stream.change() for _ in range(4)]

    for position, known in enumerate(everything[:-1], start=1):
        async with following(client, after=known["cursor"]) as stream:
            assert [await stream.change() for _ in everything[position:]] == everything[position:]


async def test_filters_leave_out_others(client: httpx.AsyncClient) -> None:
    start = await newest(client)
    for post_id in (DRAFT, SCHEDULED, DRAFT):
        await change(client, str(uuid4()), post_id=post_id)

    async with following(client, after=start, id=str(SCHEDULED)) as stream:
        assert (await stream.change())["postId"] == str(SCHEDULED)
    async with following(client, after=start, status=["DRAFT"]) as stream:
        assert [(await stream.change())["postId"] for _ in range(2)] == [str(DRAFT)] * 2


async def test_names_of_fields_are_spelled_as_in_the_schema(client: httpx.AsyncClient) -> None:
    start = await newest(client)
    hour = uuid4().int % 10
    body = {"scheduled_for": f"2027-01-01T0{hour}:00:00Z", "platform_content": {"x": {"content": str(uuid4())}}}
    await client.patch(f"/v1/posts/{SCHEDULED}", json=body)

    async with following(client, after=start) as stream:
        assert set((await stream.change())["changedFields"]) >= {"platformContent"}


async def test_a_deleted_post_is_null(client: httpx.AsyncClient) -> None:
    start = await newest(client)
    created = await client.post("/v1/posts", json={"content": "Short-lived", "account_ids": [2282], "draft": True})
    post_id = created.json()["data"]["id"]
    await client.delete(f"/v1/posts/{post_id}")

    async with following(client, after=start, id=post_id) as stream:
        creation, deletion = await stream.change(), await stream.change()

    assert (creation["event"], creation["post"]) == ("post.updated", None)
    assert (deletion["event"], deletion["post"]) == ("post.deleted", None)


async def test_another_organisation_s_post_is_one_that_does_not_exist(client: httpx.AsyncClient) -> None:
    """Nothing is ever told of either, and nothing else."""
    nobody_s = uuid4()
    start = await newest(client)
    async with (
        following(client, after=BEGINNING, id=str(OF_ANOTHER_ORGANIZATION)) as theirs,
        following(client, after=BEGINNING, id=str(nobody_s)) as missing,
        following(client, after=start) as all_of_ours,
    ):
        silent = [asyncio.create_task(stream.change()) for stream in (theirs, missing)]
        await change(client, str(uuid4()))
        assert (await all_of_ours.change())["postId"] == str(SCHEDULED)
        assert [task.done() for task in silent] == [False, False]
        for task in silent:
            task.cancel()


@pytest.mark.parametrize("after", ["", "x", "0", "0-", "-1-2", "0-1 ", "٣-1", "1-2-3", "0" * 16 + "-1", "fffffff-1"])
async def test_a_cursor_that_no_event_was_delivered_with_is_refused(client: httpx.AsyncClient, after: str) -> None:
    error = await error_of(client, after=after)

    assert error["message"] == "`after` must be the cursor of an event."
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


@pytest.mark.parametrize("id", ["", "1", f"post_{SCHEDULED.hex}", f"{{{SCHEDULED}}}"])
async def test_an_id_that_no_post_can_have_is_refused(client: httpx.AsyncClient, id: str) -> None:
    error = await error_of(client, id=id)

    assert error["message"] == "`id` must be the UUID of a post."
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_a_status_that_there_is_not_is_refused(client: httpx.AsyncClient) -> None:
    assert (await error_of(client, status=["GONE"]))["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_without_a_key_there_is_no_stream(client: httpx.AsyncClient) -> None:
    headers = {"Accept": "text/event-stream", "Authorization": "Bearer nonsense"}
    response = await client.post("/graphql", json={"query": FOLLOW}, headers=headers)

    assert response.status_code == 401
    assert response.headers["Content-Type"] == "application/json"
    assert response.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_key_that_may_not_read_follows_nothing(client: httpx.AsyncClient, server: Server) -> None:
    key = new_key(server, "--scope", "write")
    client.headers["Authorization"] = f"Bearer {key}"

    error = await error_of(client)

    assert (error["message"], error["extensions"]) == ("This API key lacks the scope read.", {"code": "FORBIDDEN"})


async def test_a_subscription_that_is_asked_for_as_json_is_told_how(client: httpx.AsyncClient) -> None:
    for response in (
        await client.post("/graphql", json={"query": FOLLOW}),
        await client.get("/graphql", params={"query": FOLLOW}),
    ):
        assert response.status_code == 406
        assert response.json()["errors"][0]["message"] == (
            "Send subscriptions with Accept: text/event-stream, or over WebSocket (graphql-transport-ws)."
        )


async def test_queries_and_mutations_can_be_streamed_too(client: httpx.AsyncClient) -> None:
    async with asking(client, {"query": "{ accounts { accountId } }"}) as stream:
        name, data = await stream.next()
        assert (name, data["data"]["accounts"][0]) == ("next", {"accountId": 2280})
        assert await stream.next() == ("complete", None)
    mutation = "mutation($id: ID!) { deletePost(id: $id) { __typename } }"
    async with asking(client, {"query": mutation, "variables": {"id": str(uuid4())}}) as stream:
        assert await stream.next() == ("next", {"data": {"deletePost": {"__typename": "NotFound"}}})


async def test_a_mutation_over_get_is_refused_in_a_stream_as_well(client: httpx.AsyncClient) -> None:
    mutation = f'mutation {{ deletePost(id: "{DRAFT}") {{ __typename }} }}'
    accept = {"Accept": "text/event-stream"}

    async with client.stream("GET", "/graphql", params={"query": mutation}, headers=accept) as response:
        name, data = await Stream(response).next()

    assert name == "next"
    assert [error["message"] for error in data["errors"]] == ["Send mutations with POST."]
    assert (await client.get(f"/v1/posts/{DRAFT}")).status_code == 200


async def test_a_revoked_key_ends_its_streams(client: httpx.AsyncClient, server: Server) -> None:
    start = await newest(client)
    key = new_key(server)
    async with httpx.AsyncClient(base_url=server.address, headers={"Authorization": f"Bearer {key}"}) as other:
        other.timeout = httpx.Timeout(30)
        async with following(other, after=start) as stream:
            await asyncio.to_thread(revoke, server, key)

            name, data = await stream.next()
            assert await stream.next() == ("complete", None)

    assert name == "next"
    assert [error["extensions"]["code"] for error in data["errors"]] == ["UNAUTHENTICATED"]
