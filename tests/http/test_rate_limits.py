"""Limits as they are set, and the fields in which answers tell of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.http.rate_limits import SECOND, Allowance, Count, RateLimit, Use, read_rate_limits

NOW = datetime(2026, 4, 12, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        ("600/minute", [RateLimit(600, 60, "600/minute")]),
        ("1/05 second", [RateLimit(1, 5, "1/5 seconds")]),
        ("10 per second; 1000/hour", [RateLimit(10, 1, "10/second"), RateLimit(1000, 3600, "1000/hour")]),
        ("5/30 minutes|7/DAY", [RateLimit(5, 1800, "5/30 minutes"), RateLimit(7, 86400, "7/day")]),
        ("60/hour,60/60 minutes", [RateLimit(60, 3600, "60/60 minutes")]),
    ],
)
def test_reads(text: str, limits: list[RateLimit]) -> None:
    assert list(read_rate_limits(text)) == limits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "0/second",
        "10/0 second",
        "10 PER 00 seconds",
        "5/second;10/0second",
        "10/fortnight",
        "5/second;",
        f"{10**15}/second",
        "-1/second",
    ],
)
def test_refuses_what_is_no_limit(text: str) -> None:
    with pytest.raises(ValueError, match=r"rate limit|granularity"):
        read_rate_limits(text)


def test_answers_name_every_limit_and_the_one_that_is_met_first() -> None:
    limits = read_rate_limits("10/second;1000/hour;1000/day")
    uses = [Use(3, 400_000), Use(995, 1800 * SECOND), Use(995, 1801 * SECOND)]

    assert Allowance(limits, Count(is_admitted=True, uses=uses), NOW).headers == {
        "RateLimit-Policy": '"10/second";q=10;w=1, "1000/hour";q=1000;w=3600, "1000/day";q=1000;w=86400',
        "RateLimit": '"10/second";r=7;t=1, "1000/hour";r=5;t=1800, "1000/day";r=5;t=1801',
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "5",
        "X-RateLimit-Reset": str(int(NOW.timestamp()) + 1801),
    }


@pytest.mark.parametrize(("wait", "seconds"), [(1, 1), (SECOND, 1), (SECOND + 1, 2), (59_999_999, 60)])
def test_parts_of_seconds_are_waited_for_whole(wait: int, seconds: int) -> None:
    count = Count(is_admitted=False, uses=[Use(1, wait)])

    allowance = Allowance(read_rate_limits("1/minute"), count, NOW)

    assert allowance.retry_after == seconds
    assert allowance.headers["RateLimit"] == f'"1/minute";r=0;t={seconds}'
    assert allowance.headers["X-RateLimit-Reset"] == str(int(NOW.timestamp()) + seconds)


def test_a_refused_request_waits_for_every_limit_that_is_used_up_and_for_no_other() -> None:
    limits = read_rate_limits("1/second;2/minute;9/hour")
    count = Count(is_admitted=False, uses=[Use(1, SECOND), Use(2, 40 * SECOND), Use(2, 3000 * SECOND)])

    assert Allowance(limits, count, NOW).retry_after == 40
