"""Time rules: how an instant is written, and when a post may go out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

import orjson

from app.domain.changes import LEAVE
from app.domain.errors import IssueCode

if TYPE_CHECKING:
    from app.domain.changes import PostChanges
    from app.domain.issues import Issues

YEARS_AHEAD = 5
"""How far ahead a post may be scheduled."""

_RFC_3339 = re.compile(
    r"(?P<date>\d{4}-\d\d-\d\d)[Tt](?P<time>\d\d:\d\d:\d\d)(?P<fraction>\.\d+)?(?P<offset>[Zz]|[+-]\d\d:[0-5]\d)",
    re.ASCII,
)


def parse_instant(text: str) -> datetime:
    """Read an RFC 3339 date-time; the answer is in UTC, cut to whole milliseconds.

    Raises ValueError, with a sentence that says what to write, for anything else: a bare date, a time without an
    offset, a time that does not exist.
    """
    match = _RFC_3339.fullmatch(text)
    if match is None:
        raise ValueError(
            "must be an RFC 3339 date-time with an offset, such as 2026-04-20T09:00:00Z or 2026-04-20T11:00:00+02:00"
        )
    milliseconds = ((match["fraction"] or ".")[1:] + "000")[:3]
    offset = match["offset"].upper().replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(f"{match['date']}T{match['time']}.{milliseconds}{offset}").astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("is not a date and time that exists") from None


def format_instant(instant: datetime) -> str:
    """Write an instant the one way Redraft answers: UTC, milliseconds, Z. Answers hold many, and orjson is fast."""
    if instant.tzinfo is not UTC:
        instant = instant.astimezone(UTC)
    text = orjson.dumps(instant).decode()  # with quotes, and with six decimals or, on the second, with none
    return f"{text[1:24]}Z" if instant.microsecond else f"{text[1:20]}.000Z"


def to_milliseconds(instant: datetime) -> datetime:
    """The instant cut to whole milliseconds, which is as fine as Redraft keeps time."""
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def is_timezone(name: str) -> bool:
    """Whether this is the name of an IANA time zone, spelled exactly."""
    return name in _timezone_names()


@cache
def _timezone_names() -> frozenset[str]:
    # localtime is a link to the machine's own zone, which some systems keep among the named ones.
    return frozenset(available_timezones() - {"localtime"})


def revised_time(stored: datetime | None, changes: PostChanges, issues: Issues, *, now: datetime) -> datetime | None:
    """The time an update asks for. The stored time sent back is never refused, even when it has passed meanwhile."""
    if changes.scheduled_for is LEAVE and changes.scheduled_at is LEAVE:
        return stored
    asked = {
        name: value
        for name, value in (("scheduled_for", changes.scheduled_for), ("scheduled_at", changes.scheduled_at))
        if value is not LEAVE
    }
    if len(set(asked.values())) > 1:
        issues.add(
            "scheduled_at",
            code=IssueCode.CONFLICTING_VALUES,
            message="`scheduled_for` and its deprecated alias `scheduled_at` differ: send `scheduled_for` alone.",
        )
    name, time = next(iter(asked.items()))
    if time is None or time == stored:
        return time
    if time <= now:
        issues.add(name, code=IssueCode.PAST_SCHEDULE_TIME, message=f"`{name}` must be in the future.")
    elif time > latest_time(now):
        issues.add(
            name,
            code=IssueCode.TOO_FAR_AHEAD,
            message=f"`{name}` must be at most {YEARS_AHEAD} years ahead.",
        )
    return time


def latest_time(now: datetime) -> datetime:
    """The latest instant a post may be scheduled for."""
    try:
        return now.replace(year=now.year + YEARS_AHEAD)
    except ValueError:  # 29 February, and no leap year there
        return now.replace(year=now.year + YEARS_AHEAD, day=28)
