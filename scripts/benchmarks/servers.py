"""Redraft and its peers, each in a process of its own, with a database of its own."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from scripts.benchmarks.operations import NEW_TEXT, PAGE, POST_ID, Operation
from tests.support.server import ROOT, environment

_PEERS = Path(__file__).with_name("peers")
_TICKS = os.sysconf("SC_CLK_TCK")
_LONGEST_START = 60
"""Seconds."""
_PORTION = 1 << 20
"""Bytes of a database that are read at a time."""


class WrongAnswer(RuntimeError):
    """A server did not do the work that is measured."""


@dataclass(slots=True)
class Server:
    """One of them, from its start to its end. It listens on the loopback address alone.

    posts: how many its database holds. answered: how many updates it has said it stored; started: those, and all that
    may have been on their way when their connection was closed.
    """

    name: str
    database: Path
    key: str
    posts: int
    answered: int = 0
    started: int = 0
    seconds_to_ready: float = 0.0
    port: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def __enter__(self) -> Self:
        """Start it; answers once it has answered with a post."""
        self.port = _free_port()
        command, variables = _COMMANDS[self.name](self)
        began = time.perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        while not self._is_ready():
            if self._process.poll() is not None or time.perf_counter() - began > _LONGEST_START:
                self._end()
                raise RuntimeError(f"{self.name} did not start:\n{self.log.read_text()[-2000:]}")
            time.sleep(0.005)
        self.seconds_to_ready = time.perf_counter() - began
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._end()

    @property
    def log(self) -> Path:
        return self.database.with_suffix(".log")

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, operation: Operation, *, post_id: str = "", text: str = "") -> Any:
        """One request, with what stands for a post and a text put in; the answer's JSON. Raises WrongAnswer for any
        status but 200, and OSError where nobody listens."""
        path, body = (
            template.replace(POST_ID, post_id).replace(NEW_TEXT, text) for template in (operation.path, operation.body)
        )
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {self.key}"}
            connection.request(operation.method, path, body.encode(), headers)
            response = connection.getresponse()
            answer = response.read()
        finally:
            connection.close()
        if response.status != 200:
            raise WrongAnswer(f"{self.name} answered {operation.name} with {response.status}: {answer[:500]!r}")
        return json.loads(answer)

    def read_database(self) -> None:
        """Have the system hold the database in memory. Machines take from a file what nobody has read for seconds, and
        a server that then waits for the disk says nothing of itself."""
        with self.database.open("rb", buffering=0) as file:
            while file.read(_PORTION):
                pass

    def cpu_seconds(self) -> float:
        """What the process has used since it began, all of its threads and the kernel's work for it."""
        numbers = self._proc("stat").rpartition(")")[2].split()
        return (int(numbers[11]) + int(numbers[12])) / _TICKS

    def resident_megabytes(self) -> float:
        lines = self._proc("status").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024

    def _proc(self, name: str) -> str:
        return Path(f"/proc/{self._running.pid}/{name}").read_text()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError(f"{self.name} is used outside its `with`")
        return self._process

    def _is_ready(self) -> bool:
        try:
            self.ask(PAGE)
        except OSError:
            return False
        return True

    def _end(self) -> None:
        process = self._running
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(timeout=10)


def _redraft(server: Server) -> tuple[list[str], dict[str, str]]:
    settings = {"REDRAFT_PORT": str(server.port), "REDRAFT_DATABASE_URL": f"sqlite:///{server.database}"}
    command = [sys.executable, "-m", "app.cli", "serve", "--without-worker"]
    return command, environment(server.database.with_suffix(".home"), **settings)


def _on_node(server: Server, script: str) -> tuple[list[str], dict[str, str]]:
    command = ["node", str(_PEERS / "node" / script), str(server.database), str(server.port)]
    return command, {**os.environ, "NODE_ENV": "production"}


def _textbook(server: Server) -> tuple[list[str], dict[str, str]]:
    application = "scripts.benchmarks.peers.textbook.main:app"
    command = [sys.executable, "-m", "uvicorn", application, "--port", str(server.port), "--no-access-log"]
    return command, {**os.environ, "DATABASE": str(server.database)}


REDRAFT = "Redraft"
MERCURIUS = "Mercurius, JIT"
YOGA = "graphql-yoga"
TEXTBOOK = "textbook Python"
_COMMANDS = {
    REDRAFT: _redraft,
    MERCURIUS: lambda server: _on_node(server, "mercurius.js"),
    YOGA: lambda server: _on_node(server, "yoga.js"),
    TEXTBOOK: _textbook,
}
ALL = tuple(_COMMANDS)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
