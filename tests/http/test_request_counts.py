"""Counting requests in this process, on a clock that the test sets."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from app.http.rate_limits import SECOND, RateLimit, Use
from app.http.request_counts import MOST_INSTANTS, RequestCounts, _Window, grain_of
from tests.http.arrivals import Arrivals, arrivals, most_in_a_window, number_since

SMALL = RateLimit(5, 1, "5/second")
LONGER = RateLimit(12, 10, "12/10 seconds")
LARGE = RateLimit(1500, 60, "1500/minute")


class Timer:
    """Microseconds, set by the test."""

    def __init__(self) -> None:
        self.now = 7 * SECOND

    def __call__(self) -> int:
        return self.now


@settings(deadline=None)
@given(arrivals(SMALL, LONGER, most_at_once=14))
@example([(0, 5), (SECOND - 1, 1), (1, 5), (SECOND, 5)])
async def test_no_window_lets_more_through_and_none_less(arriving: Arrivals) -> None:
    timer, admitted = Timer(), list[int]()
    counts = RequestCounts([SMALL, LONGER], timer=timer)
    for step, number in arriving:
        timer.now += step
        for _ in range(number):
            in_window = [number_since(admitted, timer.now - limit.seconds * SECOND) for limit in (SMALL, LONGER)]
            has_room = in_window[0] < SMALL.amount and in_window[1] < LONGER.amount

            count = await counts.count("key")

            assert count.is_admitted == has_room
            assert [use.used for use in count.uses] == [used + has_room for used in in_window]
            if count.is_admitted:
                admitted.append(timer.now)

    for limit in (SMALL, LONGER):
        assert most_in_a_window(admitted, limit.seconds * SECOND) <= limit.amount


@settings(max_examples=30, deadline=None)
@given(arrivals(LARGE, most_at_once=700))
@example([(0, 700), (60_000 - 1, 700), (1, 700), (59 * SECOND, 700), (SECOND - 1, 700), (1, 700), (60_000, 700)])
@example([(0, 1), (59_999, 1499), (60 * SECOND - 59_999, 1500)])
async def test_no_window_of_a_large_limit_lets_more_through(arriving: Arrivals) -> None:
    timer, admitted = Timer(), list[int]()
    counts = RequestCounts([LARGE], timer=timer)
    length = LARGE.seconds * SECOND
    for step, number in arriving:
        timer.now += step
        for _ in range(number):
            if (await counts.count("key")).is_admitted:
                admitted.append(timer.now)
            else:
                # What is remembered together is remembered for a thousandth of the window more at most.
                assert number_since(admitted, timer.now - length - grain_of(LARGE)) >= LARGE.amount
                break

    assert most_in_a_window(admitted, length) <= LARGE.amount


@settings(deadline=None)
@given(arrivals(SMALL, LONGER, most_at_once=14))
async def test_whoever_waits_as_long_as_told_is_let_in_and_nobody_sooner(arriving: Arrivals) -> None:
    timer = Timer()
    counts = RequestCounts([SMALL, LONGER], timer=timer)
    for step, number in arriving:
        timer.now += step
        for _ in range(number):
            count = await counts.count("key")
        if not count.is_admitted:
            used_up = zip((SMALL, LONGER), count.uses, strict=True)
            wait = max(use.wait for limit, use in used_up if use.used == limit.amount)
            timer.now += wait - 1
            assert not (await counts.count("key")).is_admitted
            timer.now += 1
            assert (await counts.count("key")).is_admitted


async def test_what_one_limit_refuses_counts_for_no_other() -> None:
    timer = Timer()
    counts = RequestCounts([SMALL, LONGER], timer=timer)

    uses = [(await counts.count("key")).uses for _ in range(20)]

    assert uses[-1] == [Use(5, SECOND), Use(5, 10 * SECOND)]


async def test_a_window_that_is_empty_is_whole() -> None:
    timer = Timer()
    counts = RequestCounts([RateLimit(1, 1, "1/second"), RateLimit(1, 60, "1/minute")], timer=timer)
    await counts.count("key")
    timer.now += 2 * SECOND

    count = await counts.count("key")

    assert (count.is_admitted, count.uses) == (False, [Use(0, SECOND), Use(1, 58 * SECOND)])


async def test_keys_are_counted_apart() -> None:
    counts = RequestCounts([RateLimit(1, 1, "1/second")], timer=Timer())

    answers = [(await counts.count(key)).is_admitted for key in ("one", "other", "one", "other")]

    assert answers == [True, True, False, False]


@given(st.integers(min_value=1, max_value=3600 * SECOND // 100_000))
@settings(max_examples=10, deadline=None)
def test_a_limit_remembers_a_thousand_instants_of_a_key(step: int) -> None:
    timer = Timer()
    counts = RequestCounts([RateLimit(100_000, 3600, "100000/hour")], timer=timer)

    async def ask() -> None:
        for _ in range(20_000):
            timer.now += step * 5
            assert (await counts.count("key")).is_admitted

    asyncio.run(ask())

    [window] = counts._windows["key"]
    assert len(window._instants) <= MOST_INSTANTS + 1
    assert len(window._numbers) == len(window._instants)


async def test_keys_that_no_longer_ask_are_forgotten_and_no_others() -> None:
    timer = Timer()
    counts = RequestCounts([RateLimit(1, 1, "1/second")], timer=timer)
    for number in range(MOST_INSTANTS - 1):
        await counts.count(f"past {number}")
    timer.now += SECOND - 1
    await counts.count("present")
    timer.now += 1

    await counts.count("new")

    assert set(counts._windows) == {"present", "new"}
    assert not (await counts.count("present")).is_admitted


async def test_a_key_is_remembered_as_long_as_one_of_its_limits_or_its_newest_request_counts() -> None:
    timer = Timer()
    counts = RequestCounts([RateLimit(2, 1, "2/second"), RateLimit(3, 60, "3/minute")], timer=timer)
    await counts.count("twice")
    timer.now += 59 * SECOND
    await counts.count("twice")  # the first of the two will be forgotten
    await counts.count("minute")  # its second will be over, and not its minute
    timer.now += SECOND + SECOND // 2
    for number in range(MOST_INSTANTS - 2):
        counts._windows[f"past {number}"] = ()

    await counts.count("new")

    assert set(counts._windows) == {"twice", "minute", "new"}
    assert [use.used for use in (await counts.count("twice")).uses] == [1, 2]


async def test_keys_are_looked_through_when_their_number_has_doubled_and_not_for_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[int] = []
    is_over = _Window.is_over

    def noting(window: _Window, now: int) -> bool:
        looked.append(now)
        return is_over(window, now)

    monkeypatch.setattr(_Window, "is_over", noting)
    counts = RequestCounts([RateLimit(1, 3600, "1/hour")], timer=Timer())
    for number in range(3 * MOST_INSTANTS):
        await counts.count(f"key {number}")

    assert len(looked) == MOST_INSTANTS + 2 * MOST_INSTANTS
