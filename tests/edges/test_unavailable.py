"""A database that cannot do it is answered with 503 on every edge: whether the change was stored, and what to do."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, text

from app.commands.fill_demo import SCHEDULED, VIDEO
from app.commands.service import Service
from app.repositories.database import Database
from tests.conftest import serving
from tests.repositories.conftest import raw
from tests.repositories.storage import dump
from tests.support.clock import Clock
from tests.support.edges import UPDATE_POST, without_cost

SECRET = "The words nobody may read in a log."


@pytest.fixture
async def served(database_url: str, clock: Clock, demo: str) -> AsyncIterator[tuple[FastAPI, httpx.AsyncClient]]:
    async with serving(database_url, clock) as (app, client):
        client.headers["Authorization"] = f"Bearer {demo}"
        yield app, client


def at_each_update(statement: str, *, at_commit: bool) -> Callable[[Connection], None]:
    """Have PostgreSQL run a statement of PL/pgSQL whenever a post is changed, or when that change is committed."""

    def prepare(connection: Connection) -> None:
        body = f"$$ BEGIN {statement}; RETURN NULL; END $$"
        connection.execute(text(f"CREATE FUNCTION troubling() RETURNS trigger LANGUAGE plpgsql AS {body}"))
        when = "DEFERRABLE INITIALLY DEFERRED" if at_commit else "NOT DEFERRABLE"
        connection.execute(
            text(
                f"CREATE CONSTRAINT TRIGGER troubling AFTER UPDATE ON posts {when} "
                "FOR EACH ROW EXECUTE FUNCTION troubling()"
            )
        )

    return prepare


def stop_troubling(connection: Connection) -> None:
    connection.execute(text("DROP TRIGGER troubling ON posts"))


async def update_on_every_edge(client: httpx.AsyncClient, **headers: str) -> list[httpx.Response]:
    graphql = {"query": UPDATE_POST, "variables": {"id": str(SCHEDULED), "input": {"content": SECRET}}}
    return [
        await client.post("/graphql", json=graphql, headers=headers),
        await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": SECRET}, headers=headers),
        await client.post("/post/update", json={"postId": str(VIDEO), "caption": SECRET}, headers=headers),
    ]


def said(answers: list[httpx.Response]) -> list[Any]:
    """What the three answers hold, without the ids, the times and the cost."""
    graphql, v1, ugc = without_cost(answers[0]), *(answer.json() for answer in answers[1:])
    for error in graphql["errors"]:
        del error["extensions"]["requestId"]
        error.pop("locations", None)
        error.pop("path", None)
    return [graphql, {key: value for key, value in v1.items() if key != "meta"}, ugc]


def unavailable(message: str) -> list[Any]:
    return [
        {"data": None, "errors": [{"message": message, "extensions": {"code": "UNAVAILABLE"}}]},
        {"data": None, "error": {"message": message, "code": "unavailable"}},
        {"ok": False, "code": 503, "message": message},
    ]


@contextmanager
def someone_else_writing(database_url: str) -> Any:
    other = sqlite3.connect(database_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


async def test_a_change_that_the_database_could_not_store_is_said_to_be_not_stored(
    engine: str,
    served: tuple[FastAPI, httpx.AsyncClient],
    database: Database,
    database_url: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    app, client = served
    service: Service = app.state.service
    before = await dump(database)
    caplog.set_level(logging.INFO)
    caplog.clear()

    if engine == "sqlite":
        trouble, cause = "The database took too long", "database is locked (SQLITE_BUSY)"
        await service.database.write(lambda connection: raw(connection).execute("PRAGMA busy_timeout = 0") and None)
        with someone_else_writing(database_url):
            answers = await update_on_every_edge(client, **{"Idempotency-Key": "one"})
    else:
        trouble, cause = "The database's disk is full", "no space (53100)"
        await database.write(at_each_update("RAISE EXCEPTION 'no space' USING ERRCODE = 53100", at_commit=False))
        answers = await update_on_every_edge(client, **{"Idempotency-Key": "one"})
        await database.write(stop_troubling)

    assert said(answers) == unavailable(f"{trouble}: the change was not stored. Try again in a few seconds.")
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 3
    assert await dump(database) == before
    logged = [record for record in caplog.records if record.name == "redraft.database"]
    assert [record.getMessage() for record in logged] == [f"{trouble}: {cause}"] * 3
    assert "Traceback" not in caplog.text
    assert SECRET not in caplog.text
    # The refusal was not recorded: the same request under the same key has its effect now.
    (graphql, _, _) = await update_on_every_edge(client, **{"Idempotency-Key": "one"})
    assert (graphql.status_code, graphql.json()["data"]["updatePost"]["post"]["version"]) == (200, 2)


@pytest.mark.parametrize(
    ("headers", "advice"),
    [
        ({"Idempotency-Key": "one"}, "Repeat the request with the same Idempotency-Key."),
        ({}, "Look before you send it again."),
    ],
)
@pytest.mark.parametrize("engine", ["postgresql"])
async def test_a_change_that_may_be_stored_is_said_to_be_uncertain(
    served: tuple[FastAPI, httpx.AsyncClient], database: Database, headers: dict[str, str], advice: str
) -> None:
    _, client = served
    await database.write(at_each_update("PERFORM pg_terminate_backend(pg_backend_pid())", at_commit=True))

    answers = await update_on_every_edge(client, **headers)

    assert said(answers) == unavailable(
        "The connection to the database was lost while the change was being stored: it may have been stored. " + advice
    )
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 3
    await database.write(stop_troubling)
    repeated = await client.patch(f"/v1/posts/{SCHEDULED}", json={"content": SECRET}, headers=headers)
    assert (repeated.status_code, repeated.headers["ETag"]) == (200, '"2"')
