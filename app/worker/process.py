"""`redraft worker`: a process that publishes, and serves nothing."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

from uuid6 import uuid7

from app.commands.service import Service
from app.media.file_store import open_file_store
from app.monitoring.logs import configure_logging, get_logger
from app.repositories.announcements import open_announcements
from app.repositories.database import open_database
from app.secret_key import credential_cipher
from app.worker.running import working

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from app.settings import Settings

_log = get_logger("worker")


def run_worker(settings: Settings, *, clock: Callable[[], datetime]) -> int:
    """Publish until SIGTERM or SIGINT; the answer is the process's exit code.

    The database must have been migrated.
    """
    configure_logging()
    return asyncio.run(_run(settings, clock))


async def _run(settings: Settings, clock: Callable[[], datetime]) -> int:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    database = await open_database(settings.effective_database_url)
    announcements = await open_announcements(settings.effective_database_url, listen_url=settings.listen_url)
    try:
        service = Service(
            database, clock=clock, new_id=uuid7, cipher=credential_cipher(settings), announcements=announcements
        )
        files = open_file_store(settings.media_url, folder=settings.media_folder)
        async with working(service, settings, files=files) as running:
            _log.info("The worker publishes.")
            told = asyncio.create_task(stop.wait())
            await asyncio.wait({told, running.task}, return_when=asyncio.FIRST_COMPLETED)
            told.cancel()
            running.stop()
            _log.info("The worker begins nothing more.")
    finally:
        await announcements.close()
        await database.close()
    _log.info("The worker has stopped.")
    return 0
