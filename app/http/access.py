"""Letting a request in: the key it shows, and how often it may."""

from __future__ import annotations

import time
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from app.domain.errors import RateLimited, Unauthenticated, Unavailable
from app.http.idempotency import keyed_request
from app.monitoring.logs import bind

if TYPE_CHECKING:
    from limits import RateLimitItem
    from starlette.requests import Request

    from app.commands.service import Caller, Service
    from app.domain.errors import Refusal


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a key has left: requests per window, requests remaining, and the Unix second at which it is whole again."""

    limit: int
    remaining: int
    reset: int

    @property
    def headers(self) -> dict[str, str]:
        return {
            "X-RateLimit-Limit": str(self.limit),
            "X-RateLimit-Remaining": str(self.remaining),
            "X-RateLimit-Reset": str(self.reset),
        }


class Gate:
    """Stands before every edge."""

    def __init__(self, service: Service, *, rate_limit: str | None) -> None:
        """rate_limit: COUNT/second, /minute, /hour or /day, for each key and process; None: no limit."""
        self._service = service
        self._limit = None if rate_limit is None else parse(rate_limit)
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def admit(self, request: Request) -> Caller:
        """The caller of a request, under its idempotency key if it has one.

        Raises Unauthenticated, RateLimited, and UnreadableRequest for a key that cannot be one.

        The allowance that is left is kept in the request's state, for the headers of the answer.
        """
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        caller = await self._service.authenticate(secret.strip())
        bind(key=caller.key.public_id)
        if self._limit is not None:
            self._count(request, self._limit, caller.key.public_id)
        return caller.under(keyed_request(request))

    def _count(self, request: Request, limit: RateLimitItem, public_id: str) -> None:
        admitted = self._limiter.hit(limit, public_id)
        window = self._limiter.get_window_stats(limit, public_id)
        request.state.allowance = Allowance(
            limit=limit.amount, remaining=window.remaining, reset=ceil(window.reset_time)
        )
        if not admitted:
            raise RateLimited(max(1, ceil(window.reset_time - time.time())))


def refusal_headers(refusal: Refusal) -> dict[str, str]:
    """What HTTP wants beside a status: how to show a key (RFC 9110, 11.6.1), or when to come back (10.2.3)."""
    match refusal:
        case Unauthenticated():
            return {"WWW-Authenticate": "Bearer"}
        case RateLimited() | Unavailable():
            return {"Retry-After": str(refusal.retry_after)}
        case _:
            return {}


def allowance_headers(request: Request) -> dict[str, str]:
    """The rate-limit headers of an answer; none for a request that was not counted."""
    allowance: Allowance | None = getattr(request.state, "allowance", None)
    return {} if allowance is None else allowance.headers
