"""Claims: what a worker takes of a post that is due, and what becomes of what a worker that died had taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import PublishingInProgress
from app.domain.post import Post, PostStatus
from app.domain.publishing import ALWAYS, LEASE, LONGEST_LEASE, LONGEST_PAUSE, MOST_CLAIMS, NEVER
from tests.support.clock import NOW
from tests.support.posts import (
    YESTERDAY,
    a_publishing_post,
    a_scheduled_post,
    failed,
    on_the_wire,
    published,
    queued,
    stored_once_more,
    unknown,
)

HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=1)
CALLED = NOW - timedelta(minutes=2)
STOPPED = "The worker that published the post was stopped."
AHEAD = NOW + timedelta(seconds=3)
"""When a call was begun before the clock was set back."""
MAY_BE_OUT = "The post may be out: look at the account, and retry with confirm only if it is not."


def held(
    id: int = 1, *, until: datetime = NOW + LEASE, attempts: int = 1, called_at: datetime | None = None
) -> Destination:
    return replace(on_the_wire(id), lease_until=until, attempts=attempts, called_at=called_at)


def paused(id: int = 1, *, until: datetime = NOW + LONGEST_PAUSE, called_at: datetime | None = None) -> Destination:
    return replace(queued(id), attempts=2, error="The network is busy.", next_attempt_at=until, called_at=called_at)


def taken(destination: Destination, *, lease: timedelta = LEASE) -> Destination:
    """The destination on the wire, one attempt further."""
    return replace(
        destination,
        status=DestinationStatus.PUBLISHING,
        attempts=destination.attempts + 1,
        next_attempt_at=None,
        lease_until=NOW + lease,
    )


def left_open(destination: Destination, repeatable_for: timedelta = ALWAYS) -> Destination:
    """What a lapse leaves open: where calls are always repeatable, nobody notes that one is begun."""
    open_since = NOW if repeatable_for == ALWAYS else None
    return replace(destination, called_at=destination.called_at or open_since)


def on_networks(*spans: timedelta) -> Callable[[Account], timedelta]:
    """Account 1 is on a network where calls are repeatable for the first of these spans, and so on."""
    return lambda account: spans[account.id - 1]


def gave_up(destination: Destination, reason: str) -> Destination:
    return replace(
        destination,
        status=DestinationStatus.UNKNOWN,
        error=f"{reason} {MAY_BE_OUT}",
        next_attempt_at=None,
        lease_until=None,
    )


def test_a_claim_lasts_as_long_as_the_worker_says() -> None:
    post = a_scheduled_post(queued(1), scheduled_for=NOW)

    assert post.claim(now=NOW, lease=timedelta(seconds=5)).destinations == (
        taken(queued(1), lease=timedelta(seconds=5)),
    )


def test_of_a_post_on_the_wire_only_what_is_due_or_has_lapsed_is_claimed() -> None:
    rests = (held(1), published(2), failed(3), unknown(4), paused(5))
    post = a_publishing_post(*rests, paused(6, until=NOW), held(7, until=NOW))

    claimed = post.claim(now=NOW)

    assert claimed == stored_once_more(
        post,
        destinations=(*rests, taken(paused(6)), taken(left_open(held(7)))),
        failure_reason="The token has expired.",
    )
    assert all(old is new for old, new in zip(rests, claimed.destinations, strict=False))


@pytest.mark.parametrize("post", [a_publishing_post(held(1)), a_publishing_post(paused(1)), a_publishing_post()])
def test_a_post_of_which_nothing_is_due_cannot_be_claimed(post: Post) -> None:
    assert not post.is_due(NOW)
    with pytest.raises(PublishingInProgress):
        post.claim(now=NOW)


@pytest.mark.parametrize(
    ("until", "has_lapsed"),
    [
        (NOW - HOUR, True),
        (NOW, True),
        (NOW + MOMENT, False),
        (NOW + LONGEST_LEASE, False),
        (NOW + LONGEST_LEASE + MOMENT, True),  # written before the clock was set back
        (NOW + HOUR, True),
    ],
)
def test_a_claim_lapses_at_its_end_and_when_it_ends_later_than_any_can(until: datetime, has_lapsed: bool) -> None:
    assert held(until=until).has_lapsed(NOW) is has_lapsed
    assert a_publishing_post(held(until=until)).is_due(NOW) is has_lapsed
    assert not replace(unknown(1), lease_until=until).has_lapsed(NOW)


@pytest.mark.parametrize(
    ("until", "is_due"),
    [
        (NOW - HOUR, True),
        (NOW, True),
        (NOW + MOMENT, False),
        (NOW + LONGEST_PAUSE, False),
        (NOW + LONGEST_PAUSE + MOMENT, True),  # written before the clock was set back
    ],
)
def test_a_pause_is_over_at_its_end_and_when_it_ends_later_than_any_can(until: datetime, is_due: bool) -> None:
    assert paused(until=until).is_due(NOW) is is_due
    assert a_publishing_post(paused(until=until)).is_due(NOW) is is_due
    assert not replace(failed(1), next_attempt_at=until).is_due(NOW)


@pytest.mark.parametrize(
    ("called_at", "repeatable_for"),
    [
        (None, NEVER),  # the worker died before it began the call
        (None, HOUR),
        (None, ALWAYS),
        (CALLED, ALWAYS),
        (AHEAD, ALWAYS),
        (CALLED, HOUR),
        (NOW - HOUR + MOMENT, HOUR),
    ],
)
def test_a_lapsed_claim_is_taken_over_where_no_second_post_can_come_of_it(
    called_at: datetime | None, repeatable_for: timedelta
) -> None:
    lapsed = held(until=NOW, attempts=4, called_at=called_at)
    post = a_publishing_post(lapsed)

    claimed = post.claim(now=NOW, repeatable_for=on_networks(repeatable_for))

    assert claimed == stored_once_more(post, destinations=(taken(left_open(lapsed, repeatable_for)),))


@pytest.mark.parametrize(
    ("called_at", "repeatable_for"),
    [(CALLED, NEVER), (NOW - HOUR, HOUR), (YESTERDAY, HOUR), (AHEAD, NEVER), (AHEAD, HOUR)],
)
def test_a_lapsed_claim_is_unknown_where_a_second_post_could(called_at: datetime, repeatable_for: timedelta) -> None:
    lapsed = held(until=NOW, attempts=4, called_at=called_at)
    post = a_publishing_post(lapsed)

    settled = post.claim(now=NOW, repeatable_for=on_networks(repeatable_for))

    assert settled == stored_once_more(
        post,
        status=PostStatus.FAILED,
        destinations=(gave_up(lapsed, STOPPED),),
        failure_reason=f"{STOPPED} {MAY_BE_OUT}",
    )


@pytest.mark.parametrize(
    ("called_at", "repeatable_for"),
    [(CALLED, NEVER), (NOW - HOUR, HOUR), (AHEAD, NEVER), (AHEAD, HOUR)],
)
@pytest.mark.parametrize("error", ["No answer came.", None])
def test_a_call_that_was_to_be_repeated_is_not_when_the_network_may_have_forgotten_it_meanwhile(
    called_at: datetime, repeatable_for: timedelta, error: str | None
) -> None:
    late = replace(paused(1, until=NOW - timedelta(minutes=1), called_at=called_at), error=error)
    post = a_publishing_post(late, published(2))

    settled = post.claim(now=NOW, repeatable_for=on_networks(repeatable_for, ALWAYS))

    assert settled == stored_once_more(
        post,
        status=PostStatus.PARTIALLY_FAILED,
        destinations=(gave_up(late, error or STOPPED), published(2)),
        failure_reason=f"{error or STOPPED} {MAY_BE_OUT}",
    )


def test_a_pause_that_is_not_over_is_left_alone_however_old_its_first_call_is() -> None:
    waiting = paused(1, called_at=YESTERDAY)
    post = a_publishing_post(waiting, queued(2))

    assert post.claim(now=NOW, repeatable_for=on_networks(NEVER, NEVER)).destinations == (waiting, taken(queued(2)))


@pytest.mark.parametrize(
    ("called_at", "repeatable_for", "status", "error"),
    [
        (None, ALWAYS, DestinationStatus.UNKNOWN, f"{STOPPED} {MAY_BE_OUT}"),
        (CALLED, ALWAYS, DestinationStatus.UNKNOWN, f"{STOPPED} {MAY_BE_OUT}"),
        (CALLED, HOUR, DestinationStatus.UNKNOWN, f"{STOPPED} {MAY_BE_OUT}"),
        # Where calls are noted and none was, nothing can be out.
        (None, HOUR, DestinationStatus.FAILED, STOPPED),
        (None, NEVER, DestinationStatus.FAILED, STOPPED),
    ],
)
def test_a_post_whose_workers_keep_dying_is_given_up(
    called_at: datetime | None, repeatable_for: timedelta, status: DestinationStatus, error: str
) -> None:
    for attempts in (1, MOST_CLAIMS - 1, MOST_CLAIMS + 1):
        lapsed = held(until=NOW, attempts=attempts, called_at=called_at)
        claimed = a_publishing_post(lapsed).claim(now=NOW, repeatable_for=on_networks(repeatable_for))
        assert claimed.destinations == (taken(left_open(lapsed, repeatable_for)),)

    lapsed = held(until=NOW, attempts=MOST_CLAIMS, called_at=called_at)
    post = a_publishing_post(lapsed)
    assert post.claim(now=NOW, repeatable_for=on_networks(repeatable_for)) == stored_once_more(
        post,
        status=PostStatus.FAILED,
        destinations=(replace(lapsed, status=status, error=error, lease_until=None),),
        failure_reason=error,
    )
