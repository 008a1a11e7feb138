"""Random lives of posts: whatever is done to them, through whichever edge, the service and the model agree."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from app.domain.errors import ErrorCode
from tests.lives.edges import create, delete, restore, retry, update
from tests.lives.model import Model, ModelPost
from tests.lives.world import World

LIVES = int(os.environ.get("REDRAFT_RANDOM_LIVES", "30"))
"""How many lives are tried on each database."""

GAPS = {1: 0, 2: 0, 3: 15}
"""The active accounts, with their minutes between posts."""
INACTIVE, UNKNOWN = 8, 9

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "content": st.sampled_from(["", "a", "Grüße 👋🏽"]),
        "time": st.none() | st.integers(-2, 12).map(lambda number: number * 10),
        "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
        "accounts": st.sets(st.sampled_from([1, 2, 3]), min_size=1) | st.sets(st.sampled_from([1, INACTIVE, UNKNOWN])),
        "status": st.sampled_from(["draft", "scheduled"]),
    },
)


class Life(RuleBasedStateMachine):
    posts: Bundle[UUID] = Bundle("posts")

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.now = 0
        self.model = Model(GAPS)
        self.versions: dict[UUID, dict[int, ModelPost]] = {}
        world.begin_life(GAPS, inactive=INACTIVE)

    def comes_to(self, post: UUID, expected: ModelPost | str, answered: frozenset[ErrorCode]) -> None:
        """The edge answered what the model says, and that is what is stored from now on."""
        if isinstance(expected, str):
            assert expected in answered
        else:
            assert answered == frozenset()
            self.model.posts[post] = expected
            self.versions.setdefault(post, {})[expected.version] = expected

    @rule(target=posts, changes=CHANGES, edge=st.sampled_from(["graphql", "v1"]))
    def create(self, changes: dict[str, Any], edge: str) -> Any:
        asked = {"status": "draft", **changes}
        goes_out_now = edge == "v1" and asked["status"] == "scheduled" and "time" not in asked
        self.model.posts[None] = ModelPost(time=self.now if goes_out_now else None)
        expected = self.model.update(None, self.now, **asked)
        del self.model.posts[None]

        post, codes = self.world.run(create(self.world.client, edge, asked))

        if post is None:
            assert expected in codes
            return multiple()
        assert isinstance(expected, ModelPost)
        self.comes_to(post, replace(expected, version=1), codes)
        return post

    @rule(post=posts, changes=CHANGES, expected=st.none() | st.integers(1, 4), edge=st.sampled_from(["graphql", "v1"]))
    def update(self, post: UUID, changes: dict[str, Any], expected: int | None, edge: str) -> None:
        outcome = self.model.update(post, self.now, expected, **changes)
        self.comes_to(post, outcome, self.world.run(update(self.world.client, edge, post, changes, expected)))

    @rule(post=posts, changes=CHANGES)
    def update_where_posts_have_one_account(self, post: UUID, changes: dict[str, Any]) -> None:
        asked = {name: value for name, value in changes.items() if name in ("content", "time")}
        if changes.get("accounts"):
            asked["accounts"] = {min(changes["accounts"])}
        outcome = self.model.update(post, self.now, **asked, status="scheduled")
        stored = self.model.posts[post]
        is_bare_draft = stored.status == "draft" and not asked.keys() >= {"accounts", "time"}
        is_ambiguous = len(stored.destinations) > 1 and "accounts" not in asked
        if (is_bare_draft or is_ambiguous) and (isinstance(outcome, ModelPost) or outcome == "INVALID_INPUT"):
            outcome = "INVALID_INPUT"
        self.comes_to(post, outcome, self.world.run(update(self.world.client, "ugc", post, asked, None)))

    @rule(post=posts, back=st.integers(0, 3))
    def restore(self, post: UUID, back: int) -> None:
        version = max(1, self.model.posts[post].version - back)
        old = self.versions[post][version]
        asked: dict[str, Any] = {
            "content": old.content,
            "time": old.time,
            "timezone": old.timezone,
            "accounts": {*old.destinations},
        }
        if old.status in ("draft", "scheduled"):
            asked["status"] = old.status
        outcome = self.model.update(post, self.now, **asked)
        self.comes_to(post, outcome, self.world.run(restore(self.world.client, post, version)))

    @rule(post=posts, edge=st.sampled_from(["graphql", "v1"]), confirm=st.booleans())
    def retry(self, post: UUID, edge: str, confirm: bool) -> None:
        outcome = self.model.retry(post, self.now, confirm=confirm)
        self.comes_to(post, outcome, self.world.run(retry(self.world.client, edge, post, confirm=confirm)))

    @rule(post=consumes(posts), edge=st.sampled_from(["graphql", "v1"]))
    def delete(self, post: UUID, edge: str) -> None:
        refused = self.model.delete(post)
        codes = self.world.run(delete(self.world.client, edge, post))
        assert refused in codes if refused else codes == frozenset()
        assert self.world.exists(post) == bool(refused)
        if not refused:
            del self.model.posts[post]

    @rule()
    def claim(self) -> None:
        """What a worker does first: claim what is due."""
        claimed = self.model.claim(self.now)
        assert self.world.claim() == claimed.keys()
        for post, after in claimed.items():
            self.comes_to(post, after, frozenset())

    @rule(post=posts, outcomes=st.dictionaries(st.sampled_from([*GAPS]), st.sampled_from(["failed", "unknown"])))
    def end(self, post: UUID, outcomes: dict[int, str]) -> None:
        """What a worker does last: record what came of its calls."""
        if self.model.posts[post].status == "publishing":
            after = self.model.end(post, outcomes)
            self.world.record(post, outcomes)
            self.comes_to(post, after, frozenset())

    @rule(minutes=st.integers(1, 60))
    def wait(self, minutes: int) -> None:
        self.now += minutes
        self.world.wait(minutes)

    @invariant()
    def what_is_stored_is_what_the_model_says(self) -> None:
        for id, post in self.model.posts.items():
            assert self.world.stored(id) == post
            assert self.world.revisions(id) == post.version


@pytest.mark.timeout(300)
def test_random_lives_go_as_the_model_says(database_url: str) -> None:
    with World(database_url) as world:
        run_state_machine_as_test(
            lambda: Life(world),  # type: ignore[arg-type]  # anything that makes a machine will do
            settings=settings(
                max_examples=LIVES, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
