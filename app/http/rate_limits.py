"""How often a key may ask: limits as they are set, and what is left of them as answers say it.

Answers say it twice. RateLimit-Policy and RateLimit are those of draft-ietf-httpapi-ratelimit-headers-11, lists of
structured fields (RFC 9651) with one member for each limit. X-RateLimit-* hold one limit only, and tell of the one that
a client meets first. Every time in them is that at which the oldest counted request is forgotten: the next one is let
in then, also by Retry-After.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Final, NamedTuple

from limits import parse_many

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

SECOND: Final = 1_000_000
"""In microseconds, which windows are measured in."""

_LARGEST: Final = 10**15 - 1
"""Of the integers of structured fields (RFC 9651, 3.3.1)."""

_NO_TIME: Final = re.compile(r"(?:/|per)\s*0+(?!\d)", re.IGNORECASE)
"""In a limit's text: that it is for none of its units."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most `amount` requests in any `seconds` that follow each other, wherever they begin. name: as it was set."""

    amount: int
    seconds: int
    name: str

    @property
    def policy(self) -> str:
        """A member of RateLimit-Policy (3.1)."""
        return f'"{self.name}";q={self.amount};w={self.seconds}'


def read_rate_limits(text: str) -> tuple[RateLimit, ...]:
    """Limits such as `10/second;1000/hour`, in the notation of the library limits. Raises ValueError."""
    if _NO_TIME.search(text):  # which the library takes for 1
        raise ValueError("a rate limit is for at least one second, minute, hour, day, month or year")
    found = {(item.amount, item.get_expiry()): item for item in parse_many(text)}
    limits = []
    for (amount, seconds), item in found.items():
        if not (0 < amount <= _LARGEST and seconds <= _LARGEST):
            raise ValueError("a rate limit lets at least one request through, and has at most 15 digits")
        period = item.GRANULARITY.name if item.multiples == 1 else f"{item.multiples} {item.GRANULARITY.name}s"
        limits.append(RateLimit(amount, seconds, f"{amount}/{period}"))
    return tuple(limits)


class Use(NamedTuple):
    """How far a limit is used up. wait: microseconds until its oldest request is forgotten."""

    used: int
    wait: int


class Count(NamedTuple):
    """What came of counting a request: whether it was let in, and the use of each limit, in their order."""

    is_admitted: bool
    uses: Sequence[Use]


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key has left after a request that was counted at an instant."""

    limits: Sequence[RateLimit]
    count: Count
    at: datetime

    @property
    def retry_after(self) -> int:
        """Whole seconds, at least 1, after which a refused request would be let in."""
        waits = (use.wait for limit, use in zip(self.limits, self.count.uses, strict=True) if use.used >= limit.amount)
        return _whole_seconds(max(waits))

    @property
    def headers(self) -> dict[str, str]:
        members = []
        nearest = (_LARGEST, 0, 0)
        for limit, (used, wait) in zip(self.limits, self.count.uses, strict=True):
            remaining = limit.amount - used
            members.append(f'"{limit.name}";r={remaining};t={_whole_seconds(wait)}')
            # Of limits with as much left, the one that takes longest to give more.
            nearest = min(nearest, (remaining, -wait, limit.amount))
        remaining, minus_wait, amount = nearest
        return {
            "RateLimit-Policy": ", ".join([limit.policy for limit in self.limits]),
            "RateLimit": ", ".join(members),
            "X-RateLimit-Limit": str(amount),
            "X-RateLimit-Remaining": str(remaining),
            "X-RateLimit-Reset": str(ceil(self.at.timestamp() - minus_wait / SECOND)),
        }


def _whole_seconds(microseconds: int) -> int:
    """Not less than that, and at least 1."""
    return max(1, -(-microseconds // SECOND))
