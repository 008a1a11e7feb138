"""Who is let in: 401, 403 and 429 on every edge, in the words of each."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED, VIDEO
from app.commands.manage_keys import create_key, try_revoke_key
from app.domain.api_key import Scope, new_secret, public_id_of
from app.repositories.database import Database
from tests.conftest import key_with, serving
from tests.support.clock import Clock
from tests.support.edges import dump

NO_KEY = "A valid API key is required: Authorization: Bearer YOUR_API_KEY."


async def change_on_every_edge(client: httpx.AsyncClient) -> list[httpx.Response]:
    """The answers of GraphQL, v1, /api/v1 and /post/update to a change of content."""
    mutation = f'mutation {{ updatePost(id: "{SCHEDULED}", input: {{content: "x"}}) {{ __typename }} }}'
    return [
        await client.post("/graphql", json={"query": mutation}),
        await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "x"}),
        await client.patch(f"/api/v1/posts/{SCHEDULED}", json={"content": "x"}),
        await client.post("/post/update", json={"postId": str(VIDEO), "caption": "x"}),
    ]


def assert_refused(responses: list[httpx.Response], status: int, code: str, v1_code: str, message: str) -> None:
    graphql, v1, api_v1, ugc = responses
    assert [response.status_code for response in responses] == [status] * 4
    errors = graphql.json()["errors"]
    assert graphql.json().get("data") is None
    assert [(error["message"], error["extensions"]["code"]) for error in errors] == [(message, code)]
    assert [error["extensions"]["requestId"] for error in errors] == [graphql.headers["X-Request-Id"]]
    for response in (v1, api_v1):
        assert response.json()["error"] == {"message": message, "code": v1_code}
        assert response.json()["data"] is None
    assert ugc.json() == {"ok": False, "code": status, "message": message}


async def test_without_a_good_key_nothing_is_answered_and_no_edge_says_what_is_wrong_with_it(
    client: httpx.AsyncClient, database: Database, clock: Clock, demo: str
) -> None:
    expired = await database.write(
        lambda connection: create_key(
            connection,
            organization="Redraft Demo",
            name="expired",
            scopes=tuple(Scope),
            now=clock() - timedelta(days=1),
            expires_at=clock(),
        )
    )
    revoked = await key_with(database, clock, *Scope)
    public_id = public_id_of(revoked)
    assert public_id is not None
    await database.write(lambda connection: try_revoke_key(connection, public_id=public_id, now=clock()))
    of_another_secret = demo[:17] + new_secret()[17:]
    before = await dump(database)

    for header in (
        None,
        "",
        "Bearer",
        "Bearer ",
        f"Basic {demo}",
        demo,
        "Bearer nonsense",
        f"Bearer {demo}x",
        f"Bearer {demo[:-1]}",
        f"Bearer {of_another_secret}",
        f"Bearer {new_secret()}",
        f"Bearer {expired}",
        f"Bearer {revoked}",
    ):
        client.headers.pop("Authorization", None)
        if header is not None:
            client.headers["Authorization"] = header
        responses = await change_on_every_edge(client)

        assert_refused(responses, 401, "UNAUTHENTICATED", "unauthorized", NO_KEY)
        assert [response.headers["WWW-Authenticate"] for response in responses] == ["Bearer"] * 4
    assert await dump(database) == before


async def test_a_key_that_may_only_read_changes_nothing_on_any_edge(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.READ)}"
    before = await dump(database)

    responses = await change_on_every_edge(client)
    created = await client.post("/v1/posts", json={"draft": True})
    deleted = await client.delete(f"/v1/posts/{SCHEDULED}")

    assert_refused(responses, 403, "FORBIDDEN", "forbidden", "This API key lacks the scope write.")
    assert [created.status_code, deleted.status_code] == [403, 403]
    assert await dump(database) == before
    assert (await client.get(f"/v1/posts/{SCHEDULED}")).status_code == 200


async def test_a_key_that_may_only_write_reads_nothing(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.WRITE)}"

    for path in ("/v1/posts", f"/v1/posts/{SCHEDULED}", "/v1/accounts", "/v1/accounts/2280"):
        response = await client.get(path)
        assert (response.status_code, response.json()["error"]["code"]) == (403, "forbidden")
    for query in (f'{{ post(id: "{SCHEDULED}") {{ id }} }}', "{ posts { totalCount } }", "{ accounts { accountId } }"):
        response = await client.post("/graphql", json={"query": query})
        assert (response.status_code, response.json()["data"]) == (403, None)
    assert [response.status_code for response in await change_on_every_edge(client)] == [200] * 4


async def test_one_field_that_is_forbidden_hides_what_the_others_found(
    client: httpx.AsyncClient, database: Database, clock: Clock
) -> None:
    client.headers["Authorization"] = f"Bearer {await key_with(database, clock, Scope.WRITE)}"

    response = await client.post("/graphql", json={"query": "{ __typename accounts { accountId } }"})

    assert (response.status_code, response.json()["data"]) == (403, None)


@pytest.mark.parametrize("edge", [0, 1, 3], ids=["graphql", "v1", "ugc"])
async def test_a_key_that_asks_too_often_is_told_when_to_come_back(
    edge: int, database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    async with serving(database_url, clock, rate_limit="2/hour") as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        # given a key that has used up what it may
        spent = [await client.get("/v1/accounts"), await client.get("/v1/accounts")]
        before = await dump(database)

        # when
        response = (await change_on_every_edge(client))[edge]

        # then
        assert [answer.headers["X-RateLimit-Remaining"] for answer in spent] == ["1", "0"]
        assert response.status_code == 429
        retry_after = int(response.headers["Retry-After"])
        assert 1 <= retry_after <= 7200
        assert response.headers["X-RateLimit-Limit"] == "2"
        assert response.headers["X-RateLimit-Remaining"] == "0"
        assert response.headers["X-RateLimit-Reset"].isdecimal()
        assert _said(response) == ("RATE_LIMITED", f"Too many requests. Try again in {retry_after} s.")
        assert await dump(database) == before


async def test_keys_are_counted_apart_and_every_counted_answer_says_what_is_left(
    database_url: str, clock: Clock, demo: str, database: Database
) -> None:
    other = await key_with(database, clock, *Scope)
    async with serving(database_url, clock, rate_limit="4/hour") as (_, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        answers = await change_on_every_edge(client)
        client.headers["Authorization"] = f"Bearer {other}"
        fresh = await client.get("/v1/accounts")

    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["3", "2", "1", "0"]
    assert fresh.headers["X-RateLimit-Remaining"] == "3"


def _said(response: httpx.Response) -> tuple[str, str]:
    body: dict[str, Any] = response.json()
    if "errors" in body:
        return body["errors"][0]["extensions"]["code"], body["errors"][0]["message"]
    if "ok" in body:
        assert (body["ok"], body["code"]) == (False, 429)
        return "RATE_LIMITED", body["message"]
    return body["error"]["code"].upper(), body["error"]["message"]
