"""What an attempt leaves behind of its destination, whatever came of the call, and whenever that is told."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.domain.destination import Destination, DestinationStatus
from app.domain.publishing import (
    ALWAYS,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
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
from tests.support.posts import YESTERDAY, failed, on_the_wire, published, queued, unknown

PAUSE = timedelta(seconds=7)
CALLED = NOW - timedelta(minutes=1)
HOUR = timedelta(hours=1)
AHEAD = NOW + timedelta(seconds=3)
"""When a call was begun before the clock was set back."""

OUT = Published(platform_post_id="17", platform_post_url="https://platform.test/p/17")
REFUSED = Refused(reason="The token has expired.")
BUSY = TryLater(reason="The network is busy.")
SILENCE = Unanswered(reason="No answer came.")
NOT_CALLED = NotCalled()
NOT_OUT: tuple[Outcome, ...] = (REFUSED, BUSY, SILENCE, NOT_CALLED)

MAY_BE_OUT = "The post may be out: look at the account, and retry with confirm only if it is not."


def claimed(attempts: int = 3, *, called_at: datetime | None = None) -> Destination:
    """On the wire, with the words of an earlier attempt."""
    return replace(
        on_the_wire(1), attempts=attempts, error="Earlier words.", called_at=called_at, lease_until=NOW + HOUR
    )


def lost(attempts: int = 3, *, called_at: datetime | None = CALLED) -> Destination:
    """Given up as unknown."""
    return replace(unknown(1), attempts=attempts, called_at=called_at)


def after(
    destination: Destination,
    outcome: Outcome,
    *,
    attempt: int | None = None,
    repeatable_for: timedelta = ALWAYS,
    pause: timedelta = PAUSE,
    open_since: datetime | None = None,
) -> Destination:
    """What a report leaves, of the latest attempt unless it says another; what it is told of is untouched."""
    before = deepcopy(destination)
    report = Report(
        account_id=1,
        attempt=destination.attempts if attempt is None else attempt,
        outcome=outcome,
        repeatable_for=repeatable_for,
        pause=pause,
        open_since=open_since,
    )
    result = destination.after(report, now=NOW)
    assert destination == before
    return result


def left_open(destination: Destination) -> Destination:
    """With a call that has just gone unanswered, unless one had before."""
    return replace(destination, called_at=destination.called_at or NOW)


def is_out(destination: Destination, outcome: Published = OUT) -> Destination:
    return replace(
        destination,
        status=DestinationStatus.PUBLISHED,
        platform_post_id=outcome.platform_post_id,
        platform_post_url=outcome.platform_post_url,
        published_at=NOW,
        error=None,
        lease_until=None,
        called_at=None,
    )


def waits(destination: Destination, error: str | None, *, until: datetime) -> Destination:
    return replace(destination, status=DestinationStatus.QUEUED, error=error, next_attempt_at=until, lease_until=None)


def has_failed(destination: Destination, error: str) -> Destination:
    return replace(destination, status=DestinationStatus.FAILED, error=error, lease_until=None, called_at=None)


def is_unknown(destination: Destination, reason: str) -> Destination:
    return replace(destination, status=DestinationStatus.UNKNOWN, error=f"{reason} {MAY_BE_OUT}", lease_until=None)


@pytest.mark.parametrize("called_at", [None, CALLED])
@pytest.mark.parametrize("outcome", [OUT, Published()])
def test_a_post_that_is_out_is_published_with_what_the_network_told(
    outcome: Published, called_at: datetime | None
) -> None:
    for destination in (claimed(called_at=called_at), claimed(MOST_ATTEMPTS), lost(), lost(MOST_ATTEMPTS)):
        assert after(destination, outcome, open_since=called_at) == is_out(destination, outcome)


@pytest.mark.parametrize("repeatable_for", [ALWAYS, HOUR, NEVER])
def test_what_is_certain_settles_or_queues_the_destination_and_closes_its_call(repeatable_for: timedelta) -> None:
    for called_at in (None, CALLED):
        destination = claimed(called_at=called_at)
        closed = replace(destination, called_at=None)

        def told(outcome: Outcome, destination: Destination = destination) -> Destination:
            return after(destination, outcome, repeatable_for=repeatable_for)

        assert told(REFUSED) == has_failed(destination, REFUSED.reason)
        assert told(BUSY) == waits(closed, BUSY.reason, until=NOW + PAUSE)
        assert told(NOT_CALLED) == waits(closed, "Earlier words.", until=NOW)


def test_silence_is_tried_again_while_the_network_knows_the_call_and_is_unknown_otherwise() -> None:
    nearly = NOW - HOUR + timedelta(milliseconds=1)
    for called_at, repeatable_for in (
        (None, ALWAYS),
        (None, HOUR),
        (CALLED, ALWAYS),
        (YESTERDAY, ALWAYS),
        (CALLED, HOUR),
        (nearly, HOUR),
    ):
        destination = claimed(called_at=called_at)
        assert after(destination, SILENCE, repeatable_for=repeatable_for) == waits(
            left_open(destination), SILENCE.reason, until=NOW + PAUSE
        )
    for called_at, repeatable_for in (
        (None, NEVER),
        (CALLED, NEVER),
        (NOW, NEVER),
        (NOW - HOUR, HOUR),
        (YESTERDAY, HOUR),
    ):
        destination = claimed(called_at=called_at)
        assert after(destination, SILENCE, repeatable_for=repeatable_for) == is_unknown(
            left_open(destination), SILENCE.reason
        )


def test_a_call_that_was_begun_before_the_clock_was_set_back_is_repeated_only_where_it_always_can_be() -> None:
    destination = claimed(called_at=AHEAD)

    for repeatable_for in (NEVER, HOUR):
        assert after(destination, SILENCE, repeatable_for=repeatable_for) == is_unknown(destination, SILENCE.reason)
    assert after(destination, SILENCE) == waits(destination, SILENCE.reason, until=NOW + PAUSE)


def claimed_again(destination: Destination) -> Destination:
    return destination.before_claim(ALWAYS, now=NOW + HOUR).claimed(until=NOW + 2 * HOUR)


@pytest.mark.parametrize("says", [REFUSED, BUSY])
def test_what_once_went_unanswered_is_unknown_when_it_is_refused_or_given_up_later(says: Refused | TryLater) -> None:
    item = claimed_again(after(claimed(1), SILENCE))
    assert item.called_at == NOW
    while item.is_on_the_wire:
        told = after(item, says, open_since=item.called_at)
        item = claimed_again(told) if told.is_queued else told

    attempts = 2 if says is REFUSED else MOST_ATTEMPTS
    assert item == is_unknown(replace(claimed(attempts), called_at=NOW), says.reason)


def test_what_was_only_ever_put_off_has_failed_when_it_is_given_up() -> None:
    item = claimed(1)
    for _ in range(1, MOST_ATTEMPTS):
        item = claimed_again(after(item, BUSY, open_since=item.called_at))

    assert after(item, BUSY, open_since=item.called_at) == has_failed(claimed(MOST_ATTEMPTS), BUSY.reason)


def test_an_earlier_call_that_nobody_answered_stays_open_whatever_is_said_of_this_one() -> None:
    destination = claimed(called_at=CALLED)

    def told(outcome: Outcome, destination: Destination = destination) -> Destination:
        return after(destination, outcome, repeatable_for=HOUR, open_since=CALLED)

    assert told(BUSY) == waits(destination, BUSY.reason, until=NOW + PAUSE)
    assert told(NOT_CALLED) == waits(destination, "Earlier words.", until=NOW)
    assert told(SILENCE) == waits(destination, SILENCE.reason, until=NOW + PAUSE)
    assert told(REFUSED) == is_unknown(destination, REFUSED.reason)
    assert told(OUT) == is_out(destination)
    last = claimed(MOST_ATTEMPTS, called_at=CALLED)
    assert told(BUSY, last) == is_unknown(last, BUSY.reason)


@pytest.mark.parametrize("attempts", [MOST_ATTEMPTS, 2 * MOST_ATTEMPTS])
def test_a_network_that_keeps_failing_is_given_up(attempts: int) -> None:
    destination = claimed(attempts)

    assert after(destination, BUSY) == has_failed(destination, BUSY.reason)
    assert after(destination, SILENCE) == is_unknown(left_open(destination), SILENCE.reason)
    assert after(destination, NOT_CALLED) == waits(destination, "Earlier words.", until=NOW)


def test_attempts_that_came_to_no_call_do_not_make_the_first_failure_the_last() -> None:
    item = replace(claimed(1), error=None)
    for _ in range(1, MOST_ATTEMPTS):
        item = claimed_again(after(item, NOT_CALLED))
    assert (item.attempts, item.error) == (MOST_ATTEMPTS, None)

    assert after(item, BUSY).is_queued
    assert after(item, SILENCE).is_queued
    assert after(item, REFUSED).has_failed


@pytest.mark.parametrize("outcome", [BUSY, SILENCE])
def test_it_is_given_up_at_no_earlier_attempt_and_a_retry_has_as_many_again(outcome: TryLater | Unanswered) -> None:
    for attempts in range(1, 2 * MOST_ATTEMPTS):
        destination = claimed(attempts)
        open = left_open(destination) if outcome is SILENCE else destination
        again = waits(open, outcome.reason, until=NOW + PAUSE)
        assert (after(destination, outcome) == again) is (attempts != MOST_ATTEMPTS), attempts


@pytest.mark.parametrize(
    ("pause", "wait", "seconds"),
    [
        (timedelta(seconds=7), None, 7),
        (timedelta(seconds=7), timedelta(0), 7),
        (timedelta(seconds=7), timedelta(seconds=-5), 7),
        (timedelta(seconds=7), timedelta(seconds=6), 7),
        (timedelta(seconds=7), timedelta(seconds=8), 8),
        (timedelta(0), timedelta(minutes=44), 2640),
        (timedelta(seconds=7), LONGEST_PAUSE, 2700),
        (timedelta(seconds=7), timedelta(days=400), 2700),
        (timedelta(days=1), None, 2700),
    ],
)
def test_a_pause_is_as_long_as_the_network_asks_and_never_longer_than_any_can_be(
    pause: timedelta, wait: timedelta | None, seconds: int
) -> None:
    paused = after(claimed(), replace(BUSY, wait=wait), pause=pause)

    assert paused.next_attempt_at == NOW + timedelta(seconds=seconds)
    assert paused.is_due(NOW + timedelta(seconds=seconds))
    assert not paused.is_due(NOW + timedelta(seconds=seconds, milliseconds=-1))


def test_an_answer_after_all_to_what_was_given_up_as_unknown_counts_where_it_is_certain() -> None:
    for destination in (lost(), lost(MOST_ATTEMPTS), lost(called_at=None)):
        assert after(destination, OUT) == is_out(destination)
        assert after(destination, REFUSED) == has_failed(destination, REFUSED.reason)
        assert after(destination, BUSY) == has_failed(destination, BUSY.reason)
        assert after(destination, SILENCE) is destination
        assert after(destination, NOT_CALLED) is destination

    open = lost()
    assert after(open, REFUSED, open_since=CALLED) == is_unknown(open, REFUSED.reason)


@pytest.mark.parametrize("outcome", NOT_OUT)
@pytest.mark.parametrize("attempt", [1, 2, 4, 99])
def test_an_answer_that_it_is_not_out_counts_of_the_latest_attempt_alone(outcome: Outcome, attempt: int) -> None:
    for destination in (claimed(3), lost(3)):
        assert after(destination, outcome, attempt=attempt) is destination


@pytest.mark.parametrize("outcome", NOT_OUT)
@pytest.mark.parametrize("destination", [queued(1), replace(queued(1), attempts=3), published(1), failed(1)])
def test_an_answer_that_it_is_not_out_changes_nothing_of_what_is_settled_or_queued_again(
    outcome: Outcome, destination: Destination
) -> None:
    assert after(destination, outcome) is destination


@pytest.mark.parametrize(
    "later",
    [
        claimed(2, called_at=CALLED),
        replace(queued(1), attempts=1),
        replace(queued(1), attempts=2, error="Busy.", next_attempt_at=NOW + HOUR, called_at=CALLED),
        replace(failed(1), attempts=2),
        lost(2),
    ],
    ids=["claimed again", "retried", "paused", "failed", "given up"],
)
def test_that_it_is_out_counts_of_every_attempt_whatever_came_of_later_ones(later: Destination) -> None:
    settled = after(later, OUT, attempt=1)

    assert settled == replace(is_out(later), next_attempt_at=None)
    for outcome in (Published(platform_post_id="18"), *NOT_OUT):
        assert after(settled, outcome, attempt=later.attempts) is settled


@pytest.mark.parametrize("outcome", [OUT, Published()])
def test_that_it_is_out_counts_once_and_of_no_attempt_that_was_never_made(outcome: Published) -> None:
    for destination in (claimed(3), lost(3), replace(queued(1), attempts=3), replace(failed(1), attempts=3)):
        for attempt in (4, 99):
            assert after(destination, outcome, attempt=attempt) is destination
    assert after(queued(1), outcome, attempt=1) == queued(1)
    out = replace(published(1), attempts=3)
    for attempt in (1, 2, 3):
        assert after(out, outcome, attempt=attempt) is out
