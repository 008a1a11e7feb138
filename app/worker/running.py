"""A worker with everything it needs, running beside a server or alone in a process of its own."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from app.networks.directory import Directory
from app.networks.http import open_http
from app.worker.deliveries import Deliveries
from app.worker.media_files import MediaFiles
from app.worker.publisher import Publisher
from app.worker.worker import Worker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from app.commands.service import Service
    from app.media.file_store import FileStore
    from app.settings import Settings


@dataclass(frozen=True, slots=True)
class Running:
    """task: ends by itself only if the worker has failed. stop: have it begin nothing more."""

    task: asyncio.Task[None]
    stop: Callable[[], None]


@asynccontextmanager
async def working(service: Service, settings: Settings, *, files: FileStore) -> AsyncIterator[Running]:
    """A worker for as long as the context lasts; leaving it waits until what is on the wire has been recorded.

    files: where uploaded media are kept.
    """
    timeout = settings.call_timeout
    awake = asyncio.Event()
    async with open_http(allow_private=settings.allow_private_networks, timeout=timeout) as http:
        networks = Directory(
            http, MediaFiles(files, http), sandbox_folder=settings.sandbox_folder, sandbox_url=settings.local_address
        )
        lease = timedelta(seconds=settings.lease)
        publisher = Publisher(service, networks, call_timeout=timeout, wake=awake.set, lease=lease)
        deliveries = Deliveries(service, http, call_timeout=timeout, wake=awake.set)
        worker = Worker(service, publisher, deliveries, awake=awake)
        running = asyncio.create_task(worker.run(), name="worker")
        try:
            yield Running(running, worker.stop)
        finally:
            worker.stop()
            await running
