"""A PgBouncer in transaction mode before a PostgreSQL of the tests: the machine's own, where it has one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import psycopg
import pytest

from tests.support.postgresql import PostgresqlServer, free_port, unprivileged_user


class Pgbouncer:
    """A pooler with two connections to each database: any number of transactions share them."""

    def __init__(self, server: PostgresqlServer) -> None:
        program = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin:/usr/local/bin")
        if program is None:
            pytest.skip("PgBouncer is not installed: apt-get install pgbouncer. Nothing is tested behind a pooler.")
        self._program = program
        self._server = server
        self._folder = Path(tempfile.mkdtemp(prefix="redraft-pgbouncer-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        (self._folder / "users").write_text('"redraft" ""\n')
        settings = self._folder / "pgbouncer.ini"
        settings.write_text(
            "[databases]\n"
            f"* = host={self._server.folder} port={self._server.port}\n"
            "[pgbouncer]\n"
            "pool_mode = transaction\n"
            "default_pool_size = 2\n"
            "auth_type = trust\n"
            f"auth_file = {self._folder}/users\n"
            "listen_addr =\n"
            f"listen_port = {self._port}\n"
            f"unix_socket_dir = {self._folder}\n"
            # How long it keeps a client waiting while the server is away; 120 and 15 s where nothing is said.
            "query_wait_timeout = 2\n"
            "server_login_retry = 1\n"
        )
        if (user := unprivileged_user()) is not None:
            shutil.chown(self._folder, user)
        log = (self._folder / "log").open("wb")
        with log:
            self._process = subprocess.Popen([self._program, str(settings)], stdout=log, stderr=log, user=user)
        self._wait_until_ready()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(timeout=30)
        shutil.rmtree(self._folder, ignore_errors=True)

    def url(self, url: str) -> str:
        """The URL of a database of the server, by way of the pooler."""
        name = url.partition("@/")[2].partition("?")[0]
        return f"postgresql://redraft@/{name}?host={self._folder}&port={self._port}"

    def _wait_until_ready(self) -> None:
        for _ in range(1000):
            assert self._process is not None
            assert self._process.poll() is None, (self._folder / "log").read_text()
            try:
                psycopg.connect(self.url(self._server.url("postgres"))).close()
            except psycopg.OperationalError:
                continue
            return
        raise TimeoutError("PgBouncer did not start")
