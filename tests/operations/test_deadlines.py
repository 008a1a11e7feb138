"""One timer for all operations ends those that are late, each by its own time, and no other."""

from __future__ import annotations

import asyncio

import pytest
from graphql import OperationType

from resolvers.operations.deadlines import Deadlines, OutOfTime, Timeouts

QUERY, MUTATION = OperationType.QUERY, OperationType.MUTATION
NEVER = 60.0
"""Seconds; longer than any test lasts."""


async def outcome_of(deadlines: Deadlines, kind: OperationType, waiting: asyncio.Event) -> str:
    try:
        async with deadlines.of(kind):
            await waiting.wait()
    except OutOfTime as late:
        return late.message.partition(" was ")[0]
    return "in time"


async def test_each_is_ended_by_its_own_time() -> None:
    deadlines = Deadlines(Timeouts(query=0.02, mutation=NEVER))
    waiting = asyncio.Event()
    tasks = [asyncio.create_task(outcome_of(deadlines, kind, waiting)) for kind in (QUERY, MUTATION, QUERY)]

    assert [await tasks[0], await tasks[2]] == ["The query"] * 2
    assert not tasks[1].done()
    waiting.set()
    assert await tasks[1] == "in time"


async def test_one_that_begins_while_others_run_is_ended_too() -> None:
    deadlines = Deadlines(Timeouts(query=NEVER, mutation=0.02))
    waiting = asyncio.Event()
    first = asyncio.create_task(outcome_of(deadlines, MUTATION, waiting))
    assert await first == "The mutation"

    assert await outcome_of(deadlines, MUTATION, waiting) == "The mutation"


async def test_what_is_cancelled_from_outside_is_cancelled_and_forgotten() -> None:
    deadlines = Deadlines(Timeouts(query=0.02, mutation=0.02))
    task = asyncio.create_task(outcome_of(deadlines, QUERY, asyncio.Event()))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert await outcome_of(deadlines, QUERY, asyncio.Event()) == "The query"


async def test_an_error_of_what_is_within_is_its_own() -> None:
    deadlines = Deadlines(Timeouts())

    with pytest.raises(TimeoutError, match="of something else"):
        async with deadlines.of(QUERY):
            raise TimeoutError("of something else")


def test_they_are_watched_over_on_the_loop_that_runs_them() -> None:
    deadlines = Deadlines(Timeouts(query=0.2, mutation=0.2))

    async def end_at_once() -> None:
        async with deadlines.of(QUERY):
            pass

    asyncio.run(end_at_once())  # the next look was to be this loop's
    assert asyncio.run(outcome_of(deadlines, QUERY, asyncio.Event())) == "The query"
