"""Idempotency-Key on every request that writes, on every edge: the first answer again, and one effect."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from uuid import UUID

import httpx
import pytest
from graphql import build_schema
from sqlalchemy import Connection, text

from app.commands.delete_post import delete_post
from app.commands.fill_demo import (
    DRAFT,
    FAILED,
    PARTIALLY_FAILED,
    PUBLISHED,
    SCHEDULED,
    SLIDESHOW,
    VIDEO,
)
from app.commands.list_posts import list_posts
from app.commands.service import Service
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.domain.errors import Refusal
from app.domain.events import Cursor
from app.domain.listing import PostListing
from app.domain.media import Media, MediaType
from app.domain.webhook import Webhook
from app.main import create_app, schema_text
from app.repositories.accounts import AccountRepository
from app.repositories.credential_cipher import new_secret_key
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from app.repositories.webhooks import WebhookRepository
from app.settings import Settings
from tests.conftest import serving
from tests.repositories.storage import changed_tables
from tests.support.clock import NOW, Clock, Ids
from tests.support.edges import POST_FIELDS, REFUSAL_FIELDS, add_post, dump, stored_post
from tests.support.files import END, FORM, image, part
from tests.support.posts import an_account
from tests.support.uploads import serving_files

UNUSED: Final = UUID("0abe1000-0000-4000-8000-000000000001")
LATER: Final = UUID("1a7e4000-0000-4000-8000-000000000001")
WEBHOOK: Final = UUID("0eb40000-0000-7000-8000-000000000001")
NEW_ACCOUNT: Final = 4000
SECRET: Final = "whsec_nobody-may-find-this-anywhere"
CREDENTIALS: Final = {"url": "https://ours.test/hook", "secret": SECRET}
PICTURE: Final = image()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """body: a JSON object, the bytes of a form, or nothing."""

    method: str
    path: str
    body: Mapping[str, Any] | bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, client: httpx.AsyncClient, key: str | bytes | None) -> httpx.Response:
        headers: list[tuple[str, str | bytes]] = [*self.headers.items()]
        if key is not None:
            headers.append(("Idempotency-Key", key))
        if isinstance(self.body, bytes):
            content: bytes | None = self.body
            headers += FORM.items()
        else:
            content = None if self.body is None else json.dumps(self.body).encode()
            headers += [] if content is None else [("Content-Type", "application/json")]
        return await client.request(self.method, self.path, content=content, headers=headers)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True, kw_only=True)
class Writing:
    """A request that has an effect on the demo posts. other: another request that the same key must not be used for."""

    request: Request
    other: Request
    status: int = 200


def _graphql(document: str, **variables: Any) -> Request:
    return Request(method="POST", path="/graphql", body={"query": document, "variables": variables})


_POST: Final = f"post {{ {POST_FIELDS} revisions {{ totalCount nodes {{ version changedBy changedAt }} }} }}"
_UPDATED: Final = f"__typename ... on UpdatePostSuccess {{ changedFields requestedFor {_POST} }} {REFUSAL_FIELDS}"
_ACCOUNT: Final = "account { accountId accountName isActive minimumGapMinutes canPublish createdAt }"
_PROBLEM: Final = "... on MutationError { code message }"

_UPDATE: Final = (
    f"mutation($id: ID!, $input: UpdatePostInput!) {{ updatePost(id: $id, input: $input) {{ {_UPDATED} }} }}"
)
_UPDATE_MANY: Final = f"mutation($changes: [PostChange!]!) {{ updatePosts(changes: $changes) {{ {_UPDATED} }} }}"
_RESTORE: Final = f"mutation($id: ID!, $to: Int!) {{ restorePost(id: $id, version: $to) {{ {_UPDATED} }} }}"
_RETRY: Final = f"mutation($id: ID!, $on: [Int!]) {{ retryPost(id: $id, accountIds: $on) {{ __typename \
    ... on RetryPostSuccess {{ retriedCount {_POST} }} {_PROBLEM} }} }}"
_CREATE: Final = f"mutation($input: CreatePostInput!) {{ createPost(input: $input) {{ __typename \
    ... on CreatePostSuccess {{ {_POST} }} {_PROBLEM} }} }}"
_DELETE: Final = f"mutation($id: ID!, $version: Int) {{ deletePost(id: $id, expectedVersion: $version) {{ __typename \
    ... on DeletePostSuccess {{ id }} {_PROBLEM} }} }}"
_MEDIA: Final = f"mutation($input: CreateMediaFromUrlInput!) {{ createMediaFromUrl(input: $input) {{ __typename \
    ... on CreateMediaSuccess {{ media {{ mediaId url altText }} }} {_PROBLEM} }} }}"
_NEW_ACCOUNT: Final = f"mutation($input: CreateAccountInput!) {{ createAccount(input: $input) {{ __typename \
    ... on CreateAccountSuccess {{ {_ACCOUNT} }} {_PROBLEM} }} }}"
_CHANGE_ACCOUNT: Final = f"mutation($id: Int!, $input: UpdateAccountInput!) {{ updateAccount(accountId: $id, \
    input: $input) {{ __typename ... on UpdateAccountSuccess {{ {_ACCOUNT} }} {_PROBLEM} }} }}"
_WEBHOOK: Final = "webhook { id url events isActive createdAt }"
_NEW_WEBHOOK: Final = f"mutation($input: CreateWebhookInput!) {{ createWebhook(input: $input) {{ __typename \
    ... on CreateWebhookSuccess {{ secret {_WEBHOOK} }} {_PROBLEM} }} }}"
_DELETE_WEBHOOK: Final = f"mutation($id: ID!) {{ deleteWebhook(id: $id) {{ __typename \
    ... on DeleteWebhookSuccess {{ id }} {_PROBLEM} }} }}"
_REDELIVER: Final = f"mutation($id: ID!, $after: String) {{ redeliverWebhook(id: $id, after: $after) {{ __typename \
    ... on RedeliverWebhookSuccess {{ scheduledCount {_WEBHOOK} }} {_PROBLEM} }} }}"


def _change(id: UUID, content: str) -> dict[str, Any]:
    return {"id": str(id), "input": {"content": content}}


def _new_account(name: str) -> dict[str, Any]:
    return {"platform": "WEBHOOK", "accountName": name, "credentials": CREDENTIALS}


MUTATIONS: Final[Mapping[str, Writing]] = {
    "updatePost": Writing(
        request=_graphql(_UPDATE, **_change(SCHEDULED, "Ours")), other=_graphql(_UPDATE, **_change(SCHEDULED, "Other"))
    ),
    "updatePosts": Writing(
        request=_graphql(_UPDATE_MANY, changes=[_change(DRAFT, "Ours"), _change(VIDEO, "Ours too")]),
        other=_graphql(_UPDATE_MANY, changes=[_change(DRAFT, "Ours")]),
    ),
    "restorePost": Writing(
        request=_graphql(_RESTORE, id=str(SCHEDULED), to=1), other=_graphql(_RESTORE, id=str(SCHEDULED), to=2)
    ),
    "retryPost": Writing(request=_graphql(_RETRY, id=str(FAILED)), other=_graphql(_RETRY, id=str(FAILED), on=[2285])),
    "createPost": Writing(
        request=_graphql(_CREATE, input={"content": "New"}), other=_graphql(_CREATE, input={"content": "Other"})
    ),
    "deletePost": Writing(
        request=_graphql(_DELETE, id=str(SLIDESHOW)), other=_graphql(_DELETE, id=str(SLIDESHOW), version=1)
    ),
    "createMediaFromUrl": Writing(
        request=_graphql(_MEDIA, input={"url": "https://media.test/1.jpg", "type": "IMAGE"}),
        other=_graphql(_MEDIA, input={"url": "https://media.test/1.jpg", "type": "VIDEO"}),
    ),
    "createAccount": Writing(
        request=_graphql(_NEW_ACCOUNT, input=_new_account("Ours")),
        other=_graphql(_NEW_ACCOUNT, input=_new_account("Other")),
    ),
    "updateAccount": Writing(
        request=_graphql(_CHANGE_ACCOUNT, id=2282, input={"accountName": "Ours", "credentials": CREDENTIALS}),
        other=_graphql(_CHANGE_ACCOUNT, id=2282, input={"accountName": "Other", "credentials": CREDENTIALS}),
    ),
    "createWebhook": Writing(
        request=_graphql(_NEW_WEBHOOK, input={"url": "https://hooks.test/Ours"}),
        other=_graphql(_NEW_WEBHOOK, input={"url": "https://hooks.test/Other"}),
    ),
    "redeliverWebhook": Writing(
        request=_graphql(_REDELIVER, id=str(WEBHOOK), after="0-0"),
        other=_graphql(_REDELIVER, id=str(WEBHOOK)),
    ),
    "deleteWebhook": Writing(
        request=_graphql(_DELETE_WEBHOOK, id=str(WEBHOOK)), other=_graphql(_DELETE_WEBHOOK, id=str(LATER))
    ),
}


def _rest(method: str, path: str, body: Any = None, *, other: Any = None, status: int = 200) -> Writing:
    """other: another body, or another If-Match where the request has no body."""
    request = Request(method=method, path=path, body=body)
    if body is None:
        return Writing(request=request, other=replace(request, headers={"If-Match": '"1"'}), status=status)
    return Writing(request=request, other=replace(request, body=other), status=status)


def _ugc_id(id: UUID) -> str:
    return f"post_{id.hex}"


def _form(alt_text: str) -> bytes:
    return part("alt_text", alt_text.encode()) + part("file", PICTURE, filename="1.jpg") + END


_VIDEO_URL: Final = "https://media.test/1.mp4"
_IMAGE_URLS: Final = ["https://media.test/1.jpg", "https://media.test/2.jpg"]

V1: Final[Mapping[str, Writing]] = {
    "PATCH /v1/posts/{post_id}": _rest(
        "PATCH", f"/v1/posts/{SCHEDULED}", {"content": "Ours"}, other={"content": "Other"}
    ),
    "POST /v1/posts": _rest(
        "POST", "/v1/posts", {"content": "New", "account_ids": [2282]}, other={"content": "Other"}, status=201
    ),
    "POST /v1/posts/bulk": _rest(
        "POST",
        "/v1/posts/bulk",
        {"posts": [{"content": "New", "account_ids": [2282]}, {"content": "Refused", "account_ids": [1]}]},
        other={"posts": [{"content": "New", "account_ids": [2282]}]},
        status=207,
    ),
    "POST /v1/posts/{post_id}/retry": _rest("POST", f"/v1/posts/{PARTIALLY_FAILED}/retry"),
    "POST /v1/posts/{post_id}/schedule": _rest(
        "POST", f"/v1/posts/{DRAFT}/schedule", {"publish_now": True}, other={"scheduled_for": "2026-05-01T00:00:00Z"}
    ),
    "DELETE /v1/posts/{post_id}": _rest("DELETE", f"/v1/posts/{SLIDESHOW}"),
    "POST /v1/accounts": _rest(
        "POST",
        "/v1/accounts",
        {"platform": "webhook", "account_name": "Ours", "credentials": CREDENTIALS},
        other={"platform": "webhook", "account_name": "Other"},
        status=201,
    ),
    "PATCH /v1/accounts/{account_id}": _rest(
        "PATCH", "/v1/accounts/2282", {"account_name": "Ours"}, other={"account_name": "Other"}
    ),
    "POST /v1/media": _rest("POST", "/v1/media", _form("Ours"), other=_form("Other"), status=201),
    "DELETE /v1/media/{media_id}": _rest("DELETE", f"/v1/media/{UNUSED}"),
}
UGC: Final[Mapping[str, Writing]] = {
    "POST /post/update": _rest(
        "POST",
        "/post/update",
        {"postId": _ugc_id(VIDEO), "caption": "Ours", "mediaUrls": [_VIDEO_URL]},
        other={"postId": _ugc_id(VIDEO), "caption": "Other"},
    ),
    "POST /post/video": _rest(
        "POST",
        "/post/video",
        {"accountId": "acc_2290", "videoUrl": _VIDEO_URL, "caption": "New"},
        other={"accountId": "acc_2290", "videoUrl": _VIDEO_URL},
    ),
    "POST /post/slideshow": _rest(
        "POST",
        "/post/slideshow",
        {"accountId": "acc_2290", "imageUrls": _IMAGE_URLS},
        other={"accountId": "acc_2290", "imageUrls": _IMAGE_URLS[:1]},
    ),
    "POST /post/draft": _rest(
        "POST",
        "/post/draft",
        {"type": "video", "mediaUrls": [_VIDEO_URL]},
        other={"type": "slideshow", "mediaUrls": _IMAGE_URLS},
    ),
    "POST /post/retry": _rest(
        "POST", "/post/retry", {"postIds": [_ugc_id(FAILED)]}, other={"postIds": [_ugc_id(VIDEO)]}
    ),
    "POST /post/delete": _rest(
        "POST", "/post/delete", {"postIds": [_ugc_id(SLIDESHOW)]}, other={"postIds": [_ugc_id(VIDEO)]}
    ),
}
WRITINGS: Final = {"graphql": MUTATIONS, "v1": V1, "ugc": UGC}

READING: Final = frozenset({"POST /post", "POST /post/status", "POST /post/preview-schedule"})
"""Every route of that API is called with POST, those that change nothing too."""


def test_the_table_holds_every_mutation() -> None:
    mutation = build_schema(schema_text()).mutation_type

    assert mutation is not None
    assert MUTATIONS.keys() == mutation.fields.keys()


def test_the_table_holds_every_route_that_writes_and_each_of_them_documents_the_header() -> None:
    documented = {
        f"{method.upper()} {path}": {parameter["name"] for parameter in operation.get("parameters", ())}
        for path, operations in create_app(Settings(database_url="sqlite://")).openapi()["paths"].items()
        for method, operation in operations.items()
    }

    assert {route for route in documented if not route.startswith("GET ")} == READING | V1.keys() | UGC.keys()
    assert {route for route, names in documented.items() if "Idempotency-Key" in names} == V1.keys() | UGC.keys()


def told(response: httpx.Response) -> tuple[int, object, dict[str, str]]:
    """All of an answer that a repeat must repeat: its status, body and headers, without what names the request."""
    body = response.json()
    if "meta" in body:
        assert body["meta"]["request_id"] == response.headers["X-Request-Id"]
        body["meta"] = None
    for error in body.get("errors", ()):
        assert error["extensions"].pop("requestId") == response.headers["X-Request-Id"]
    headers = {
        name: value for name, value in response.headers.items() if name not in ("x-request-id", "content-length")
    }
    return response.status_code, body, headers


def refused_as(edge: str, status: int, code: str, message: str) -> tuple[int, object]:
    """The status and the body, as told, of a refusal that concerns the request and not a post."""
    if edge == "graphql":
        return status, {"code": code.upper(), "message": message}
    if edge == "v1":
        return status, {"data": None, "error": {"message": message, "code": code}, "meta": None}
    return status, {"ok": False, "code": status, "message": message}


def refusal_in(response: httpx.Response) -> tuple[int, object]:
    status, body, _ = told(response)
    assert isinstance(body, dict)
    if "errors" in body:
        assert body.get("data") is None
        (error,) = body["errors"]
        return status, {"code": error["extensions"]["code"], "message": error["message"]}
    return status, body


def reused(edge: str, key: str) -> tuple[int, object]:
    message = f"The idempotency key {key} was used for another request: use a new key for a new request."
    return refused_as(edge, 422, "idempotency_key_reused", message)


def running(edge: str, key: str) -> tuple[int, object]:
    message = f"The request with the idempotency key {key} is still running: repeat it in a moment."
    return refused_as(edge, 409, "request_in_progress", message)


@pytest.fixture
async def client(database_url: str, clock: Clock, demo: str, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """With a place for files, and a key for credentials."""
    async with serving_files(database_url, clock, tmp_path / "home", demo, secret_key=new_secret_key()) as client:
        yield client


@pytest.fixture
async def posts(database: Database, service: Service) -> None:
    """The demo posts, one of them with a second version, media that none of them uses, and a webhook."""
    unused = Media(id=UNUSED, type=MediaType.IMAGE, url="https://media.test/unused.jpg")
    webhook = Webhook(
        id=WEBHOOK,
        url="https://hooks.test/in",
        events=(),
        is_active=True,
        created_at=NOW,
        created_after=Cursor(0, 1),
        cursor=Cursor(0, 1),
    )

    def write(connection: Connection) -> None:
        MediaRepository(connection, 1).add(unused, now=NOW)
        WebhookRepository(connection, 1).add(webhook, sealed_secret=b"sealed")

    await database.write(write)
    await service.run(1, update_post, post_id=SCHEDULED, changes=PostChanges(content="Second version"))


async def change_everything(service: Service) -> None:
    """What others do meanwhile to every post that can be changed."""
    page = await service.run(1, list_posts, listing=PostListing(limit=100), with_total=False)
    for post in page.posts:
        with suppress(Refusal):
            await service.run(1, update_post, post_id=post.id, changes=PostChanges(content="Somebody else's"))


async def delete_everything(service: Service) -> None:
    page = await service.run(1, list_posts, listing=PostListing(limit=100), with_total=False)
    for post in page.posts:
        with suppress(Refusal):
            await service.run(1, delete_post, post_id=post.id)


@pytest.mark.parametrize("edge", WRITINGS)
@pytest.mark.usefixtures("posts")
async def test_every_request_that_writes_is_answered_the_same_again_and_writes_nothing_again(
    edge: str, client: httpx.AsyncClient, database: Database, service: Service, demo: str
) -> None:
    # given each request, with its effect
    writings = WRITINGS[edge]
    first = {}
    for name, writing in writings.items():
        before = await dump(database)
        response = await writing.request.send(client, name)
        assert (name, response.status_code) == (name, writing.status), response.text
        assert "errors" not in response.json(), response.text
        if edge == "graphql":
            answers = response.json()["data"][name]
            names = {answer["__typename"] for answer in (answers if isinstance(answers, list) else [answers])}
            assert all(re.fullmatch(r"\w+Success", name) for name in names), response.text
        changed = changed_tables(before, await dump(database))
        assert changed.pop("idempotency_keys") == (0, 1), name
        assert changed, name
        first[name] = told(response)

    # when it is repeated: at once, after others have changed everything, and after they have deleted it
    for happened in (None, change_everything, delete_everything):
        if happened is not None:
            await happened(service)
        before = await dump(database)
        for name, writing in writings.items():
            # then
            assert told(await writing.request.send(client, name)) == first[name], (name, happened)
        assert await dump(database) == before, happened

        # and when another request is sent under its key
        for name, writing in writings.items():
            assert refusal_in(await writing.other.send(client, name)) == reused(edge, name), (name, happened)
        assert await dump(database) == before, happened

    # and no record holds what must not be kept
    recorded = str((await dump(database))["idempotency_keys"])
    assert "Ours" in recorded
    assert SECRET not in recorded
    assert demo not in recorded


_TO_THE_NEW_ACCOUNT: Final = {"content": "Ours", "account_ids": [NEW_ACCOUNT]}
_OURS: Final = {"content": "Ours"}

REFUSED: Final[Mapping[str, tuple[Request, int, str]]] = {
    "graphql not found": (_graphql(_UPDATE, **_change(LATER, "Ours")), 200, "NOT_FOUND"),
    "graphql published": (_graphql(_UPDATE, **_change(PUBLISHED, "Ours")), 200, "ALREADY_PUBLISHED"),
    "graphql invalid": (
        _graphql(_UPDATE, id=str(DRAFT), input={"accountIds": [NEW_ACCOUNT]}),
        200,
        "INVALID_INPUT",
    ),
    "graphql version": (
        _graphql(_UPDATE, id=str(SLIDESHOW), input={"content": "Ours", "expectedVersion": 2}),
        200,
        "VERSION_CONFLICT",
    ),
    "graphql one of many": (
        _graphql(_UPDATE_MANY, changes=[_change(VIDEO, "Ours"), _change(LATER, "Ours")]),
        200,
        "NOT_APPLIED",
    ),
    "v1 not found": (Request(method="PATCH", path=f"/v1/posts/{LATER}", body=_OURS), 404, "not_found"),
    "v1 published": (
        Request(method="PATCH", path=f"/v1/posts/{PUBLISHED}", body=_OURS),
        409,
        "post_already_published",
    ),
    "v1 invalid": (Request(method="POST", path="/v1/posts", body=_TO_THE_NEW_ACCOUNT), 400, "UNKNOWN_ID"),
    "v1 version": (
        Request(method="PATCH", path=f"/v1/posts/{SCHEDULED}", body=_OURS, headers={"If-Match": '"3"'}),
        412,
        '"current_version":2',
    ),
    "v1 all of a bulk": (
        Request(method="POST", path="/v1/posts/bulk", body={"posts": [_TO_THE_NEW_ACCOUNT]}),
        422,
        "UNKNOWN_ID",
    ),
    "ugc not found": (
        Request(method="POST", path="/post/update", body={"postId": _ugc_id(LATER), "caption": "Ours"}),
        404,
        "Post not found",
    ),
    "ugc invalid": (
        Request(method="POST", path="/post/update", body={"postId": _ugc_id(VIDEO), "accountId": NEW_ACCOUNT}),
        400,
        "There is no account 4000.",
    ),
    "v1 delete": (Request(method="DELETE", path=f"/v1/posts/{PUBLISHED}"), 409, "post_already_published"),
}
"""Requests that are refused, with what the answer says; each would be accepted after `allow_everything`."""


async def allow_everything(database: Database, service: Service) -> None:
    for post_id in (SCHEDULED, SLIDESHOW):
        await service.run(1, update_post, post_id=post_id, changes=PostChanges(content="Next version"))
    await add_post(database, await stored_post(database, VIDEO), LATER)

    def write(connection: Connection) -> None:
        AccountRepository(connection, 1).add(an_account(NEW_ACCOUNT))
        for table, status in (("posts", "scheduled"), ("destinations", "queued")):
            statement = f"UPDATE {table} SET status = '{status}' WHERE status = 'published'"  # noqa: S608
            connection.execute(text(statement))

    await database.write(write)


@pytest.mark.usefixtures("posts")
async def test_a_refusal_is_repeated_though_the_request_would_be_accepted_by_now(
    client: httpx.AsyncClient, database: Database, service: Service
) -> None:
    first = {}
    before = await dump(database)
    for name, (request, status, says) in REFUSED.items():
        response = await request.send(client, name)
        assert (name, response.status_code) == (name, status), response.text
        assert says in response.text
        first[name] = told(response)
    assert changed_tables(before, await dump(database)) == {"idempotency_keys": (0, len(REFUSED))}
    await allow_everything(database, service)
    before = await dump(database)

    for name, (request, _, _) in REFUSED.items():
        assert told(await request.send(client, name)) == first[name], name
    assert await dump(database) == before

    for name, (request, _, says) in REFUSED.items():
        response = await request.send(client, None)
        assert (name, response.status_code) in ((name, 200), (name, 201)), response.text
        assert says not in response.text, name


WRITING_ONE: Final = {
    "graphql": MUTATIONS["updatePost"],
    "v1": V1["PATCH /v1/posts/{post_id}"],
    "ugc": UGC["POST /post/update"],
}


@pytest.mark.parametrize("edge", WRITING_ONE)
async def test_a_key_that_cannot_be_one_is_refused_and_nothing_is_written(
    edge: str, client: httpx.AsyncClient, database: Database
) -> None:
    request = WRITING_ONE[edge].request
    before = await dump(database)
    keys: list[str | bytes] = ["", "k" * 256, "schlüssel".encode("latin-1"), "ключ".encode(), "tab\tinside"]

    refusals = [refusal_in(await request.send(client, key)) for key in keys]
    two = await replace(request, headers={"Idempotency-Key": "one"}).send(client, "two")

    message = "Idempotency-Key must have 1 to 255 printable ASCII characters."
    assert refusals == [refused_as(edge, 400, "bad_request", message)] * len(keys)
    assert refusal_in(two) == refused_as(edge, 400, "bad_request", "Idempotency-Key must be sent once.")
    assert await dump(database) == before


@pytest.mark.parametrize("edge", WRITING_ONE)
async def test_a_key_has_1_to_255_characters(edge: str, client: httpx.AsyncClient, database: Database) -> None:
    writing = WRITING_ONE[edge]
    keys = ["k", "k" * 255, 'a key, with "odd" characters: {}~', "K"]

    first = {key: await writing.request.send(client, key) for key in keys}
    after = await dump(database)

    assert [answer.status_code for answer in first.values()] == [200] * len(keys)
    for key in keys:
        assert told(await writing.request.send(client, key)) == told(first[key])
        assert refusal_in(await writing.other.send(client, key)) == reused(edge, key)
    assert {row[1] for row in after["idempotency_keys"]} == set(keys)
    assert await dump(database) == after


READS: Final = (
    Request(method="GET", path=f"/v1/posts/{SCHEDULED}"),
    Request(method="POST", path="/post/status", body={"postId": _ugc_id(SCHEDULED)}),
    Request(method="POST", path="/post", body={}),
    _graphql("query($id: ID!) { post(id: $id) { content version } }", id=str(SCHEDULED)),
    Request(method="GET", path=f'/graphql?query={{post(id:"{SCHEDULED}"){{content version}}}}'),
)


async def test_the_key_of_a_request_that_reads_is_ignored(
    client: httpx.AsyncClient, database: Database, service: Service
) -> None:
    first = [told(await read.send(client, "key")) for read in READS]
    await service.run(1, delete_post, post_id=SCHEDULED)
    before = await dump(database)

    again = [told(await read.send(client, "key")) for read in READS]

    assert [answer for answer in again if answer in first] == []
    assert again == [told(await read.send(client, None)) for read in READS]
    assert await dump(database) == before
    assert before["idempotency_keys"] == []


OTHERS: Final[Mapping[str, list[dict[str, Any]]]] = {
    "graphql": [
        {"body": {"query": _UPDATE, "variables": _change(SCHEDULED, "Ours"), "operationName": None}},
        {"body": {"query": _UPDATE + " ", "variables": _change(SCHEDULED, "Ours")}},
    ],
    "v1": [
        {"headers": {"If-Match": '"1"'}},
        {"headers": {"If-Match": "*"}},
        {"path": f"/v1/posts/{DRAFT}"},
        {"path": f"/api/v1/posts/{SCHEDULED}"},
        {"path": f"/v1/posts/{SCHEDULED}?dry_run=true"},
        {"body": {"content": "Ours", "title": None}},
        {"body": {"content": "Ours "}},
        {"method": "DELETE", "body": None},
    ],
    "ugc": [
        {"path": "/post/delete", "body": {"postIds": [_ugc_id(VIDEO)]}},
        {"path": "/graphql", "body": MUTATIONS["updatePost"].request.body},
    ],
}


@pytest.mark.parametrize("edge", WRITING_ONE)
async def test_another_precondition_path_query_method_or_body_makes_another_request(
    edge: str, client: httpx.AsyncClient, database: Database
) -> None:
    request = WRITING_ONE[edge].request
    await request.send(client, "key")
    before = await dump(database)

    for change in OTHERS[edge]:
        other = replace(request, **change)
        answered_by = "graphql" if other.path == "/graphql" else edge
        assert refusal_in(await other.send(client, "key")) == reused(answered_by, "key"), change
    assert await dump(database) == before


_BODY: Final = {"query": _UPDATE, "variables": _change(SCHEDULED, "Ours")}


@pytest.mark.parametrize(
    ("edge", "first", "again"),
    [
        (
            "v1",
            b'{"content":"Ours","platform_content":{"x":{"content":"X"},"linkedin":{"content":"L"}}}',
            b'{ "platform_content": {"linkedin": {"content": "\\u004c"}, "x": {"content": "X"}},\n  "content": "Ours"}',
        ),
        (
            "ugc",
            b'{"postId":"post_%s","caption":"Ours"}' % VIDEO.hex.encode(),
            b' {"caption" : "Ours", "postId" : "post_%s"} ' % VIDEO.hex.encode(),
        ),
        (
            "graphql",
            json.dumps(_BODY).encode(),
            json.dumps(dict(reversed(_BODY.items())), indent=2).encode(),
        ),
        ("v1", b'{"content":"Ours","created_at":' + b"[" * 900 + b"]" * 900 + b"}", None),
    ],
    ids=["v1", "ugc", "graphql", "deep"],
)
async def test_the_same_json_is_the_same_request_however_it_is_written(
    edge: str, first: bytes, again: bytes | None, client: httpx.AsyncClient, database: Database
) -> None:
    async def send(content: bytes) -> httpx.Response:
        headers = {"Content-Type": "application/json", "Idempotency-Key": "key"}
        request = WRITING_ONE[edge].request
        return await client.request(request.method, request.path, content=content, headers=headers)

    answer = await send(first)
    after = await dump(database)

    assert (answer.status_code, answer.json().get("errors")) == (200, None), answer.text
    assert told(await send(first if again is None else again)) == told(answer)
    assert refusal_in(await send(first.replace(b"Ours", b"Other"))) == reused(edge, "key")
    assert await dump(database) == after


class Source:
    """New ids, which a test can have fail or wait."""

    def __init__(self) -> None:
        self._ids = Ids()
        self.fails = False
        self.asked = threading.Event()
        self.let_go = threading.Event()
        self.let_go.set()

    def __call__(self) -> UUID:
        self.asked.set()
        assert self.let_go.wait(timeout=20)
        if self.fails:
            raise RuntimeError("there are no more ids")
        return self._ids()


@asynccontextmanager
async def serving_ids_of(source: Source, database_url: str, clock: Clock, key: str) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(Settings(database_url=database_url), clock=clock, new_id=source)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://redraft.test") as client:
            client.headers["Authorization"] = f"Bearer {key}"
            yield client


TWO_FIELDS: Final = _graphql(
    f"""mutation($id: ID!, $input: UpdatePostInput!, $new: CreatePostInput!) {{
      first: updatePost(id: $id, input: $input) {{ {_UPDATED} }}
      second: createPost(input: $new) {{ ... on CreatePostSuccess {{ {_POST} }} }}
      third: createPost(input: $new) {{ ... on CreatePostSuccess {{ {_POST} }} }}
    }}""",
    **_change(SCHEDULED, "Ours"),
    new={"content": "New"},
)


async def test_a_mutation_that_failed_after_its_first_field_does_only_the_others_when_it_is_repeated(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    source = Source()
    async with serving_ids_of(source, database_url, clock, demo) as client:
        before = await dump(database)
        source.fails = True
        failed = await TWO_FIELDS.send(client, "key")
        assert failed.json()["data"] is None
        assert [error["extensions"]["code"] for error in failed.json()["errors"]] == ["INTERNAL"]
        stopped = await dump(database)
        assert {row[2] for row in stopped["idempotency_keys"]} == {0}
        assert (await stored_post(database, SCHEDULED)).version == 2

        source.fails = False
        clock.advance(hours=1)
        whole = await TWO_FIELDS.send(client, "key")
        after = await dump(database)
        again = await TWO_FIELDS.send(client, "key")

    data = whole.json()["data"]
    assert "errors" not in whole.json()
    assert (data["first"]["changedFields"], data["first"]["post"]["version"]) == (["content"], 2)
    assert data["first"]["post"]["updatedAt"] == "2026-04-12T08:30:00.000Z"
    assert [data[name]["post"]["id"] for name in ("second", "third")] == [str(UUID(int=1)), str(UUID(int=2))]
    assert told(again) == told(whole)
    assert (await stored_post(database, SCHEDULED)).version == 2
    assert changed_tables(before, after)["posts"] == (1, 3)
    assert {row[2] for row in after["idempotency_keys"]} == {0, 1, 2}
    assert await dump(database) == after


@pytest.mark.parametrize("edge", ["graphql", "v1", "ugc"])
async def test_a_request_that_is_still_running_is_409_and_its_repeat_gets_its_answer_afterwards(
    edge: str, database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    names = {"graphql": "createPost", "v1": "POST /v1/posts", "ugc": "POST /post/draft"}
    writing = WRITINGS[edge][names[edge]]
    source = Source()
    source.let_go.clear()
    async with serving_ids_of(source, database_url, clock, demo) as client:
        first = asyncio.create_task(writing.request.send(client, "key"))
        assert await asyncio.to_thread(source.asked.wait, 20)

        assert refusal_in(await writing.request.send(client, "key")) == running(edge, "key")

        source.let_go.set()
        answer = await first
        after = await dump(database)
        assert answer.status_code == writing.status
        assert told(await writing.request.send(client, "key")) == told(answer)
    assert len(after["idempotency_keys"]) == 1
    assert await dump(database) == after


@pytest.mark.parametrize("edge", WRITING_ONE)
async def test_a_failure_is_500_once_and_the_repeat_has_its_effect(
    edge: str, database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    names = {"graphql": "createPost", "v1": "POST /v1/posts", "ugc": "POST /post/draft"}
    writing = WRITINGS[edge][names[edge]]
    source = Source()
    async with serving_ids_of(source, database_url, clock, demo) as client:
        before = await dump(database)
        source.fails = True
        failed = await writing.request.send(client, "key")
        assert await dump(database) == before
        source.fails = False
        answer = await writing.request.send(client, "key")

    assert "Something went wrong here." in failed.text
    assert failed.status_code == (200 if edge == "graphql" else 500)
    assert (answer.status_code, answer.json().get("errors")) == (writing.status, None)
    assert changed_tables(before, await dump(database))["posts"] == (0, 1)


async def test_a_request_that_is_refused_before_anything_runs_leaves_its_key_unused(
    client: httpx.AsyncClient, database: Database
) -> None:
    before = await dump(database)
    headers = {"Idempotency-Key": "key", "Content-Type": "application/json"}

    unreadable = await client.patch(f"/v1/posts/{SCHEDULED}", content=b"{", headers=headers)

    assert unreadable.status_code == 400
    assert await dump(database) == before
    assert (await client.patch(f"/v1/posts/{SCHEDULED}", json=_OURS, headers=headers)).status_code == 200


async def test_a_request_that_is_limited_leaves_its_key_unused(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    async with serving(database_url, clock, rate_limit="1/day") as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        await client.get(f"/v1/posts/{SCHEDULED}")
        before = await dump(database)
        limited = await WRITING_ONE["v1"].request.send(client, "key")

    assert limited.status_code == 429
    assert await dump(database) == before
