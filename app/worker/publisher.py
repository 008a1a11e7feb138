"""The publisher: claims what is due, makes the calls, records what came of them.

    claim (a short transaction) ──► call (no transaction open) ──► record (a short transaction)

Nothing here decides what an outcome means for a post: that is Destination.after. What is here is how many calls to make
at once, and that no claim is forgotten: it is renewed while its worker lives, and given back when the worker is told to
stop before it has begun the call.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import count
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.commands.claim_due import claim_due
from app.commands.record_reports import record_reports
from app.domain.credentials import ADDRESSES
from app.domain.errors import Unavailable
from app.domain.publishing import ALWAYS, LEASE, NotCalled, Published, Refused, Report, TryLater, Unanswered
from app.monitoring import metrics
from app.monitoring.logs import get_logger
from app.monitoring.masking import frames_of
from app.worker.limits import Gates, Limits
from app.worker.pauses import pause_after

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from app.commands.claim_due import Assignment
    from app.commands.service import Service
    from app.commands.unit import Everywhere
    from app.domain.credentials import Credentials
    from app.domain.publishing import Attempt, Network, Networks, Outcome

_log = get_logger("publisher")

CLAIMED_AT_ONCE: Final = 32
"""Posts of one claim, so that several workers share what is due."""

RECORDED_AT_ONCE: Final = 64

LAST_RECORDS: Final = 10.0
"""Seconds that a worker which has been told to stop, and whose calls have ended, waits for a database that is away."""

LONGEST_CALL: Final = 10
"""In time limits of one request: a call may take several, for its media."""


_TOLD_AS: Final[dict[type, str]] = {
    Published: "published",
    Refused: "refused",
    TryLater: "try_later",
    Unanswered: "unanswered",
    NotCalled: "not_called",
}
"""What the figures call an outcome."""


class Publisher:
    """What one worker does for posts. Any number of them may share a database."""

    def __init__(
        self,
        service: Service,
        networks: Networks,
        *,
        call_timeout: float,
        wake: Callable[[], None] = lambda: None,
        lease: timedelta = LEASE,
        limits: Limits | None = None,
        pause_after: Callable[[int], timedelta] = pause_after,
    ) -> None:
        """call_timeout: seconds of one request to a network. wake: called when attempts have been recorded: there is
        room again, and perhaps a pause to wait for. pause_after: see app.worker.pauses.
        """
        self._service = service
        self._networks = networks
        self._call_timeout = call_timeout
        self._wake = wake
        self._lease = lease
        self._limits = limits or Limits()
        self._pause_after = pause_after
        self._accounts = Gates(self._limits.per_account)
        self._servers = Gates(self._limits.per_network)
        self._held: dict[Attempt, asyncio.Task[None]] = {}
        self._reports: asyncio.Queue[tuple[Attempt, Report]] = asyncio.Queue()
        self._is_stopping = False

    @asynccontextmanager
    async def holding(self) -> AsyncIterator[None]:
        """What is claimed meanwhile is kept and recorded; leaving waits until what is on the wire has been.

        It is bounded: by the time limit of a call, and by LAST_RECORDS where the database is away. What could not be
        recorded is then as if the worker had been killed.
        """
        background = [asyncio.create_task(self._record()), asyncio.create_task(self._renew())]
        try:
            yield
            self.stop()
            await asyncio.gather(*self._held.values(), return_exceptions=True)
            await self._record_the_last()
        finally:
            for task in (*background, *self._held.values()):
                task.cancel()
            await asyncio.gather(*background, *self._held.values(), return_exceptions=True)

    def stop(self) -> None:
        """Begin no call more, of what has been claimed already either."""
        self._is_stopping = True

    async def claim_due(self) -> bool:
        """Claim what is due, as far as there is room, and begin the calls; whether anything was claimed."""
        room = min(CLAIMED_AT_ONCE, self._limits.held - len(self._held))
        if room <= 0:
            return False
        assignments = await self._service.work_everywhere(
            partial(
                claim_due,
                networks=self._networks,
                limit=room,
                lease=self._lease,
                per_account=self._limits.claimed,
                without=self._accounts_without_room(),
            )
        )
        for assignment in assignments:
            self._hold(assignment)
        return bool(assignments)

    def _hold(self, assignment: Assignment) -> None:
        call = asyncio.create_task(self._carry_out(assignment))
        self._held[assignment.attempt] = call

        def let_go_if_broken(call: asyncio.Task[None]) -> None:
            # One that ended without a report must not be renewed for ever: its claim lapses.
            if call.cancelled() or call.exception() is not None:
                self._held.pop(assignment.attempt, None)

        call.add_done_callback(let_go_if_broken)

    def _accounts_without_room(self) -> list[tuple[int, int]]:
        return [key for key in self._accounts.full() if isinstance(key, tuple)]

    async def _carry_out(self, assignment: Assignment) -> None:
        attempt, network = assignment.attempt, assignment.network
        name = network.name if network else "none"
        async with (
            self._accounts.through((attempt.organization_id, attempt.account_id)),
            self._servers.through((name, _server_of(assignment.credentials))),
        ):
            outcome = await self._outcome_of(assignment)
        report = Report(
            account_id=attempt.account_id,
            attempt=attempt.number,
            outcome=outcome,
            repeatable_for=network.repeatable_for if network else ALWAYS,
            pause=self._pause_after(attempt.number),
        )
        metrics.attempts.labels(name, _TOLD_AS[type(outcome)]).inc()
        self._reports.put_nowait((attempt, report))

    async def _outcome_of(self, assignment: Assignment) -> Outcome:
        network = assignment.network
        if self._is_stopping:
            return NotCalled()
        if network is None:
            return Refused(reason=assignment.obstacle)
        try:
            if network.repeatable_for != ALWAYS and not await self._try_begin(assignment.attempt, network):
                return NotCalled()
        except Exception as error:  # noqa: BLE001 - nothing has been called yet
            _log.error("A call could not be begun.", error=type(error).__name__)
            return TryLater(reason="The call could not be begun.")
        try:
            async with asyncio.timeout(LONGEST_CALL * self._call_timeout):
                return await network.publish(assignment.outgoing, assignment.credentials)
        except TimeoutError:
            return Unanswered(reason=f"{network.name} did not answer in time.")
        except Exception as error:  # noqa: BLE001 - the call was made, whatever went wrong
            _log.error(
                "A network raised what it should have told as an outcome.",
                network=network.name,
                error=type(error).__name__,
                frames=frames_of(error),
            )
            return Unanswered(reason=f"Publishing to {network.name} failed in a way that nobody expected.")

    async def _try_begin(self, attempt: Attempt, network: Network) -> bool:
        """Note that the call is about to be made, so that a worker that dies now is known to have made it."""
        return await self._service.work_everywhere(
            lambda everywhere: everywhere.schedule.try_begin(
                attempt, now=everywhere.now, repeatable_for=network.repeatable_for
            )
        )

    async def _record(self) -> None:
        """Store reports, those of a moment together. What cannot be stored now is stored later."""
        while True:
            reports = [await self._reports.get()]
            while not self._reports.empty() and len(reports) < RECORDED_AT_ONCE:
                reports.append(self._reports.get_nowait())
            await self._store(reports)
            for attempt, _ in reports:
                del self._held[attempt]
                self._reports.task_done()
            self._wake()

    async def _record_the_last(self) -> None:
        try:
            async with asyncio.timeout(LAST_RECORDS):
                await self._reports.join()
        except TimeoutError:
            _log.error("What was published could not be recorded before the worker stopped.", attempts=len(self._held))

    async def _store(self, reports: list[tuple[Attempt, Report]]) -> None:
        """While the database is away, again and again. What it will not take is given up, and that alone: the claim
        is then no longer renewed, and what its lapse means comes of it."""
        for tries in count(1):
            try:
                await self._service.work_everywhere(partial(record_reports, reports=reports))
                return
            except Unavailable:
                _log.warning("What was published could not be recorded yet.", tries=tries)
                await asyncio.sleep(min(5.0, 0.1 * 2 ** min(tries, 6)))
            except Exception:  # noqa: BLE001 - one that cannot be stored must not keep the others back
                if len(reports) > 1:
                    for report in reports:
                        await self._store([report])
                    return
                _log.exception("What was published could not be recorded.", post_id=str(reports[0][0].post_id))
                return

    async def _renew(self) -> None:
        """Renew every claim that is held, thrice in the time of a lease.

        In the order in which records are stored, so that the two wait for each other in no circle.
        """
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            if not self._held:
                continue
            try:
                held = sorted(self._held, key=lambda item: (item.organization_id, item.post_id, item.account_id))
                await self._service.work_everywhere(partial(_renew_claims, attempts=held, lease=self._lease))
            except Exception as error:  # noqa: BLE001 - it is tried again, and a claim that lapses is handled
                _log.error("Claims could not be renewed.", error=type(error).__name__)


def _server_of(credentials: Credentials) -> str | None:
    """Who is called with these credentials; None where that is always the same."""
    address = next((value for name, value in credentials.items() if name in ADDRESSES), None)
    return None if address is None else urlsplit(address).hostname


def _renew_claims(everywhere: Everywhere, *, attempts: Sequence[Attempt], lease: timedelta) -> None:
    everywhere.schedule.renew(attempts, until=everywhere.now + lease)
