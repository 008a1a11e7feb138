"""The publisher: claims what is due, makes the calls, records what came of them.

    look ──► claim (a short transaction) ──► call (no transaction open) ──► record (a short transaction)

Nothing here decides what an outcome means for a post: that is Destination.after. What is here is when to look, how many
calls to make at once, and that no claim is forgotten: it is renewed while its worker lives, and given back when the
worker is told to stop before it has begun the call.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Final

import structlog

from app.commands.claim_due import claim_due
from app.commands.record_reports import record_reports
from app.domain.publishing import ALWAYS, LEASE, NotCalled, Refused, Report, Unanswered
from app.worker.limits import Gates, Limits
from app.worker.pauses import pause_after

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.commands.claim_due import Assignment
    from app.commands.service import Service
    from app.domain.publishing import Attempt, Networks, Outcome
    from app.repositories.schedule import NextLook

_log = structlog.get_logger(__name__)

CLAIMED_AT_ONCE: Final = 32
"""Posts of one claim, so that several workers share what is due."""

RECORDED_AT_ONCE: Final = 64

SOON: Final = 0.05
"""Seconds between two looks at least: many announcements are one reason to look."""

PROMPT_LOOK: Final = 5.0
LONELY_LOOK: Final = 1.0
"""Seconds between two looks at most, where other processes' changes are announced at once and where they are not."""

LONGEST_CALL: Final = 10
"""In time limits of one request: a call may take several, for its media."""


