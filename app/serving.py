"""`redraft serve`: one process on a port, or several that share it."""

from __future__ import annotations

import gc
import os
import signal
import sys
from contextlib import contextmanager
from functools import partial
from multiprocessing import parent_process
from tempfile import TemporaryDirectory
from threading import Thread
from typing import TYPE_CHECKING, Any, Final

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess

from app.banner import banner
from app.http.joined_writes import HttpProtocol
from app.main import create_app, explorer_is_local
from app.monitoring.logs import configure_logging, get_logger
from app.monitoring.metrics import SHARED_FOLDER, forget_process
from app.secret_key import credential_cipher

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from fastapi import FastAPI

    from app.settings import Settings

logger = get_logger("serving")

LAST_WORDS: Final = 20
"""Seconds that requests have to end when the server is told to stop. What they have begun to write is written."""

SLOWEST_START: Final = 30
"""Seconds in which one of several processes has to show that it lives. It says nothing while it loads its code."""


YOUNG: Final = 20_000
"""Objects that are made, and not unmade, before the garbage among them is looked for. A page of posts is a thousand."""


def serve(settings: Settings, *, demo: bool, workers: int, publishes: bool) -> int:
    """Serve until a signal says to stop; the answer is the process's exit code.

    The database must have been migrated: several processes would all wait for the first to do it.
    """
    configure_logging()
    announce = partial(_announce, settings, demo=demo)
    if workers == 1:
        server = _Server(_config(settings, _application(settings, demo=demo, publishes=publishes)), announce)
        server.run()
        return 0 if server.started else 1

    credential_cipher(settings)  # what is wrong with its key is said once, and not by each process
    with _shared_figures():
        # A function that can be handed to another process, which makes the application there.
        make_app = partial(_in_one_of_several, settings, demo=demo, publishes=publishes)
        config = _config(settings, make_app, workers=workers, factory=True)
        supervisor = _Supervisor(config, config.bind_socket(), announce)
        supervisor.run()
    return 1 if supervisor.has_failed else 0


def _config(settings: Settings, app: Any, **several: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        http=HttpProtocol,
        ws="websockets-sansio",
        ws_max_size=settings.body_limit,
        ws_per_message_deflate=False,  # it would cost every connection memory, and messages are small
        timeout_graceful_shutdown=LAST_WORDS,
        timeout_worker_healthcheck=SLOWEST_START,
        **several,
    )


def _announce(settings: Settings, listening: socket.socket, *, demo: bool) -> None:
    port = listening.getsockname()[1]
    text = banner(settings, port=port, demo=demo, explorer_is_local=explorer_is_local())
    print(text, flush=True)  # noqa: T201 - it is what the command says


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[Any], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce(self.servers[0].sockets[0])


class _Supervisor(Multiprocess):
    """uvicorn's, which starts a process again that has died, and ends all when told to."""

    def __init__(self, config: uvicorn.Config, listening: socket.socket, announce: Callable[[Any], None]) -> None:
        super().__init__(config, [listening])
        self._announce = announce
        self._is_announced = False
        self._pids: set[int | None] = set()

    @property
    def has_failed(self) -> bool:
        """Whether a process could not even start: then none is kept."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def init_processes(self) -> None:
        super().init_processes()
        self._pids = {process.pid for process in self.processes}

    def terminate_all(self) -> None:
        super().terminate_all()
        # As long as anybody has it open, clients are let in whom nobody will answer.
        for listening in self.sockets:
            listening.close()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        pids = {process.pid for process in self.processes}
        for pid in self._pids - pids:
            logger.warning("a process of the server has ended, and another was started", ended=pid)
            forget_process(int(pid or 0))
        self._pids = pids
        if not self._is_announced and all(process.is_ready() for process in self.processes):
            self._is_announced = True
            self._announce(self.sockets[0])


@contextmanager
def _shared_figures() -> Iterator[None]:
    """A folder, in the environment of the processes that are started meanwhile, where they keep their figures."""
    with TemporaryDirectory(prefix="redraft-figures-") as folder:
        os.environ[SHARED_FOLDER] = folder
        try:
            yield
        finally:
            del os.environ[SHARED_FOLDER]


def _application(settings: Settings, *, demo: bool, publishes: bool) -> FastAPI:
    """The application, alone in its process."""
    app = create_app(settings, demo=demo, publishes=publishes)
    # Whoever looks for garbage would go through all of it, again and again: for 90 ms each time, in which nobody is
    # answered. None of it is ever garbage. What requests leave behind is hardly ever, and then little.
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
    return app


def _in_one_of_several(settings: Settings, *, demo: bool, publishes: bool) -> FastAPI:
    configure_logging()
    Thread(target=_stop_with_the_supervisor, daemon=True).start()
    try:
        return _application(settings, demo=demo, publishes=publishes)
    except Exception as error:
        logger.error("the server could not start", exc_info=error)
        # With any other code it would be started again, and fail again.
        sys.exit(STARTUP_FAILURE)


def _stop_with_the_supervisor() -> None:
    """One that is killed tells nobody. Its processes would go on, and keep the port from whoever comes next."""
    supervisor = parent_process()
    if supervisor is not None:
        supervisor.join()
        os.kill(os.getpid(), signal.SIGTERM)
