"""Deleting, retrying, queueing and restoring a post come to the same on every edge: what is stored, or the refusal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, count, product
from uuid import UUID

import httpx
import pytest

from app.domain.post import Post
from app.repositories.database import Database
from tests.support.answers import Refused
from tests.support.clock import NOW
from tests.support.life.cases import MISTYPED, Case, Deleted, Stored, Unchanged
from tests.support.life.deletions import DELETIONS
from tests.support.life.restorations import RESTORATIONS
from tests.support.life.retries import RETRIES
from tests.support.life.schedulings import SCHEDULINGS
from tests.support.life.world import World
from tests.support.trials import Outcome, Trial, add_posts, expect_the_same_again, outcomes_of, save_posts

LIFE = (*DELETIONS, *RETRIES, *SCHEDULINGS, *RESTORATIONS)
FIRST_COPY = 100_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """One case through one route, with the copy of the post that it is about; None for a post that is not there."""

    case: Case
    route: str
    post: Post | None
    trial: Trial


async def prepare(cases: Sequence[Case], world: World, database: Database) -> list[Attempt]:
    """A copy of the case's post for each of its routes, with its second version if it has one."""
    ids = (UUID(int=number) for number in count(FIRST_COPY))
    attempts, copies, later = [], [], []
    for case, (route, ask) in chain.from_iterable(product([case], case.asks.items()) for case in cases):
        post = None
        if isinstance(case.start, str):
            post = world.posts[case.start]._replace(id=next(ids))
            copies.append(post)
            if case.later:
                first, post = post, Stored(different=case.later, fields=()).of(post, world)
                later.append((first, post))
        id = case.start if post is None else post.id
        assert isinstance(id, UUID)
        trial = Trial(request=ask(id), post_id=None if post is None else id)
        attempts.append(Attempt(case, route, post, trial))
    await add_posts(database, copies)
    await save_posts(database, later)
    return attempts


@pytest.mark.parametrize(
    "cases", [DELETIONS, RETRIES, SCHEDULINGS, RESTORATIONS], ids=["delete", "retry", "schedule", "restore"]
)
async def test_an_operation_leaves_the_same_post_and_history_or_the_same_refusal_on_every_edge(
    cases: Sequence[Case], client: httpx.AsyncClient, database: Database
) -> None:
    # given a copy of the post for each case and route alone
    world = await World.of(database)
    attempts = await prepare(cases, world, database)

    # when
    outcomes = await outcomes_of([attempt.trial for attempt in attempts], client, database)

    # then each came to what the table says
    by_case: dict[str, dict[str, Outcome]] = {}
    for attempt, outcome in zip(attempts, outcomes, strict=True):
        expect(attempt, outcome, world)
        by_case.setdefault(str(attempt.case), {})[attempt.route] = outcome
    # and the routes to one outcome left the same rows, and refused in the same words
    assert len(by_case) == len(cases)
    for case in cases:
        found = by_case[str(case)]
        alike = [found[route] for route in case.asks if route not in case.instead]
        assert all(outcome.rows == alike[0].rows for outcome in alike), (str(case), found)
        messages = {found[route].answer.message for route in case.asks if route not in {**case.instead, **case.says}}
        assert len(messages) <= 1, (str(case), messages)


def expect(attempt: Attempt, outcome: Outcome, world: World) -> None:
    case, post, expected = attempt.case, attempt.post, attempt.case.expected(attempt.route)
    answer = outcome.answer
    about = (str(case), attempt.route, answer.body)
    if isinstance(expected, Refused):
        if answer.edge == "ugc":
            assert expected.code in answer.possible, about
        else:
            assert answer.refused == expected, about
        if attempt.route in case.says:
            assert answer.message == case.says[attempt.route], about
    else:
        assert answer.data is not None, about
    if isinstance(expected, Refused | Unchanged):
        assert (outcome.rows, outcome.stored) == ({}, post), about
        return
    assert post is not None
    assert outcome.revision is not None, about
    fields = tuple(change.field for change in outcome.revision.changes)
    assert (fields, outcome.revision.version, outcome.revision.changed_by, outcome.revision.changed_at) == (
        expected.fields,
        post.version + 1,
        "demo",
        NOW,
    ), about
    assert outcome.stored == (None if isinstance(expected, Deleted) else expected.of(post, world)), about


async def test_an_operation_that_is_repeated_under_its_key_is_answered_the_same_and_done_once_on_every_edge(
    client: httpx.AsyncClient, database: Database
) -> None:
    attempts = await prepare(LIFE, await World.of(database), database)

    await expect_the_same_again([attempt.trial for attempt in attempts], client, database)


def test_every_operation_is_tried_on_a_post_of_every_status_and_on_none() -> None:
    statuses = {"draft", "scheduled", "publishing", "published", "failed", "partially_failed"}
    for cases in (DELETIONS, RETRIES, SCHEDULINGS):
        starts = {case.start for case in cases}
        assert statuses - starts == set(), cases[0].operation
        assert len([start for start in starts if isinstance(start, UUID)]) == 2, cases[0].operation


def test_what_differs_between_edges_says_why() -> None:
    differing = [case for case in LIFE if any(outcome != MISTYPED for outcome in case.instead.values())]

    assert [str(case) for case in differing if case.why is None] == []
