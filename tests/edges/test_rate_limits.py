"""What every edge says of a key's rate limits, and when a key that has used one up is let in again."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest

from app.http.access import Gate
from app.repositories.database import Database
from tests.conftest import serving
from tests.edges.test_access import change_on_every_edge
from tests.support.clock import NOW, Clock
from tests.support.edges import dump

POLICY = '"4/second";q=4;w=1, "6/hour";q=6;w=3600'
START = int(NOW.timestamp())


class Timer:
    """Microseconds, as far on as the clock of the test."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(self) -> int:
        return (self._clock.now - NOW) // timedelta(microseconds=1)


@pytest.fixture
async def limited(database_url: str, clock: Clock, demo: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client whose key has two limits, on the clock of the test."""
    async with serving(database_url, clock) as (app, client):
        app.state.gate = Gate(app.state.service, rate_limit="4/second;6/hour", timer=Timer(clock))
        client.headers["Authorization"] = f"Bearer {demo}"
        yield client


def said(response: httpx.Response) -> tuple[str | None, ...]:
    """RateLimit, X-RateLimit-Limit, -Remaining and -Reset, and Retry-After, of an answer that names the policy."""
    assert response.headers["RateLimit-Policy"] == POLICY
    names = ("RateLimit", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Retry-After")
    return tuple(response.headers.get(name) for name in names)


async def test_every_edge_tells_both_limits_and_the_nearer_one(limited: httpx.AsyncClient, clock: Clock) -> None:
    answers = await change_on_every_edge(limited)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [said(answer) for answer in answers] == [
        ('"4/second";r=3;t=1, "6/hour";r=5;t=3600', "4", "3", str(START + 1), None),
        ('"4/second";r=2;t=1, "6/hour";r=4;t=3600', "4", "2", str(START + 1), None),
        ('"4/second";r=1;t=1, "6/hour";r=3;t=3600', "4", "1", str(START + 1), None),
        ('"4/second";r=0;t=1, "6/hour";r=2;t=3600', "4", "0", str(START + 1), None),
    ]


async def test_every_edge_refuses_in_the_same_fields_and_changes_nothing(
    limited: httpx.AsyncClient, clock: Clock, database: Database
) -> None:
    for _ in range(4):
        await limited.get("/v1/accounts")
    before = await dump(database)

    answers = await change_on_every_edge(limited)

    assert [answer.status_code for answer in answers] == [429] * 4
    # A request that one limit refuses is not counted by the other: each of these says the same.
    assert [said(answer) for answer in answers] == [
        ('"4/second";r=0;t=1, "6/hour";r=2;t=3600', "4", "0", str(START + 1), "1")
    ] * 4
    assert await dump(database) == before


async def test_whoever_waits_as_long_as_told_is_let_in_and_nobody_sooner(
    limited: httpx.AsyncClient, clock: Clock
) -> None:
    answers = []
    for instant in (0.0, 0.2, 0.4, 0.6, 0.999_999, 1.0, 1.1, 1.2, 5.0, 3599.999_999, 3600.0, 3600.1, 3600.2):
        clock.now = NOW + timedelta(seconds=instant)
        answers.append((instant, await limited.get("/v1/accounts")))

    assert [(at, answer.headers["Retry-After"]) for at, answer in answers if answer.status_code == 429] == [
        (0.999_999, "1"),
        (1.1, "1"),
        (5.0, "3595"),
        (3599.999_999, "1"),
        (3600.1, "1"),
    ]
    assert {answer.status_code for _, answer in answers} == {200, 429}


async def test_whoever_has_no_good_key_is_not_told_of_limits(limited: httpx.AsyncClient) -> None:
    limited.headers["Authorization"] = "Bearer nonsense"

    answers = await change_on_every_edge(limited)

    assert [answer.status_code for answer in answers] == [401] * 4
    assert [name for answer in answers for name in answer.headers if "ratelimit" in name] == []


async def test_without_a_limit_nothing_is_said_of_one(client: httpx.AsyncClient) -> None:
    answers = await change_on_every_edge(client)

    assert [answer.status_code for answer in answers] == [200] * 4
    assert [name for answer in answers for name in answer.headers if "ratelimit" in name] == []
