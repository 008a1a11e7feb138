"""The real server, in a process of its own, and the real command line."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).parents[2]
"""Where `app` can be imported from."""


def environment(home: Path, **settings: str) -> dict[str, str]:
    """This process's environment with no settings of Redraft but these."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("REDRAFT_")}
    return {**others, "REDRAFT_HOME": str(home), **settings}


def redraft(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "app.cli", *arguments],
        cwd=ROOT,
        env=environment(home, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


class Server:
    """`redraft serve` on a port that the system chooses; it is killed at the end if it still runs."""

    def __init__(self, home: Path, *arguments: str, **settings: str) -> None:
        self._command = [sys.executable, "-m", "app.cli", "serve", *arguments]
        self._environment = environment(home, REDRAFT_PORT="0", **settings)
        self._home = home
        self._log = home.with_suffix(".log")
        self._process: subprocess.Popen[str] | None = None
        self.address = ""

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if (ready := re.fullmatch(r"Redraft is ready at (http://127\.0\.0\.1:\d+)\n", line)) is not None:
                self.address = ready[1]
                return self
        self.kill()
        raise AssertionError(f"The server did not start:\n{self.log}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self.kill()

    @property
    def key(self) -> str:
        """Of the demo's organisation; there is one where the server was started with --demo."""
        return (self._home / "demo.key").read_text().strip()

    @property
    def database_url(self) -> str:
        """Of the embedded database."""
        return f"sqlite:///{self._home / 'redraft.db'}"

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    @property
    def log(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """kill -9."""
        self._end(lambda process: process.kill())

    def stop(self) -> None:
        """What a service manager does."""
        self._end(lambda process: process.terminate())

    def _end(self, how: Callable[[subprocess.Popen[str]], None]) -> None:
        process = self._process
        assert process is not None
        assert process.stdout is not None
        how(process)
        process.stdout.close()
        process.wait(timeout=30)
