"""What a random life does to posts, on the edges it chooses. Each answers with the codes that the answer can mean."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import httpx

from app.domain.errors import ErrorCode
from app.domain.schedule import format_instant
from app.rest.v1.answers import TABLE
from tests.lives.world import instant
from tests.support.edges import GraphQLEdge, UgcEdge, graphql

Codes = frozenset[ErrorCode]

_NAMES = {
    "graphql": {"time": "scheduledFor", "accounts": "accountIds"},
    "v1": {"time": "scheduled_for", "accounts": "account_ids"},
    "ugc": {"content": "caption", "time": "postTime", "accounts": "accountId"},
}


async def create(client: httpx.AsyncClient, edge: str, asked: dict[str, Any]) -> tuple[UUID | None, Codes]:
    """The new post's id; None where it was refused."""
    fields = _spelled(edge, asked)
    if edge == "v1":
        fields["draft"] = fields.pop("status") == "draft"
        response = await client.post("/v1/posts", json=fields)
        data = response.json()["data"]
        return (None, _v1_codes(response)) if data is None else (UUID(data["post_id"]), frozenset())
    query = """
      mutation($input: CreatePostInput!) { createPost(input: $input) {
        ... on CreatePostSuccess { post { id } } ... on MutationError { code message } } }
    """
    result = (await graphql(client, query, input=fields))["data"]["createPost"]
    return (None, _codes(result)) if "code" in result else (UUID(result["post"]["id"]), frozenset())


async def update(
    client: httpx.AsyncClient, edge: str, post: UUID, asked: dict[str, Any], expected: int | None
) -> Codes:
    fields = _spelled(edge, asked)
    if edge == "v1":
        tag = "*" if expected is None else f'"{expected}"'
        return _v1_codes(await client.patch(f"/v1/posts/{post}", json=fields, headers={"If-Match": tag}))
    if edge == "ugc":
        return (await UgcEdge.update(client, post, fields)).codes
    return (await GraphQLEdge.update(client, post, {**fields, "expectedVersion": expected})).codes


async def restore(client: httpx.AsyncClient, post: UUID, version: int) -> Codes:
    query = """
      mutation($id: ID!, $version: Int!) {
        restorePost(id: $id, version: $version) { ... on MutationError { code message } } }
    """
    return _codes((await graphql(client, query, id=str(post), version=version))["data"]["restorePost"])


async def retry(client: httpx.AsyncClient, edge: str, post: UUID, *, confirm: bool) -> Codes:
    if edge == "v1":
        return _v1_codes(await client.post(f"/v1/posts/{post}/retry", json={"confirm": True} if confirm else {}))
    query = """
      mutation($id: ID!, $confirm: Boolean! = false) {
        retryPost(id: $id, confirm: $confirm) { ... on MutationError { code message } } }
    """
    return _codes((await graphql(client, query, id=str(post), confirm=confirm))["data"]["retryPost"])


async def delete(client: httpx.AsyncClient, edge: str, post: UUID) -> Codes:
    if edge == "v1":
        return _v1_codes(await client.delete(f"/v1/posts/{post}"))
    query = "mutation($id: ID!) { deletePost(id: $id) { ... on MutationError { code message } } }"
    return _codes((await graphql(client, query, id=str(post)))["data"]["deletePost"])


def _spelled(edge: str, asked: dict[str, Any]) -> dict[str, Any]:
    values = dict(asked)
    if values.get("time") is not None:
        values["time"] = format_instant(instant(values["time"]))
    if "accounts" in values:
        values["accounts"] = min(values["accounts"]) if edge == "ugc" else sorted(values["accounts"])
    if "status" in values and edge == "graphql":
        values["status"] = values["status"].upper()
    return {_NAMES[edge].get(name, name): value for name, value in values.items()}


def _codes(result: dict[str, Any]) -> Codes:
    return frozenset([ErrorCode(result["code"])] if "code" in result else [])


def _v1_codes(response: httpx.Response) -> Codes:
    error = response.json()["error"]
    if error is None:
        return frozenset()
    if error["code"] == "past_schedule_time" or any("code" in issue for issue in _issues(error)):
        return frozenset([ErrorCode.INVALID_INPUT])
    return frozenset(code for code, row in TABLE.items() if row == (response.status_code, error["code"]))


def _issues(error: dict[str, Any]) -> list[dict[str, Any]]:
    details = error.get("details")
    return details if isinstance(details, list) else []
