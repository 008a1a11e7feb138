"""Deliveries: what a receiver is told, and how long it is tried."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.domain.delivery import MOST_ATTEMPTS, DeliveryReport, pause_after, payload
from app.domain.events import Cursor, Event
from app.domain.history import EventType
from app.domain.post import PostStatus
from tests.support.clock import NOW

EVENT = Event(
    cursor=Cursor(10, 255),
    type=EventType.SCHEDULED,
    at=NOW,
    post_id=UUID(int=5),
    version=3,
    status=PostStatus.SCHEDULED,
    changed_fields=("content", "scheduled_for"),
)


def test_a_receiver_is_told_which_post_changed_and_how_and_not_what_it_says() -> None:
    assert payload(EVENT) == (
        b'{"type":"post.scheduled","timestamp":"2026-04-12T08:30:00.000Z","data":{'
        b'"post_id":"00000000-0000-0000-0000-000000000005","version":3,"status":"scheduled",'
        b'"changed_fields":["content","scheduled_for"],"cursor":"a-ff"}}'
    )


def test_a_delivery_is_tried_ten_times_over_three_days() -> None:
    pauses = [pause_after(attempt, chance=0) for attempt in range(1, 12)]

    assert [None if pause is None else pause.total_seconds() for pause in pauses] == [
        5,
        5 * 60,
        30 * 60,
        2 * 3600,
        5 * 3600,
        10 * 3600,
        14 * 3600,
        20 * 3600,
        24 * 3600,
        None,
        None,
    ]
    assert MOST_ATTEMPTS == 10


def test_chance_makes_a_pause_up_to_a_tenth_longer() -> None:
    assert pause_after(2, chance=0.5) == timedelta(minutes=5, seconds=15)
    assert pause_after(9, chance=1) == timedelta(hours=26, minutes=24)


@pytest.mark.parametrize(
    ("asked", "pause"),
    [(None, timedelta(seconds=5)), (timedelta(seconds=1), timedelta(seconds=5)), (timedelta(hours=1),) * 2],
)
def test_a_receiver_may_ask_for_a_longer_pause_and_not_for_a_shorter_one(
    asked: timedelta | None, pause: timedelta
) -> None:
    report = DeliveryReport.of_failure(1, status=503, error="Busy.", asked=asked, chance=0)

    assert report == DeliveryReport(status=503, error="Busy.", pause=pause)
    assert (report.is_delivered, report.is_gone) == (False, False)


def test_who_asks_for_a_pause_at_the_last_attempt_is_given_up_all_the_same() -> None:
    report = DeliveryReport.of_failure(10, status=503, error="Busy.", asked=timedelta(hours=1), chance=0)

    assert report.pause is None


def test_who_is_gone_is_not_tried_again() -> None:
    report = DeliveryReport.of_failure(1, status=410, error="Gone.", asked=timedelta(hours=1), chance=0)

    assert report == DeliveryReport(status=410, error="Gone.", pause=None)
    assert report.is_gone
