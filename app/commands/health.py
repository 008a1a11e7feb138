"""What a service manager and Prometheus ask: on behalf of no organisation, and as often as they like."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic
from typing import TYPE_CHECKING

from app.monitoring.logs import get_logger
from app.monitoring.probe import Probe
from app.repositories import health
from app.repositories.database import DatabaseUnavailable
from app.repositories.migrations import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.repositories.database import Database

logger = get_logger("health")


@dataclass(frozen=True, slots=True)
class Readiness:
    """is_writable: of the database. is_current: of its tables; None where that could not be asked."""

    is_writable: bool
    is_current: bool | None

    @property
    def is_ready(self) -> bool:
        return self.is_writable and self.is_current is True


class Health:
    """Of one process and the database that it has open."""

    def __init__(
        self, database: Database, *, clock: Callable[[], datetime], timer: Callable[[], float] = monotonic
    ) -> None:
        """clock: aware UTC instants. timer: seconds that only grow."""
        self._database = database
        self._clock = clock
        self._file: tuple[int, int] | None = None
        self._writable = Probe(lambda: database.write(health.write_nothing), timer=timer)
        self._overdue = Probe(self._ask_overdue, timer=timer)

    async def readiness(self) -> Readiness:
        """Whether changes can be taken now. Asked once when the process starts, it knows its file ever after."""
        try:
            writable = await self._writable.answer()
        except Exception as error:  # noqa: BLE001 - whatever it is, nothing can be written; the log says what
            logger.warning("the database cannot be written", error=_shown(error))
            return Readiness(is_writable=False, is_current=None)
        self._file = self._file or writable.file
        # A newer release may have migrated it. Its steps leave this one working, until it is replaced as well.
        return Readiness(is_writable=writable.file == self._file, is_current=writable.step >= HEAD)

    async def oldest_overdue(self) -> timedelta | None:
        """How late the oldest post is that is still scheduled; zero where none is. None: the database cannot tell."""
        try:
            return await self._overdue.answer()
        except Exception as error:  # noqa: BLE001 - the other figures are shown without this one
            logger.warning("the database cannot be read", error=_shown(error))
            return None

    async def _ask_overdue(self) -> timedelta:
        now = self._clock()
        oldest = await self._database.read(lambda connection: health.oldest_overdue(connection, now))
        return now - oldest if oldest is not None else timedelta(0)


def _shown(error: Exception) -> str:
    return str(error) if isinstance(error, DatabaseUnavailable) else type(error).__name__
