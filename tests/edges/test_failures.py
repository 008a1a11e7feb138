"""What is not a refusal is masked, logged once with its traceback, and gives away neither content nor keys."""

from __future__ import annotations

import logging
import re

import httpx
import pytest
from sqlalchemy import Connection, text

from app.commands.fill_demo import SCHEDULED, VIDEO
from app.repositories.database import Database
from tests.support.edges import UPDATE_POST
from tests.support.log import Log

SECRET = "The words nobody may read\nin a log."
REQUEST_ID = re.compile(r"[a-z0-9]{8}")


def break_posts(connection: Connection) -> None:
    """Make every write of SECRET fail inside the database, the way it fails when a row breaks a rule of its table."""
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                "CREATE TRIGGER broken BEFORE UPDATE ON posts WHEN new.content LIKE 'The words%' "
                "BEGIN SELECT RAISE(ABORT, 'broken'); END"
            )
        )
    else:
        connection.execute(text("ALTER TABLE posts ADD CONSTRAINT broken CHECK (content NOT LIKE 'The words%')"))


def lose_destinations(connection: Connection) -> None:
    connection.execute(text("ALTER TABLE destinations RENAME TO lost"))


@pytest.mark.parametrize("damage", [break_posts, lose_destinations])
async def test_a_failure_is_masked_on_every_edge_and_logged_once(
    damage: object, client: httpx.AsyncClient, database: Database, demo: str, caplog: pytest.LogCaptureFixture
) -> None:
    await database.write(damage)  # type: ignore[arg-type]
    caplog.set_level(logging.INFO)
    caplog.clear()

    graphql = await client.post(
        "/graphql", json={"query": UPDATE_POST, "variables": {"id": str(SCHEDULED), "input": {"content": SECRET}}}
    )
    v1 = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": SECRET})
    ugc = await client.post("/post/update", json={"postId": str(VIDEO), "caption": SECRET})

    ids = [response.headers["X-Request-Id"] for response in (graphql, v1, ugc)]
    assert all(REQUEST_ID.fullmatch(id) for id in ids)
    masked = [f"Something went wrong here. Quote request {id} when you ask about it." for id in ids]
    assert [(error["message"], error["extensions"]) for error in graphql.json()["errors"]] == [
        (masked[0], {"code": "INTERNAL", "requestId": ids[0]})
    ]
    assert graphql.json()["data"] is None
    assert (v1.status_code, v1.json()["error"]) == (500, {"message": masked[1], "code": "internal_error"})
    assert (ugc.status_code, ugc.json()) == (500, {"ok": False, "code": 500, "message": masked[2]})

    failures = [record for record in caplog.records if record.name == "redraft.failure"]
    assert [(record.getMessage(), vars(record)["request_id"]) for record in failures] == [
        ("unexpected error", id) for id in ids
    ]
    assert all(record.exc_info for record in failures)
    assert caplog.text.count("Traceback (most recent call last)") >= 3
    for hidden in (*SECRET.splitlines(), demo):
        assert hidden not in caplog.text
        assert hidden not in graphql.text + v1.text + ugc.text


async def test_a_failed_update_keeps_nothing(client: httpx.AsyncClient, database: Database) -> None:
    await database.write(break_posts)

    refused = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": SECRET, "account_ids": [2280]})
    later = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "Fine."})

    assert refused.status_code == 500
    assert later.status_code == 200
    assert (later.json()["data"]["account_ids"], later.headers["ETag"]) == ([2280, 2282, 2285], '"2"')


async def test_a_clients_mistake_is_not_logged_as_a_failure(
    client: httpx.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for query in ("{ nope }", "{", "query ($a: Int!) { __typename }", "{ posts(first: 101) { nodes { id } } }"):
        assert (await client.post("/graphql", json={"query": query})).json()["errors"]
    await client.post("/graphql", content=b"[")
    await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": 5})
    await client.post("/post/update", json={})

    assert [record for record in caplog.records if record.exc_info or record.levelno >= logging.WARNING] == []
    assert "Traceback" not in caplog.text


async def test_a_request_has_one_id_in_its_answer_its_header_and_its_log_line(
    client: httpx.AsyncClient, log: Log
) -> None:
    shown = await client.get(f"/v1/posts/{SCHEDULED}", headers={"X-Request-Id": "mine"})
    missing = await client.get("/v1/posts/nonsense")
    graphql = await client.post("/graphql", json={"query": "{ nope }"})
    ugc = await client.post("/post/update", json={})
    unknown = await client.get("/nowhere")

    responses = [shown, missing, graphql, ugc, unknown]
    ids = [response.headers["X-Request-Id"] for response in responses]
    assert all(REQUEST_ID.fullmatch(id) for id in ids)
    assert len(set(ids)) == 5
    assert [shown.json()["meta"]["request_id"], missing.json()["meta"]["request_id"]] == ids[:2]
    assert graphql.json()["errors"][0]["extensions"]["requestId"] == ids[2]
    names = ("request_id", "method", "path", "operation", "edge", "status")
    assert [tuple(line[name] for name in names) for line in log.lines("redraft.request")] == [
        (ids[0], "GET", f"/v1/posts/{SCHEDULED}", "GET /posts/{post_id}", "v1", 200),
        (ids[1], "GET", "/v1/posts/nonsense", "GET /posts/{post_id}", "v1", 404),
        (ids[2], "POST", "/graphql", "none", "graphql", 200),
        (ids[3], "POST", "/post/update", "POST /post/update", "ugc", 400),
        (ids[4], "GET", "/nowhere", "none", "other", 404),
    ]
