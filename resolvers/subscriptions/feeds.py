"""Feeds: the events of an organisation as they happen, read once for everybody who follows them in this process."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.commands.list_events import EventPage, list_events
from app.domain.errors import Unauthenticated
from app.monitoring.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterator
    from uuid import UUID

    from app.commands.list_events import FollowedChange
    from app.commands.service import Caller, Service
    from app.domain.events import Cursor, Event
    from app.domain.post import PostStatus

logger = get_logger("feeds")

BATCH: Final = 50
"""Changes that are read at once: the most that one follower holds, however slowly it takes them."""
WINDOW: Final = 200
"""Changes that a feed keeps for those who are a little behind. Whoever is further behind reads for itself."""
FRESH: Final = 2.0
"""Seconds that a feed keeps a change: the post that is told with it is to be the post as it is now."""
PAUSE: Final = 0.02
"""Seconds between looks while one change follows another."""
KEY_CHECK: Final = 0.9
"""Seconds between looks at the key of a follower. With what is known of a key for 4 s, a revoked one ends within 5."""
SECOND_LOOKS: Final = (0.05, 0.25, 1.0)
"""Seconds after which a feed looks again that found nothing after an announcement: an event waits for transactions
that are older than its own (see app.repositories.events), and not all of them are announced."""


class UnknownCursor(ValueError):
    """A cursor after every event: none was delivered with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Events of this post or of every post, after which it has one of these statuses or any."""

    post_id: UUID | None
    statuses: frozenset[PostStatus] | None

    def holds(self, event: Event) -> bool:
        return self.post_id in (None, event.post_id) and (self.statuses is None or event.status in self.statuses)


class Feeds:
    """Every feed of one process. A feed exists while somebody follows it."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._feeds: dict[int, _Feed] = {}
        self.are_ended = False

    def end(self) -> None:
        """End every stream, now and from now on: the process is about to stop, and no stream ends by itself."""
        self.are_ended = True
        for feed in self._feeds.values():
            feed.wake_followers()

    async def follow(
        self, caller: Caller, wanted: Wanted, *, after: Cursor | None
    ) -> AsyncGenerator[FollowedChange, None]:
        """Everything wanted after a cursor, or from now on: in order, none twice, none lost.

        Raises Forbidden and UnknownCursor; the stream raises Unauthenticated when the caller's key is no longer good.
        """
        page = await caller.run(list_events, after=after, limit=BATCH, post_id=wanted.post_id, statuses=wanted.statuses)
        if after is not None and after > page.end:
            raise UnknownCursor
        return self._changes(caller, wanted, page)

    async def _changes(self, caller: Caller, wanted: Wanted, page: EventPage) -> AsyncGenerator[FollowedChange, None]:
        key_check = time.monotonic() + KEY_CHECK
        with self._follow(caller.key.organization_id) as feed:
            while True:
                for change in page.changes:
                    if self.are_ended:
                        return
                    if time.monotonic() >= key_check:
                        await self._check_key(caller)
                        key_check = time.monotonic() + KEY_CHECK
                    yield change
                known = feed.page_after(page.through, wanted)
                if known is None:
                    page = await caller.run(
                        list_events, after=page.through, limit=BATCH, post_id=wanted.post_id, statuses=wanted.statuses
                    )
                elif known.through > page.through:
                    page = known
                else:
                    page = known
                    await feed.wait(KEY_CHECK)
                    if self.are_ended:
                        return
                    await self._check_key(caller)
                    key_check = time.monotonic() + KEY_CHECK

    async def _check_key(self, caller: Caller) -> None:
        try:
            is_good = await self._service.is_good(caller.key)
        except Exception as error:  # noqa: BLE001 - the database is away, and its events with it
            logger.warning("a key could not be looked up", error=type(error).__name__)
            return
        if not is_good:
            raise Unauthenticated

    @contextmanager
    def _follow(self, organization_id: int) -> Iterator[_Feed]:
        feed = self._feeds.get(organization_id)
        if feed is None:
            feed = self._feeds[organization_id] = _Feed(self._service, organization_id)
        feed.followers += 1
        try:
            yield feed
        finally:
            feed.followers -= 1
            if not feed.followers:
                del self._feeds[organization_id]
                feed.close()


class _Feed:
    """The newest events of one organisation: those after `_start`, as far as `_end`."""

    def __init__(self, service: Service, organization_id: int) -> None:
        self.followers = 0
        self._service = service
        self._organization_id = organization_id
        self._changes: deque[tuple[float, FollowedChange]] = deque()
        self._start: Cursor | None = None
        self._end: Cursor | None = None
        self._moved = asyncio.Event()
        self._announced = asyncio.Event()
        self._leave = service.announcements.follow(self._hear)
        self._reading = asyncio.create_task(self._read())

    def close(self) -> None:
        self._leave()
        self._reading.cancel()

    def wake_followers(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        """Until the feed has moved, or for so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._moved.wait()
        except TimeoutError:
            pass

    def page_after(self, cursor: Cursor, wanted: Wanted) -> EventPage | None:
        """What the feed knows after a cursor. None where the feed does not reach back so far."""
        self._forget()
        if self._start is None or self._end is None or cursor >= self._end:
            return EventPage(changes=(), through=cursor, end=cursor)
        if cursor < self._start:
            return None
        found = [c for _, c in self._changes if c.event.cursor > cursor and wanted.holds(c.event)][:BATCH]
        through = found[-1].event.cursor if len(found) == BATCH else self._end
        return EventPage(changes=tuple(found), through=through, end=self._end)

    def _forget(self) -> None:
        stale = time.monotonic() - FRESH
        while self._changes and (len(self._changes) > WINDOW or self._changes[0][0] < stale):
            self._start = self._changes.popleft()[1].event.cursor

    def _hear(self, organization_id: int | None) -> None:
        if organization_id in (None, self._organization_id):
            self._announced.set()

    async def _read(self) -> None:
        second_looks: list[float] = []
        while True:
            try:
                page = await self._service.run(self._organization_id, list_events, after=self._end, limit=BATCH)
            except Exception as error:  # noqa: BLE001 - the database is away: followers wait until it is back
                logger.warning("events could not be read", error=type(error).__name__)
                await asyncio.sleep(1)
                continue
            self._take(page)
            await asyncio.sleep(PAUSE)
            if len(page.changes) == BATCH:
                continue
            if page.changes:
                second_looks = []
            if await self._is_announced(second_looks.pop(0) if second_looks else self._patience):
                second_looks = list(SECOND_LOOKS)

    def _take(self, page: EventPage) -> None:
        if self._end is None:
            self._start = page.through
        now = time.monotonic()
        self._changes.extend((now, change) for change in page.changes)
        self._forget()
        if self._end != page.through:
            self._end = page.through
            self.wake_followers()

    @property
    def _patience(self) -> float:
        """Seconds without an announcement, after which a feed looks for itself."""
        return 5.0 if self._service.announcements.are_prompt else 1.0

    async def _is_announced(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._announced.wait()
        except TimeoutError:
            return False
        self._announced.clear()
        return True
