"""A worker: looks for what is due, and waits for the next reason to look.

Reasons are an instant that is known (the next post, the end of a pause, a claim that lapses, a delivery), an
announcement that something was changed, and room for more calls. One statement tells of every instant at once.
"""

from __future__ import annotations

import asyncio
from time import monotonic
from typing import TYPE_CHECKING, Final

from app.monitoring.logs import get_logger
from app.monitoring.metrics import worker_ticked

if TYPE_CHECKING:
    from datetime import datetime

    from app.commands.service import Service
    from app.repositories.deliveries import NextDelivery
    from app.repositories.schedule import NextLook
    from app.worker.deliveries import Deliveries
    from app.worker.publisher import Publisher

_log = get_logger("worker")

SOON: Final = 0.05
"""Seconds between two looks at least: many announcements are one reason to look."""

PROMPT_LOOK: Final = 5.0
LONELY_LOOK: Final = 1.0
"""Seconds between two looks at most, where other processes' changes are announced at once and where they are not."""


class Worker:
    """Publishes posts and tells webhooks, until it is told to stop."""

    def __init__(self, service: Service, publisher: Publisher, deliveries: Deliveries, *, awake: asyncio.Event) -> None:
        """awake: set by whoever has a reason to look."""
        self._service = service
        self._publisher = publisher
        self._deliveries = deliveries
        self._awake = awake
        self._is_stopping = False

    def stop(self) -> None:
        """Begin nothing more. run() answers when what is on the wire has been recorded."""
        self._is_stopping = True
        self._publisher.stop()
        self._awake.set()

    async def run(self) -> None:
        """A database that is away is waited for."""
        leave = self._service.announcements.follow(lambda _: self._awake.set())
        try:
            async with self._publisher.holding():
                while not self._is_stopping:
                    await self._look()
                await self._deliveries.finish()
        finally:
            leave()

    async def _look(self) -> None:
        """One look, whatever is due, and the wait for the next reason to look."""
        self._awake.clear()
        began = monotonic()
        try:
            posts, delivery = await self._service.look_everywhere(
                lambda everywhere: everywhere.schedule.next(self._deliveries.full)
            )
            worker_ticked()
            has_claimed = posts.is_due(self._now()) and await self._publisher.claim_due()
            has_delivered = self._deliveries.next_at(delivery) <= self._now() and await self._deliveries.run_due()
        except Exception as error:  # noqa: BLE001 - whatever it is, the next look comes
            _log.error("The worker could not look for what is due.", error=type(error).__name__)
            await self._wait(LONELY_LOOK)
            return
        if has_claimed or has_delivered:
            return
        await self._wait(self._seconds_until(posts, delivery))
        await asyncio.sleep(max(0.0, SOON - (monotonic() - began)))

    def _seconds_until(self, posts: NextLook, delivery: NextDelivery) -> float:
        longest = PROMPT_LOOK if self._service.announcements.are_prompt else LONELY_LOOK
        now = self._now()
        deliveries_at = self._deliveries.next_at(delivery)
        if posts.is_due(now) or deliveries_at <= now:  # another worker is at it, or there is no room for it
            return LONELY_LOOK
        first = min(deliveries_at, posts.first or deliveries_at)
        return min(longest, (first - now).total_seconds())

    def _now(self) -> datetime:
        return self._service.clock()

    async def _wait(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._awake.wait()
        except TimeoutError:
            pass
