"""Which part of a file a Range header asks for (RFC 9110, section 14)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rest.files.ranges import ByteRange, RangeNotSatisfiable, range_of


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-0", ByteRange(0, 1)),
        ("bytes=0-9", ByteRange(0, 10)),
        ("bytes=0-99999", ByteRange(0, 10)),
        ("bytes=3-", ByteRange(3, 10)),
        ("bytes=9-", ByteRange(9, 10)),
        ("bytes=-1", ByteRange(9, 10)),
        ("bytes=-10", ByteRange(0, 10)),
        ("bytes=-99999", ByteRange(0, 10)),
        ("Bytes= 2-4 ", ByteRange(2, 5)),
    ],
)
def test_one_range_is_read(header: str, part: ByteRange) -> None:
    assert range_of(header, 10) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0", "bytes=999999999999999999-"])
def test_a_range_outside_of_the_file_cannot_be_satisfied(header: str) -> None:
    with pytest.raises(RangeNotSatisfiable):
        range_of(header, 10)


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=4-2",
        "bytes=0-1,3-4",
        "bytes=a-b",
        "bytes=+1-2",
        "bytes=0-" + "9" * 5000,
        "items=0-1",
        "bytes=²-³",
    ],
)
def test_any_other_header_is_passed_over(header: str | None) -> None:
    assert range_of(header, 10) is None


@given(
    st.builds("bytes={}-{}".format, *[st.just("") | st.integers(0, 30).map(str)] * 2) | st.text(), st.integers(1, 20)
)
def test_a_range_that_is_read_lies_in_the_file(header: str, size: int) -> None:
    try:
        part = range_of(header, size)
    except RangeNotSatisfiable:
        return
    assert part is None or 0 <= part.start < part.end <= size
