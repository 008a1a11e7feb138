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

OUT = Published(platform_post_id="17", platform_post_url="https://platform.test/p/17")
REFUSED = Refused(reason="The token has expired.")
BUSY = TryLater(reason="The network is busy.")
SILENCE = Unanswered(reason="No answer came.")
NOT_CALLED = NotCalled()
OUTCOMES: tuple[Outcome, ...] = (OUT, Published(), REFUSED, BUSY, SILENCE, NOT_CALLED)

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
        (None, NEVER),  # the call was never begun
        (CALLED, ALWAYS),
        (CALLED, HOUR),
        (nearly, HOUR),
    ):
        destination = claimed(called_at=called_at)
        assert after(destination, SILENCE, repeatable_for=repeatable_for) == waits(
            destination, SILENCE.reason, until=NOW + PAUSE
        )
    for called_at, repeatable_for in ((CALLED, NEVER), (NOW, NEVER), (NOW - HOUR, HOUR), (YESTERDAY, HOUR)):
        destination = claimed(called_at=called_at)
        assert after(destination, SILENCE, repeatable_for=repeatable_for) == is_unknown(destination, SILENCE.reason)


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
    assert after(destination, SILENCE) == is_unknown(destination, SILENCE.reason)
    assert after(destination, NOT_CALLED) == waits(destination, "Earlier words.", until=NOW)


@pytest.mark.parametrize("outcome", [BUSY, SILENCE])
def test_it_is_given_up_at_no_earlier_attempt_and_a_retry_has_as_many_again(outcome: TryLater | Unanswered) -> None:
    for attempts in range(1, 2 * MOST_ATTEMPTS):
        destination = claimed(attempts)
        again = waits(destination, outcome.reason, until=NOW + PAUSE)
        assert (after(destination, outcome) == again) is (attempts != MOST_ATTEMPTS), attempts


@pytest.mark.parametrize(
    ("pause", "wait", "seconds"),
    [
        (timedelta(seconds=7), None, 7),
        (timedelta(seconds=7), timedelta(0), 7),
        (timedelta(seconds=7), timedelta(seconds=-5), 7),
        (timedelta(seconds=7), timedelta(seconds=6), 7),
        (timedelta(seconds=7), timedelta(seconds=8), 8),
        (timedelta(0), timedelta(minutes=59), 3540),
        (timedelta(seconds=7), LONGEST_PAUSE, 3600),
        (timedelta(seconds=7), timedelta(days=400), 3600),
        (timedelta(days=1), None, 3600),
    ],
)
def test_a_pause_is_as_long_as_the_network_asks_and_never_longer_than_an_hour(
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


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("attempt", [0, 1, 2, 4, 99])
def test_an_answer_to_any_other_attempt_than_the_latest_changes_nothing(outcome: Outcome, attempt: int) -> None:
    for destination in (claimed(3), lost(3)):
        assert after(destination, outcome, attempt=attempt) is destination


@pytest.mark.parametrize("outcome", OUTCOMES)
@pytest.mark.parametrize("destination", [queued(1), replace(queued(1), attempts=3), published(1), failed(1)])
def test_an_answer_to_what_is_settled_or_queued_again_changes_nothing(
    outcome: Outcome, destination: Destination
) -> None:
    assert after(destination, outcome) is destination
