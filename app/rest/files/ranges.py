"""Which part of a file a request wants (RFC 9110, section 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ONE_RANGE = re.compile(r"bytes=[ \t]*(?P<first>\d{0,18})-(?P<last>\d{0,18})[ \t]*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ByteRange:
    """The bytes from start up to, not including, end."""

    start: int
    end: int


class RangeNotSatisfiable(Exception):
    """The range lies outside of the file."""


def range_of(header: str | None, size: int) -> ByteRange | None:
    """The one range that a Range header asks for of a file of this size; None: all of it.

    A header that asks for several ranges, or cannot be read, is passed over, as section 14.2 allows. Raises
    RangeNotSatisfiable.
    """
    asked = _ONE_RANGE.fullmatch(header or "")
    if asked is None or asked["first"] == asked["last"] == "":
        return None
    if asked["first"] == "":
        start, end = max(0, size - int(asked["last"])), size
    else:
        start = int(asked["first"])
        end = min(size, int(asked["last"]) + 1) if asked["last"] else size
        if asked["last"] and int(asked["last"]) < start:
            return None
    if start >= end:
        raise RangeNotSatisfiable
    return ByteRange(start, end)
