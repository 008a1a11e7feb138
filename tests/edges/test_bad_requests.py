"""Requests that cannot be read are answered with a documented 4xx in the words of their edge, and change nothing.

The whole table runs against the application in this process, on both databases, and against a real server, because a
real HTTP parser stands before it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED, SLIDESHOW
from app.http.body import BODY_LIMIT
from app.repositories.database import Database, open_database
from tests.support.edges import UPDATE_POST, dump
from tests.support.server import Server

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    method: str
    path: str


GRAPHQL = Target("graphql", "POST", "/graphql")
PATCH = Target("patch", "PATCH", f"/v1/posts/{SCHEDULED}")
CREATE = Target("create", "POST", "/v1/posts")
UGC = Target("ugc", "POST", "/post/update")
TARGETS = (GRAPHQL, PATCH, CREATE, UGC)

UNREADABLE: dict[str, bytes] = {
    "nothing": b"",
    "not JSON": b"content=x",
    "null": b"null",
    "a number": b"1",
    "text": b'"content"',
    "a list": b"[]",
    "a list of requests": b'[{"query": "{ __typename }"}]',
    "invalid UTF-8": b'{"content": "\xff\xfe"}',
    "UTF-16": '{"content": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"content": "x"}',
    "100,000 brackets": b"[" * 100_000,
    "100,000 nested objects": b'{"a":' * 100_000,
    "balanced brackets": b'{"content": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
    "NaN": b'{"content": NaN}',
    "Infinity": b'{"version": -Infinity}',
    "a lone surrogate": b'{"content": "\\ud800"}',
    "two values": b'{"content": "x"} {"content": "y"}',
    "a comment": b'{"content": "x" /* no */}',
    "a trailing comma": b'{"content": "x",}',
    "half": b'{"content": "x"',
    "a raw line break": b'{"content": "a\nb"}',
}
CONTENT_TYPES = (
    None,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "text/application/json",
    "application/graphql",
)


@pytest.fixture
async def real(real_server: Server) -> AsyncIterator[tuple[httpx.AsyncClient, Database]]:
    database = await open_database(real_server.database_url)
    headers = {"Authorization": f"Bearer {real_server.key}"}
    async with httpx.AsyncClient(base_url=real_server.address, headers=headers, timeout=30) as client:
        yield client, database
    await database.close()


async def test_what_cannot_be_read_is_refused_and_changes_nothing(
    client: httpx.AsyncClient, database: Database
) -> None:
    await refuse_everything(client, database)


async def test_what_cannot_be_read_is_refused_by_a_real_server_too(real: tuple[httpx.AsyncClient, Database]) -> None:
    await refuse_everything(*real)


async def test_values_that_nothing_can_hold_are_refused(client: httpx.AsyncClient, database: Database) -> None:
    await refuse_every_value(client, database)


async def test_values_that_nothing_can_hold_are_refused_by_a_real_server_too(
    real: tuple[httpx.AsyncClient, Database],
) -> None:
    await refuse_every_value(*real)


async def test_a_real_server_answers_as_the_tests_client_does(real: tuple[httpx.AsyncClient, Database]) -> None:
    client, _ = real

    for method, path, status in (
        ("GET", f"/v1/posts/{SCHEDULED}", 200),
        ("GET", "/v1/nowhere", 404),
        ("GET", "/v1/posts/%00", 404),
        ("GET", "/v1/posts/%ff", 404),
        ("PUT", "/graphql", 405),
        ("GET", "/post/update", 405),
        ("GET", "/graphql?query=mutation%7BdeletePost(id%3A%22x%22)%7B__typename%7D%7D", 405),
        ("GET", "/graphql?query=%7B__typename%7D", 200),
    ):
        response = await client.request(method, path)
        assert response.status_code == status, path
        assert len(response.headers["X-Request-Id"]) == 8
        assert "server" not in response.headers


async def refuse_everything(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    readable = json.dumps({"postId": str(SLIDESHOW), "content": "x", "caption": "x"}).encode()
    too_large = b'{"content": "' + b"x" * (2 * 1024 * 1024) + b'"}'
    for target in TARGETS:
        for name, body in UNREADABLE.items():
            response = await _send(client, target, body, content_type=JSON)
            _assert_refused(response, target, 400, name)
        for content_type in CONTENT_TYPES:
            response = await _send(client, target, readable, content_type=content_type)
            _assert_refused(response, target, 415, str(content_type))
        for name, large in (("with a length", too_large), ("without a length", _chunks(too_large))):
            response = await _send(client, target, large, content_type=JSON)
            _assert_refused(response, target, 413, name)
    assert await dump(database) == before


async def refuse_every_value(client: httpx.AsyncClient, database: Database) -> None:
    before = await dump(database)
    deep: Any = "x"
    for _ in range(200):
        deep = [deep]
    for name, value in (
        ("content", "a\0b"),
        ("timezone", "UTC\0"),
        ("account_ids", [2**31]),
        ("account_ids", [-(2**63)]),
        ("account_ids", [10**30]),
        ("platform_content", {"x": {"content": deep}}),
        ("platform_content", {"x": deep}),
        ("platform_content", {"x": {"content": "\0"}}),
        ("platform_content", {"x": {"content": 10**400}}),
        ("scheduled_for", "9999-12-31T23:59:59.999-23:59"),
        ("social_audio_id", "\0"),
    ):
        variables = {"id": str(SCHEDULED), "input": {_camel(name): value}}
        result = await client.post("/graphql", json={"query": UPDATE_POST, "variables": variables})
        patched = await client.patch(PATCH.path, json={name: value})
        # Digits beyond what JSON's numbers can be are not JSON to every parser.
        codes = ("validation_error", "bad_request")
        assert (patched.status_code, patched.json()["error"]["code"] in codes) == (400, True), (name, patched.text)
        if result.status_code == 200:
            answer = result.json()
            refused = "data" not in answer or answer["data"]["updatePost"]["__typename"] == "InvalidInput"
            assert refused, (name, answer)
            assert "INTERNAL" not in result.text
        else:
            _assert_refused(result, GRAPHQL, 400, name)
    for fields in (
        {"caption": "a\0b"},
        {"title": "\0"},
        {"accountId": 10**30},
        {"accountId": "9" * 5000},
        {"accountId": -1},
        {"mediaUrls": ["https://media.example/\0"]},
        {"mediaUrls": ["https://[broken"]},
        {"mediaUrls": ["https://media.example/" + "x" * 2048]},
        {"caption": deep},
        {"postTime": "9999-12-31T23:59:59.999-23:59"},
    ):
        response = await client.post(UGC.path, json={"postId": str(SLIDESHOW), **fields})
        _assert_refused(response, UGC, 400, str(fields)[:80])
    for query, code in (
        ("{ a" * 5000, "OPERATION_TOO_LARGE"),
        ("{ post(id: " + "[" * 5000, "OPERATION_TOO_LARGE"),
        ("query " + "($a: [" * 5000, "OPERATION_TOO_LARGE"),
        ("{ a" * 50, "BAD_USER_INPUT"),
        ("{ post(id: " + "[" * 48, "BAD_USER_INPUT"),
        ("\0", "BAD_USER_INPUT"),
    ):
        response = await client.post("/graphql", json={"query": query})
        assert response.status_code == 200
        assert [error["extensions"]["code"] for error in response.json()["errors"]] == [code], query[:20]
    for body in (
        {"query": 5},
        {"query": ["{ __typename }"]},
        {"query": "{ __typename }", "variables": []},
        {"query": "{ __typename }", "operationName": {}},
        {"query": ""},
        {},
    ):
        _assert_refused(await client.post("/graphql", json=body), GRAPHQL, 400, str(body))
    assert await dump(database) == before


async def _send(
    client: httpx.AsyncClient, target: Target, body: bytes | AsyncIterator[bytes], *, content_type: str | None
) -> httpx.Response:
    headers = {} if content_type is None else {"Content-Type": content_type}
    return await client.request(target.method, target.path, content=body, headers=headers)


async def _chunks(body: bytes) -> AsyncIterator[bytes]:
    for start in _starts(body):
        yield body[start : start + 65_536]


def _starts(body: bytes) -> Iterable[int]:
    return range(0, len(body), 65_536)


def _assert_refused(response: httpx.Response, target: Target, status: int, about: str) -> None:
    assert response.status_code == status, (target.name, about, response.text[:200])
    body = response.json()
    if target is GRAPHQL:
        assert set(body) == {"errors"}
        (error,) = body["errors"]
        assert set(error) == {"message", "extensions"}
        assert error["extensions"] == {"code": "BAD_REQUEST", "requestId": response.headers["X-Request-Id"]}
        message = error["message"]
    elif target is UGC:
        assert set(body) == {"ok", "code", "message"}
        assert (body["ok"], body["code"]) == (False, status)
        message = body["message"]
    else:
        assert set(body) == {"data", "error", "meta"}
        assert (body["data"], body["error"]["code"]) == (None, "bad_request")
        assert body["meta"]["request_id"] == response.headers["X-Request-Id"]
        message = body["error"]["message"]
    if status == 413:
        assert message == f"The body is larger than {BODY_LIMIT} bytes."
    if status == 415:
        assert message == "Send the body as Content-Type: application/json."


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.title() for other in others)
