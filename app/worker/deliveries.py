"""Webhooks out: makes deliveries of new events, makes the calls that are due, records what came of them.

    dispatch (a short transaction) ──► call (no transaction open) ──► record (a short transaction)

Each call is one signed POST, as Standard Webhooks has it:

    {"type": "post.updated", "timestamp": "2026-11-22T09:00:00.000Z",          when the change was made
     "data": {"post_id": "…", "version": 2, "status": "scheduled", "changed_fields": ["content"], "cursor": "…"}}

Any 2xx says that the receiver has it; 410, that it wants no more. Everything else is tried again: redirects and
addresses that are not public too, for whoever owns the address may put it right within the days that the tries last.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Final

from app.commands.dispatch_deliveries import dispatch_deliveries
from app.domain.call_limits import CallLimits, CallsHeld
from app.domain.delivery import GONE, DeliveryReport, payload
from app.domain.publishing import TryLater
from app.monitoring import metrics
from app.monitoring.logs import get_logger
from app.monitoring.masking import frames_of
from app.networks.failures import CallFailed
from app.networks.standard_webhooks import sign
from app.repositories.deliveries import FORGOTTEN_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.commands.service import Service
    from app.domain.call_limits import Full
    from app.domain.delivery import DueDelivery
    from app.networks.http import Http
    from app.repositories.deliveries import NextDelivery

_log = get_logger("deliveries")

SWEPT_EVERY: Final = timedelta(hours=1)
"""How often a worker deletes what the logs have held for too long."""

_NEVER: Final = datetime.max.replace(tzinfo=UTC)


def _real_time() -> datetime:
    return datetime.now(UTC)


class Deliveries:
    """What one worker does for webhooks. Any number of them may share a database.

    The worker's loop looks (app.repositories.deliveries.look_columns, with `full`), and calls run_due when next_at
    says so.
    """

    def __init__(
        self,
        service: Service,
        http: Http,
        *,
        call_timeout: float,
        wake: Callable[[], None] = lambda: None,
        limits: CallLimits | None = None,
        chance: Callable[[], float] = random.random,
        real_time: Callable[[], datetime] = _real_time,
    ) -> None:
        """call_timeout: seconds that a call takes at most. wake: called when a call has been recorded: there is room
        again. chance: from 0 to 1, for the length of pauses. real_time: what calls are signed with, whatever the
        schedule's clock says: receivers refuse what was signed long ago.
        """
        self._service = service
        self._http = http
        self._lease = timedelta(seconds=2 * call_timeout + 30)
        self._wake = wake
        self._limits = limits or CallLimits()
        self._chance = chance
        self._real_time = real_time
        self._calls: dict[asyncio.Task[None], DueDelivery] = {}
        self._swept_at: datetime | None = None

    @property
    def full(self) -> Full:
        return self._held().full(self._limits)

    def next_at(self, coming: NextDelivery) -> datetime:
        """When there is something to do next, if no call ends before. An instant that is past: now."""
        now = self._service.clock()
        if coming.is_behind:
            return now
        call_at = coming.at if coming.at is not None and len(self._calls) < self._limits.at_once else _NEVER
        sweep_at = now if self._swept_at is None else self._swept_at + SWEPT_EVERY
        return min(call_at, sweep_at)

    async def run_due(self) -> bool:
        """Make deliveries of new events and begin calls that are due, as many as there is room for.

        The answer says whether there was anything to do; where it is False though a look found something, another
        worker is at it.
        """
        dispatched = await self._service.work_everywhere(
            partial(
                dispatch_deliveries,
                lease=self._lease,
                limits=self._limits,
                held=self._held(),
            )
        )
        for due in dispatched.due:
            call = asyncio.create_task(self._carry_out(due))
            self._calls[call] = due
            call.add_done_callback(self._end)
        swept = await self._sweep()
        return bool(dispatched.caught_up or dispatched.due or swept)

    async def finish(self) -> None:
        """Wait until what is on the wire has been recorded."""
        await asyncio.gather(*self._calls)

    def _held(self) -> CallsHeld:
        return CallsHeld(
            Counter(due.webhook_id for due in self._calls.values()),
            Counter(due.organization_id for due in self._calls.values()),
        )

    def _end(self, call: asyncio.Task[None]) -> None:
        del self._calls[call]
        self._wake()

    async def _sweep(self) -> bool:
        """Whether the logs held anything for too long."""
        now = self._service.clock()
        if self._swept_at is not None and self._swept_at <= now < self._swept_at + SWEPT_EVERY:
            return False
        forgotten = await self._service.work_everywhere(
            lambda everywhere: everywhere.deliveries.forget_old(now=everywhere.now)
        )
        if forgotten < FORGOTTEN_AT_ONCE:
            self._swept_at = now
        return forgotten > 0

    async def _carry_out(self, due: DueDelivery) -> None:
        try:
            report = await self._call(due)
        except Exception as error:  # noqa: BLE001 - whatever it was, the delivery is not forgotten
            message = "A call of a webhook failed in a way that nobody expected."
            _log.error(message, error=type(error).__name__, frames=frames_of(error))
            report = self._failed(due, status=None, error="The call failed in a way that nobody expected.")
        metrics.webhook_deliveries.labels(_outcome_of(report)).inc()
        try:
            await self._service.work_everywhere(
                lambda everywhere: everywhere.deliveries.record(due, report, now=everywhere.now)
            )
        except Exception as error:  # noqa: BLE001 - the claim lapses, and the receiver is told once more
            _log.error("What came of a webhook's call could not be recorded.", error=type(error).__name__)

    async def _call(self, due: DueDelivery) -> DeliveryReport:
        if due.secret is None:
            return self._failed(due, status=None, error="Its secret cannot be opened with any key that is set.")
        body = payload(due.event)
        headers = {
            "Content-Type": "application/json",
            **sign(due.secret, id=due.event.key, timestamp=self._real_time(), body=body),
        }
        status = None
        try:
            answer = await self._http.call("POST", due.url, headers=headers, data=body, harmless=True)
            status = answer.status
            if answer.is_success:
                return DeliveryReport.of_success(status)
            raise answer.failure("its owner has ended it." if status == GONE else None)
        except CallFailed as failed:
            asked = failed.outcome.wait if isinstance(failed.outcome, TryLater) else None
            return self._failed(due, status=status, error=failed.outcome.reason, asked=asked)

    def _failed(
        self, due: DueDelivery, *, status: int | None, error: str, asked: timedelta | None = None
    ) -> DeliveryReport:
        return DeliveryReport.of_failure(due.attempt, status=status, error=error, asked=asked, chance=self._chance())


def _outcome_of(report: DeliveryReport) -> str:
    if report.is_delivered:
        return "delivered"
    if report.is_gone:
        return "gone"
    return "given_up" if report.pause is None else "failed"
