"""A new post comes to the same on every edge: what is stored of it, its history included, or the refusal."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

import httpx
import pytest

from app.domain.errors import ErrorCode
from app.repositories.database import Database
from app.rest.v1.posts.bodies import CreatePostBody
from resolvers.inputs import CreatePostInput
from tests.support.answers import Refused
from tests.support.clock import NOW
from tests.support.life.new_posts import DRAFTS_OF_ONE_ACCOUNT, SLIDESHOWS, STANDARD_POSTS, VIDEOS, NewPost
from tests.support.life.world import World
from tests.support.trials import Outcome, Trial, expect_the_same_again, outcomes_of

TABLES: Mapping[str, Sequence[NewPost]] = {
    "standard": STANDARD_POSTS,
    "videos": VIDEOS,
    "slideshows": SLIDESHOWS,
    "drafts of one account": DRAFTS_OF_ONE_ACCOUNT,
}


@pytest.mark.parametrize("table", TABLES)
async def test_a_new_post_is_stored_the_same_or_refused_the_same_on_every_edge(
    table: str, client: httpx.AsyncClient, database: Database
) -> None:
    cases = TABLES[table]
    world = await World.of(database)
    attempts = [(case, route, Trial(request=request)) for case in cases for route, request in case.requests.items()]

    outcomes = await outcomes_of([trial for _, _, trial in attempts], client, database)

    by_case: dict[str, dict[str, Outcome]] = {}
    for (case, route, _), outcome in zip(attempts, outcomes, strict=True):
        expect(case, route, outcome, world)
        by_case.setdefault(str(case), {})[route] = outcome
    assert len(by_case) == len(cases)
    for case in cases:
        found = {
            route: outcome for route, outcome in by_case[str(case)].items() if case.expected(route) == case.comes_to
        }
        assert len({repr(outcome.rows) for outcome in found.values()}) <= 1, (str(case), found)
        messages = {outcome.answer.message for route, outcome in found.items() if route not in case.says}
        assert len(messages) <= 1, (str(case), messages)


def expect(case: NewPost, route: str, outcome: Outcome, world: World) -> None:
    answer, expected = outcome.answer, case.expected(route)
    about = (str(case), route, answer.body)
    if isinstance(expected, Refused):
        if answer.edge == "ugc":
            assert ErrorCode.INVALID_INPUT in answer.possible, about
        else:
            assert answer.refused == expected, about
        if route in case.says:
            assert answer.message == case.says[route], about
        assert (outcome.rows, outcome.stored) == ({}, None), about
        return
    id = answer.post_id
    assert id is not None, about
    post = case.post(id, world, route)
    assert outcome.stored == post, about
    revision = outcome.revision
    assert revision is not None, about
    assert (revision.version, revision.changed_by, revision.changed_at) == (1, "demo", NOW), about
    told = {change.field: (change.before, change.after) for change in revision.changes}
    assert told["content"] == (None, post.content), about
    assert told["status"] == (None, post.status), about
    assert told["account_ids"] == (None, post.account_ids), about


@pytest.mark.parametrize("table", TABLES)
async def test_a_new_post_that_is_sent_again_under_its_key_is_answered_the_same_and_made_once_on_every_edge(
    table: str, client: httpx.AsyncClient, database: Database
) -> None:
    trials = [Trial(request=request) for case in TABLES[table] for request in case.requests.values()]

    await expect_the_same_again(trials, client, database)


def test_the_table_holds_every_field_of_every_edge_with_null_and_with_something_wrong() -> None:
    cases = [case for table in TABLES.values() for case in table]
    fields = {*CreatePostBody.model_fields, *(field.name for field in dataclasses.fields(CreatePostInput))}
    with_null = {case.field for case in cases if case.sent is None}
    wrong = {case.field for case in cases if case.is_mistyped or isinstance(case.comes_to, Refused)}

    assert (fields - with_null, fields - wrong) == (set(), set())


def test_what_differs_between_edges_says_why() -> None:
    for case in (case for table in TABLES.values() for case in table):
        differs = case.instead or (case.is_mistyped and not isinstance(case.comes_to, Refused) and case.routes is None)
        assert case.why is not None or not differs, str(case)