class Publisher:
    """One worker. Any number of them may share a database."""

    def __init__(
        self,
        service: Service,
        networks: Networks,
        *,
        call_timeout: float,
        lease: timedelta = LEASE,
        limits: Limits | None = None,
        observer: Observer | None = None,
        pause_after: Callable[[int], timedelta] = pause_after,
    ) -> None:
        """call_timeout: seconds of one request to a network. pause_after: see app.worker.pauses."""
        self._service = service
        self._networks = networks
        self._call_timeout = call_timeout
        self._lease = lease
        self._limits = limits or Limits()
        self._observer = observer or Observer()
        self._pause_after = pause_after
        self._accounts = Gates(self._limits.per_account)
        self._network_gates = Gates(self._limits.per_network)
        self._held: dict[Attempt, asyncio.Task[None]] = {}
        self._reports: asyncio.Queue[tuple[Attempt, Report]] = asyncio.Queue()
        self._awake = asyncio.Event()
        self._is_stopping = False

    def stop(self) -> None:
        """Claim nothing more. run() answers when what is on the wire has been recorded."""
        self._is_stopping = True
        self._awake.set()

    async def run(self) -> None:
        """Publish until told to stop. A database that is away is waited for."""
        leave = self._service.announcements.follow(lambda _: self._awake.set())
        background = [asyncio.create_task(self._record()), asyncio.create_task(self._renew())]
        try:
            while not self._is_stopping:
                await self._look_and_claim()
            await asyncio.gather(*self._held.values())
            await self._reports.join()
        finally:
            leave()
            for task in (*background, *self._held.values()):
                task.cancel()
            await asyncio.gather(*background, *self._held.values(), return_exceptions=True)

    async def _look_and_claim(self) -> None:
        """One look, a claim if something is due, and the wait for the next reason to look."""
        self._awake.clear()
        began = monotonic()
        try:
            coming = await self._service.look_everywhere(lambda everywhere: everywhere.schedule.next())
            self._observer.looked(coming)
            claimed = coming.is_due(self._service.clock()) and await self._claim()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look comes
            _log.error("The schedule could not be read.", error=type(error).__name__)
            await self._wait(LONELY_LOOK)
            return
        if claimed:
            return
        await self._wait(self._seconds_until(coming))
        await asyncio.sleep(max(0.0, SOON - (monotonic() - began)))

    def _seconds_until(self, coming: NextLook) -> float:
        longest = PROMPT_LOOK if self._service.announcements.are_prompt else LONELY_LOOK
        now = self._service.clock()
        if coming.is_due(now):  # it is another worker's at the moment, or there is no room for it
            return min(longest, LONELY_LOOK)
        first = coming.first
        return longest if first is None else min(longest, (first - now).total_seconds())

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            pass

    async def _claim(self) -> bool:
        """Whether anything was claimed."""
        room = min(CLAIMED_AT_ONCE, self._limits.held - len(self._held))
        if room <= 0:
            return False
        assignments = await self._service.work_everywhere(
            partial(
                claim_due, networks=self._networks, limit=room, lease=self._lease, without=self._accounts_without_room()
            )
        )
        for assignment in assignments:
            self._held[assignment.attempt] = asyncio.create_task(self._carry_out(assignment))
        return bool(assignments)

    def _accounts_without_room(self) -> list[tuple[int, int]]:
        return [key for key in self._accounts.full() if isinstance(key, tuple)]

    async def _carry_out(self, assignment: Assignment) -> None:
        attempt, network = assignment.attempt, assignment.network
        name = network.name if network else "none"
        async with (
            self._accounts.through((attempt.organization_id, attempt.account_id)),
            self._network_gates.through(name),
        ):
            outcome = await self._outcome_of(assignment)
        report = Report(
            account_id=attempt.account_id,
            attempt=attempt.number,
            outcome=outcome,
            repeatable_for=network.repeatable_for if network else ALWAYS,
            pause=self._pause_after(attempt.number),
        )
        self._observer.attempted(name, outcome)
        self._reports.put_nowait((attempt, report))

    async def _outcome_of(self, assignment: Assignment) -> Outcome:
        network = assignment.network
        if self._is_stopping:
            return NotCalled()
        if network is None:
            return Refused(reason=assignment.obstacle)
        try:
            if network.repeatable_for != ALWAYS and not await self._try_begin(assignment.attempt):
                return NotCalled()
        except Exception as error:  # noqa: BLE001 - nothing has been called yet
            _log.error("A call could not be begun.", error=type(error).__name__)
            return NotCalled()
        try:
            async with asyncio.timeout(LONGEST_CALL * self._call_timeout):
                return await network.publish(assignment.outgoing, assignment.credentials)
        except TimeoutError:
            return Unanswered(reason=f"{network.name} did not answer in time.")
        except Exception:  # noqa: BLE001 - the call was made, whatever went wrong
            _log.exception("A network raised what it should have told as an outcome.", network=network.name)
            return Unanswered(reason=f"Publishing to {network.name} failed in a way that nobody expected.")

    async def _try_begin(self, attempt: Attempt) -> bool:
        """Note that the call is about to be made, so that a worker that dies now is known to have made it."""
        return await self._service.work_everywhere(
            lambda everywhere: everywhere.schedule.try_begin(attempt, now=everywhere.now)
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
            self._awake.set()  # there is room again, and perhaps a pause to wait for

    async def _store(self, reports: list[tuple[Attempt, Report]]) -> None:
        for tries in range(1, 1_000_000):
            try:
                await self._service.work_everywhere(partial(record_reports, reports=reports))
                return
            except Exception as error:  # noqa: BLE001 - a report is never given up while the worker lives
                _log.error("What was published could not be recorded yet.", error=type(error).__name__, tries=tries)
                await asyncio.sleep(min(5.0, 0.1 * 2**tries))

    async def _renew(self) -> None:
        """Renew every claim that is held, thrice in the time of a lease."""
        while True:
            await asyncio.sleep(self._lease.total_seconds() / 3)
            if not self._held:
                continue
            try:
                await self._service.work_everywhere(
                    lambda everywhere: everywhere.schedule.renew(tuple(self._held), until=everywhere.now + self._lease)
                )
            except Exception as error:  # noqa: BLE001 - it is tried again, and a claim that lapses is handled
                _log.error("Claims could not be renewed.", error=type(error).__name__)


@dataclass(slots=True)
class Observer:
    """What a worker tells of itself while it works. This one tells nobody."""

    def looked(self, coming: NextLook) -> None: ...

    def attempted(self, network: str, outcome: Outcome) -> None: ...
