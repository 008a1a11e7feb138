"""A Redis for the tests: the machine's own, where it has one."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Self

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as NotThere

from tests.support.postgresql import free_port

PASSWORD = "r3dis-s3cret"


class RedisServer:
    """A server on a port of its own that keeps nothing; stopped afterwards."""

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            pytest.skip(
                "Redis is not installed: apt-get install redis-server. Nothing is tested that is counted there."
            )
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="redraft-redis-"))
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"redis://:{PASSWORD}@127.0.0.1:{self._port}/0"

    @property
    def url_with_a_wrong_password(self) -> str:
        return f"redis://:not-{PASSWORD}@127.0.0.1:{self._port}/0"

    def start(self) -> None:
        log = (self._folder / "log").open("ab")
        with log:
            self._process = subprocess.Popen(
                [
                    self._program,
                    *("--port", str(self._port), "--bind", "127.0.0.1", "--requirepass", PASSWORD),
                    *("--save", "", "--appendonly", "no", "--dir", str(self._folder)),
                ],
                stdout=log,
                stderr=log,
            )
        with Redis.from_url(self.url) as client:
            for _ in range(10_000):
                assert self._process.poll() is None, (self._folder / "log").read_text()
                try:
                    client.ping()
                except NotThere:
                    continue
                return
        raise TimeoutError("Redis did not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=30)
            self._process = None
