"""Whatever happens while a post is published, it goes out once, and nothing of it is lost or stuck.

Workers come and go, answers are lost or come late, people change the post and try again. What a network does with the
calls is played here: it leaves one post behind for every key that it has not got, or no longer remembers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from app.domain.changes import LEAVE, PostChanges
from app.domain.destination import Destination
from app.domain.errors import InvalidInput
from app.domain.history import EventType, Revision
from app.domain.post import Known, Post, PostStatus
from app.domain.publishing import (
    ALWAYS,
    LEASE,
    LONGEST_PAUSE,
    NEVER,
    NotCalled,
    Outcome,
    Published,
    Refused,
    Report,
    TryLater,
    Unanswered,
)
from tests.support.clock import NOW
from tests.support.posts import a_scheduled_post, queued

FORGETTING = timedelta(minutes=55)
MEMORY = {ALWAYS: ALWAYS, FORGETTING: timedelta(minutes=60), NEVER: NEVER}
"""By how long a call may be repeated: how long the network remembers it, a margin beyond. By the network's clock, which
nobody sets back."""

SETTLED = (PostStatus.PUBLISHED, PostStatus.PARTIALLY_FAILED, PostStatus.FAILED)

NO_CALL: dict[str, Outcome] = {
    "refused": Refused(reason="No."),
    "busy": TryLater(reason="Later."),
    "busy for long": TryLater(reason="Much later.", wait=timedelta(minutes=50)),
    "stopped": NotCalled(),
}


@dataclass(frozen=True)
class Claim:
    """What a worker holds of one destination. outcome: what it will tell, once it knows."""

    account_id: int
    attempt: int
    open_since: datetime | None
    outcome: Outcome | None = None


class Publishing(RuleBasedStateMachine):
    @initialize(
        spans=st.lists(st.sampled_from([FORGETTING, NEVER, ALWAYS]), min_size=1, max_size=3), clock_is_set=st.booleans()
    )
    def start(self, spans: list[timedelta], clock_is_set: bool) -> None:
        self.spans = dict(enumerate(spans, start=1))
        self.now = self.real_time = NOW
        self.post = a_scheduled_post(*(queued(id) for id in self.spans), scheduled_for=NOW - timedelta(days=365))
        self.claims: list[Claim] = []
        self.made_at: dict[int, datetime] = {}
        self.posts_made = dict.fromkeys(self.spans, 0)
        self.made_before = dict.fromkeys(self.spans, 0)  # somebody said that it was to be sent all the same
        self.confirmed: set[int] = set()
        self.clock_is_set = clock_is_set

    def comes_to(self, after: Post) -> None:
        """Every change is checked as it happens."""
        before, self.post = self.post, after
        if before is after:
            return
        assert after.version == before.version + 1
        assert after.account_ids == before.account_ids
        for old, new in zip(before.destinations, after.destinations, strict=True):
            assert new.attempts - old.attempts in (0, 1)
            if old.is_published:
                assert new is old
        if before.status is PostStatus.PUBLISHED:
            assert after.status is PostStatus.PUBLISHED
        event = Revision.of(before, after, by="publisher").event
        assert (event is EventType.UPDATED) is (before.status is after.status or after.status is PostStatus.DRAFT)

    @rule(seconds=st.sampled_from([10, 61, 3300, 3700]))
    def wait(self, seconds: int) -> None:
        self.pass_time(timedelta(seconds=seconds))

    def pass_time(self, span: timedelta) -> None:
        self.now += span
        self.real_time += span

    @precondition(lambda self: self.clock_is_set)
    @rule(seconds=st.sampled_from([-7200, -3600, -3, 3600]))
    def set_the_clock(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @precondition(lambda self: self.post.is_due(self.now))
    @rule()
    def claim(self) -> None:
        before = self.post
        self.comes_to(before.claim(now=self.now, repeatable_for=lambda account: self.spans[account.id]))
        for old, new in zip(before.destinations, self.post.destinations, strict=True):
            if new.attempts > old.attempts:
                assert new.is_on_the_wire
                self.claims.append(Claim(new.account.id, new.attempts, new.called_at))

    @precondition(lambda self: any(claim.outcome is None for claim in self.claims))
    @rule(data=st.data(), how=st.sampled_from(["out", "answer lost", "silence", *NO_CALL]))
    def call(self, data: st.DataObject, how: str) -> None:
        claim = data.draw(st.sampled_from([claim for claim in self.claims if claim.outcome is None]))
        self.carry_out(claim, how)

    def carry_out(self, claim: Claim, how: str) -> None:
        """A worker does as app.worker.publisher does: it notes the call where that matters, and makes it."""
        self.claims.remove(claim)
        if how == "stopped" or not self.try_begin(claim):
            self.claims.append(replace(claim, outcome=NotCalled()))
            return
        if how in ("out", "answer lost"):
            self.network_gets(claim.account_id)
        outcome = NO_CALL.get(how, Published() if how == "out" else Unanswered(reason="Silence."))
        self.claims.append(replace(claim, outcome=outcome))

    def try_begin(self, claim: Claim) -> bool:
        if self.spans[claim.account_id] == ALWAYS:
            return True
        item = self.destination(claim.account_id)
        if not item.is_on_the_wire or item.attempts != claim.attempt:
            return False
        if item.lease_until is None or item.lease_until <= self.now:
            return False
        open_since = item.called_at
        if open_since and not timedelta(0) <= self.now - open_since < self.spans[claim.account_id]:
            return False
        begun = replace(item, called_at=item.called_at or self.now)
        self.post = self.post._replace(
            destinations=tuple(
                begun if other.account.id == claim.account_id else other for other in self.post.destinations
            ),
        )
        return True

    def network_gets(self, account_id: int) -> None:
        first = self.made_at.get(account_id)
        if first is None or self.real_time - first >= MEMORY[self.spans[account_id]]:
            self.made_at[account_id] = self.real_time
            self.posts_made[account_id] += 1

    def destination(self, account_id: int) -> Destination:
        return next(item for item in self.post.destinations if item.account.id == account_id)

    @rule(
        seconds=st.sampled_from([1, 61, 1700, 3700]),
        hows=st.lists(st.sampled_from(["out", "answer lost", "silence", *NO_CALL]), min_size=3, max_size=3),
        is_told=st.booleans(),
    )
    def attempts(self, seconds: int, hows: list[str], is_told: bool) -> None:
        """A whole round of a worker: it claims what is due by then, calls, and tells unless it dies first."""
        self.wait(seconds)
        if not self.post.is_due(self.now):
            return
        known = tuple(self.claims)
        self.claim()
        for claim, how in zip([claim for claim in self.claims if claim not in known], hows, strict=False):
            self.carry_out(claim, how)
        ours = [claim for claim in self.claims if claim not in known]
        if is_told:
            self.tell(ours, pause=timedelta(seconds=5))

    @precondition(lambda self: any(claim.outcome for claim in self.claims))
    @rule(data=st.data(), count=st.integers(1, 3), pause=st.sampled_from([0, 5, 300]))
    def report(self, data: st.DataObject, count: int, pause: int) -> None:
        """Some of what workers know is recorded, in any order."""
        ready = [claim for claim in self.claims if claim.outcome]
        told = data.draw(st.permutations(ready))[:count]
        self.tell(told, pause=timedelta(seconds=pause))

    def tell(self, told: list[Claim], *, pause: timedelta) -> None:
        reports = []
        for claim in told:
            self.claims.remove(claim)
            assert claim.outcome is not None
            reports.append(
                Report(
                    account_id=claim.account_id,
                    attempt=claim.attempt,
                    outcome=claim.outcome,
                    repeatable_for=self.spans[claim.account_id],
                    pause=pause,
                    open_since=claim.open_since,
                )
            )
        self.comes_to(self.post.after(reports, now=self.now))
        for claim in told:
            assert self.destination(claim.account_id).is_published or not isinstance(claim.outcome, Published)

    @precondition(lambda self: self.claims)
    @rule(data=st.data())
    def a_worker_dies(self, data: st.DataObject) -> None:
        self.claims.remove(data.draw(st.sampled_from(self.claims)))

    @precondition(lambda self: self.post.status not in (PostStatus.PUBLISHING, PostStatus.PUBLISHED))
    @rule(
        status=st.sampled_from([PostStatus.SCHEDULED, None, PostStatus.SCHEDULED, PostStatus.DRAFT]),
        content=st.text("ab", max_size=1),
    )
    def update(self, status: PostStatus | None, content: str) -> None:
        changes = PostChanges(content=f"Launch {content}", status=LEAVE if status is None else status)
        try:
            self.comes_to(self.post.apply(changes, Known(), now=self.now))
        except InvalidInput:
            assert not any(item.is_queued or item.has_failed for item in self.post.destinations)

    @precondition(lambda self: self.post.status not in (PostStatus.PUBLISHING, PostStatus.PUBLISHED))
    @rule(confirm=st.booleans())
    def retry(self, confirm: bool) -> None:
        unknown = self.post.unknown_account_ids
        try:
            revised, _ = self.post.retried(None, now=self.now, confirm=confirm)
        except InvalidInput:
            assert not any(item.has_failed for item in self.post.destinations)
            assert not (confirm and unknown)
            return
        if confirm:
            self.made_before.update({id: self.posts_made[id] for id in unknown})
            self.confirmed.update(unknown)
        self.comes_to(revised)

    @invariant()
    def it_goes_out_once(self) -> None:
        for id, made in self.posts_made.items():
            # By which clock else should it be told what a network has forgotten?
            if not self.clock_is_set or self.spans[id] != FORGETTING:
                assert made - self.made_before[id] <= 1, self.post
            if self.destination(id).is_published:
                assert made >= 1, self.post

    @invariant()
    def what_has_failed_is_not_out(self) -> None:
        for id, made in self.posts_made.items():
            # A worker that was given up may call after all. That is noticed only where it would have been noted first.
            is_certain = self.spans[id] != ALWAYS or id not in self.confirmed
            if is_certain and self.destination(id).has_failed:
                assert made == self.made_before[id], self.post

    @invariant()
    def a_post_that_is_being_published_has_something_to_come(self) -> None:
        moving = [item for item in self.post.destinations if item.is_on_the_wire]
        waiting = [item for item in self.post.destinations if item.is_queued]
        if self.post.status is PostStatus.PUBLISHING:
            assert moving or waiting
            assert all(item.next_attempt_at is not None for item in waiting)
        else:
            assert not moving
        if self.post.status in SETTLED:
            assert not waiting
        if self.post.status is PostStatus.SCHEDULED:
            assert waiting
            assert all(item.next_attempt_at is None for item in waiting)
        assert all(item.lease_until is not None for item in moving)
        assert all(item.lease_until is None for item in self.post.destinations if not item.is_on_the_wire)

    def teardown(self) -> None:
        """Left to workers that live, whatever was queued comes to its end."""
        self.claims.clear()
        for _ in range(3):
            if self.post.status is PostStatus.DRAFT or self.post.status in SETTLED:
                return
            self.pass_time(LONGEST_PAUSE + LEASE)
            assert self.post.is_due(self.now)
            self.claim()
            for claim in tuple(self.claims):
                self.carry_out(claim, "out")
            self.tell(list(self.claims), pause=timedelta(0))
        assert self.post.status in SETTLED, self.post


Publishing.TestCase.settings = settings(max_examples=800, stateful_step_count=40)
TestPublishing = Publishing.TestCase
