"""What no edge answers: other paths, other methods, failures beyond them, the explorer's page, and the log."""

from __future__ import annotations

import logging
import re

import httpx
import pytest
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from app.commands.fill_demo import SCHEDULED
from app.http.request_log import RequestLog
from tests.conftest import serving
from tests.support.clock import Clock
from tests.support.edges import graphql
from tests.support.log import Log
from tests.support.server import Server


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        (f"/v1/posts/{SCHEDULED}", "DELETE, GET, PATCH"),
        ("/v1/posts", "GET, POST"),
        ("/api/v1/posts", "GET, POST"),
        ("/v1/accounts/2280", "GET, PATCH"),
        ("/post/update", "POST"),
    ],
)
async def test_a_method_that_a_path_lacks_is_answered_with_those_it_has(
    client: httpx.AsyncClient, path: str, methods: str
) -> None:
    response = await client.put(path, json={})

    assert (response.status_code, response.headers["Allow"]) == (405, methods)


async def test_a_path_with_a_slash_too_many_is_answered_by_its_edge(client: httpx.AsyncClient) -> None:
    for path in ("/v1", "/v1/", "/v1/posts/", "/api/v1"):
        response = await client.get(path)
        assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found"), path

    ugc = await client.post("/post/update/", json={})
    assert (ugc.status_code, ugc.json()) == (404, {"ok": False, "code": 404, "message": "There is no such route"})


async def test_graphql_is_answered_before_any_layer_of_the_framework(
    database_url: str, clock: Clock, demo: str
) -> None:
    class Refusing:
        def __init__(self, app: ASGIApp) -> None: ...

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            await Response(status_code=418)(scope, receive, send)

    async with serving(database_url, clock) as (app, client):
        app.add_middleware(Refusing)
        client.headers["Authorization"] = f"Bearer {demo}"

        assert (await client.get("/v1/accounts")).status_code == 418
        assert await graphql(client, "{ __typename }") == {"data": {"__typename": "Query"}}


async def test_a_failure_outside_the_edges_has_an_id_too(caplog: pytest.LogCaptureFixture) -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("nobody may read this")

    transport = httpx.ASGITransport(RequestLog(broken, edge_of=lambda path: "other"))
    async with httpx.AsyncClient(transport=transport, base_url="http://redraft.test") as client:
        response = await client.get("/")

    request_id = response.headers["X-Request-Id"]
    assert response.status_code == 500
    masked = f"Something went wrong here. Quote request {request_id} when you ask about it."
    assert response.json() == {"detail": masked}
    [failure] = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert (failure.getMessage(), vars(failure)["request_id"]) == ("unexpected error", request_id)


async def test_a_path_cannot_write_log_lines_of_its_own(client: httpx.AsyncClient, log: Log) -> None:
    await client.get("/v1/posts/%0a2026-01-01%20INFO%20forged%1b[31m")

    [line] = log.lines("redraft.request")
    assert line["path"] == "/v1/posts/%0A2026-01-01%20INFO%20forged%1B%5B31m"
    assert log.text.endswith("\n")
    assert log.text.removesuffix("\n").isprintable()


def test_the_demo_key_is_shown_to_those_who_ask_for_this_machine_by_its_name(real_server: Server) -> None:
    port = real_server.address.rpartition(":")[2]

    def page(host: str) -> str:
        return httpx.get(f"{real_server.address}/graphql", headers={"Accept": "text/html", "Host": host}).text

    for own in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"[::1]:{port}"):
        assert real_server.key in page(own), own
    for other in ("redraft.example", f"127.0.0.1.redraft.example:{port}", "localhost.redraft.example", "[", ""):
        assert real_server.key not in page(other), other


def test_the_page_of_the_explorer_is_not_kept_by_caches(real_server: Server) -> None:
    headers = httpx.get(f"{real_server.address}/graphql", headers={"Accept": "text/html"}).headers

    assert headers["Cache-Control"] == "no-store"
    assert re.search(r"default-src 'none'", headers["Content-Security-Policy"])


async def test_a_deleted_post_is_named_by_its_own_id(client: httpx.AsyncClient, clock: Clock) -> None:
    query = f'mutation {{ deletePost(id: "{SCHEDULED.hex}") {{ ... on DeletePostSuccess {{ id }} }} }}'

    assert await graphql(client, query) == {"data": {"deletePost": {"id": str(SCHEDULED)}}}
