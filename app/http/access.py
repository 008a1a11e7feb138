"""Letting a request in: the key it shows, and how often it may."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.errors import RateLimited, Unauthenticated, Unavailable
from app.http.headers import header_value
from app.http.idempotency import keyed_request
from app.http.rate_limits import Allowance, read_rate_limits
from app.http.request_counts import RequestCounts, microseconds
from app.http.shared_request_counts import SharedRequestCounts
from app.monitoring.logs import bind

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from app.commands.service import Caller, Service
    from app.domain.errors import Refusal


class Gate:
    """Stands before every edge."""

    def __init__(
        self,
        service: Service,
        *,
        rate_limit: str | None,
        rate_limit_url: str | None = None,
        timer: Callable[[], int] = microseconds,
    ) -> None:
        """rate_limit: for each key, such as `10/second;1000/hour`; None: no limit.

        rate_limit_url: the Redis that every process of the service counts in; None: each counts for itself.
        timer: microseconds that only grow.
        """
        self._service = service
        self._limits = () if rate_limit is None else read_rate_limits(rate_limit)
        self._shared = None
        self._counts: RequestCounts | SharedRequestCounts = RequestCounts(self._limits, timer=timer)
        if self._limits and rate_limit_url is not None:
            self._counts = self._shared = SharedRequestCounts(rate_limit_url, self._limits, timer=timer)

    async def open(self) -> None:
        """Look whether Redis can be reached; it need not be."""
        if self._shared is not None:
            await self._shared.open()

    async def close(self) -> None:
        if self._shared is not None:
            await self._shared.close()

    async def admit(self, request: Request) -> Caller:
        """The caller of a request, under its idempotency key if it has one.

        Raises Unauthenticated, RateLimited, and UnreadableRequest for a key that cannot be one.

        The allowance that is left is kept in the request's state, for the headers of the answer.
        """
        scheme, _, secret = header_value(request, b"authorization").partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated
        caller = await self._service.authenticate(secret.strip())
        bind(key=caller.key.public_id)
        if self._limits:
            await self._count(request, caller.key.public_id)
        return caller.under(keyed_request(request))

    async def _count(self, request: Request, public_id: str) -> None:
        count = await self._counts.count(public_id)
        request.state.allowance = allowance = Allowance(self._limits, count, self._service.clock())
        if not count.is_admitted:
            raise RateLimited(allowance.retry_after)


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
    allowance: Allowance | None = request.scope.get("state", {}).get("allowance")
    return {} if allowance is None else allowance.headers
