"""How an instant is read and written: RFC 3339 with an offset in, UTC with milliseconds and Z out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.schedule import format_instant, parse_instant, to_milliseconds

_READ = {
    "2026-04-20T09:00:00Z": "2026-04-20T09:00:00.000Z",
    "2026-04-20T09:00:00.000Z": "2026-04-20T09:00:00.000Z",
    "2026-04-20t09:00:00z": "2026-04-20T09:00:00.000Z",
    "2026-04-20T11:00:00+02:00": "2026-04-20T09:00:00.000Z",
    "2026-04-19T23:30:00-09:30": "2026-04-20T09:00:00.000Z",
    "2026-04-20T09:00:00+00:00": "2026-04-20T09:00:00.000Z",
    "2026-04-20T09:00:00-00:00": "2026-04-20T09:00:00.000Z",
    "2026-04-20T09:00:00+23:59": "2026-04-19T09:01:00.000Z",
    "2026-04-20T09:00:00.1Z": "2026-04-20T09:00:00.100Z",
    "2026-04-20T09:00:00.12Z": "2026-04-20T09:00:00.120Z",
    "2026-04-20T09:00:00.1239Z": "2026-04-20T09:00:00.123Z",
    "2026-04-20T09:00:00.999999999999Z": "2026-04-20T09:00:00.999Z",
    "2024-02-29T23:59:59.999+00:00": "2024-02-29T23:59:59.999Z",
    "2026-12-31T23:30:00-01:00": "2027-01-01T00:30:00.000Z",
    "0999-01-01T00:00:00Z": "0999-01-01T00:00:00.000Z",
    "0001-01-01T00:00:00Z": "0001-01-01T00:00:00.000Z",
    "9999-12-31T23:59:59.999Z": "9999-12-31T23:59:59.999Z",
}

_NOT_RFC_3339 = [
    "",
    "tomorrow",
    "2026-04-20",
    "2026-04-20T09:00:00",
    "2026-04-20T09:00Z",
    "2026-04-20T09Z",
    "2026-04-20 09:00:00Z",
    "2026-04-20T09:00:00 Z",
    " 2026-04-20T09:00:00Z",
    "2026-04-20T09:00:00Z\n",
    "2026-04-20T09:00:00.Z",
    "2026-04-20T09:00:00,5Z",
    "2026-04-20T09:00:00+02",
    "2026-04-20T09:00:00+0200",
    "2026-04-20T09:00:00+2:00",
    "2026-04-20T09:00:00+02:00:00",
    "2026-04-20T09:00:00+02:60",
    "2026-04-20T09:00:00+02:99",
    "2026-04-20T09:00:00\u221202:00",
    "2026-04-20T09:00:00UTC",
    "2026-04-20T09:00:00[Europe/Berlin]",
    "2026-04-20T09:00:00Z[Europe/Berlin]",
    "20260420T090000Z",
    "2026-4-20T9:00:00Z",
    "26-04-20T09:00:00Z",
    "12026-04-20T09:00:00Z",
    "-2026-04-20T09:00:00Z",
    "2026-W17-1T09:00:00Z",
    "2026-110T09:00:00Z",
    "1776675600",
    "２０２６-04-20T09:00:00Z",
    "2026-04-20T09:00:00Z\0",
]

_NO_SUCH_TIME = [
    "2026-02-29T09:00:00Z",
    "2026-04-31T09:00:00Z",
    "2026-00-20T09:00:00Z",
    "2026-13-20T09:00:00Z",
    "2026-04-00T09:00:00Z",
    "0000-01-01T00:00:00Z",
    "2026-04-20T24:00:00Z",
    "2026-04-20T25:00:00Z",
    "2026-04-20T09:60:00Z",
    "2026-04-20T09:00:60Z",
    "2016-12-31T23:59:60Z",
    "2026-04-20T09:00:00+24:00",
    "0001-01-01T00:00:00+00:01",
    "9999-12-31T23:59:59-00:01",
]


@pytest.mark.parametrize(("text", "instant"), _READ.items())
def test_an_rfc_3339_instant_is_read_into_utc_cut_to_milliseconds(text: str, instant: str) -> None:
    read = parse_instant(text)
    assert format_instant(read) == instant
    assert read.tzinfo is UTC
    assert read == to_milliseconds(read)


@pytest.mark.parametrize("text", _NOT_RFC_3339)
def test_anything_else_is_told_what_to_write(text: str) -> None:
    with pytest.raises(
        ValueError, match=r"^must be an RFC 3339 date-time with an offset, such as 2026-04-20T09:00:00Z"
    ):
        parse_instant(text)


@pytest.mark.parametrize("text", _NO_SUCH_TIME)
def test_a_time_that_does_not_exist_is_told_so(text: str) -> None:
    with pytest.raises(ValueError, match=r"^is not a date and time that exists$"):
        parse_instant(text)


def test_an_instant_is_written_in_utc_wherever_it_was_meant() -> None:
    tokyo = timezone(timedelta(hours=9))
    assert format_instant(datetime(2026, 4, 20, 18, 0, 0, 123999, tzinfo=tokyo)) == "2026-04-20T09:00:00.123Z"


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (datetime(2026, 4, 20, 9, tzinfo=UTC), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, 0, 0, 999, tzinfo=UTC), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, 0, 0, 123999, tzinfo=UTC), "2026-04-20T09:00:00.123Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000Z"),
        (datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "9999-12-31T23:59:59.999Z"),
        (datetime(2026, 4, 20, 11, tzinfo=timezone(timedelta(hours=2))), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 4, 20, 9, tzinfo=timezone(timedelta(0))), "2026-04-20T09:00:00.000Z"),
        (datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Berlin"), fold=1), "2026-10-25T01:30:00.000Z"),
    ],
)
def test_instants_at_the_edges(instant: datetime, text: str) -> None:
    assert format_instant(instant) == text


_INSTANTS = st.datetimes(timezones=st.just(UTC))
_OFFSETS = st.integers(-23 * 60 - 59, 23 * 60 + 59).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(_INSTANTS)
def test_an_instant_is_written_as_python_writes_it(instant: datetime) -> None:
    assert format_instant(instant) == instant.isoformat(timespec="milliseconds").replace("+00:00", "Z")


@given(_INSTANTS)
def test_what_is_written_reads_back_to_the_millisecond(instant: datetime) -> None:
    assert parse_instant(format_instant(instant)) == to_milliseconds(instant)


@given(_INSTANTS, _OFFSETS)
def test_an_offset_moves_the_clock_and_not_the_instant(instant: datetime, offset: timezone) -> None:
    try:
        there = instant.astimezone(offset)
    except OverflowError:
        return
    assert parse_instant(there.isoformat(timespec="milliseconds")) == to_milliseconds(instant)


@given(st.text() | st.from_regex(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{2}:[0-9]{2}"))
def test_no_text_does_more_than_be_read_or_be_refused(text: str) -> None:
    try:
        read = parse_instant(text)
    except ValueError:
        return
    assert parse_instant(format_instant(read)) == read
