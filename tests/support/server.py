"""The real server: a process of its own, on a free port of the loopback interface."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

_ADDRESS = re.compile(r"Redraft is ready at (http://\S+)")


@dataclass(frozen=True, slots=True)
class Server:
    """key: of the demo's organisation. output: what the server has printed so far."""

    process: subprocess.Popen[str]
    address: str
    home: Path
    output: list[str]

    @property
    def key(self) -> str:
        return (self.home / "demo.key").read_text().strip()

    def kill(self) -> None:
        """End it the hard way: kill -9."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)


@contextmanager
def running_server(home: Path, **settings: str) -> Iterator[Server]:
    """`redraft serve --demo` on a folder; settings: REDRAFT_ variables by their names in small letters."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("REDRAFT_")}
    asked = {f"REDRAFT_{name.upper()}": value for name, value in settings.items()}
    process = subprocess.Popen(
        [sys.executable, "-m", "app.cli", "serve", "--demo"],
        env={**own, "REDRAFT_HOME": str(home), "REDRAFT_PORT": "0", **asked},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert process.stdout is not None
    output: list[str] = []
    reader: threading.Thread | None = None
    try:
        address = None
        for line in process.stdout:
            output.append(line)
            if (match := _ADDRESS.search(line)) is not None:
                address = match[1]
                break
        assert address is not None, "".join(output)
        # Read on, or the server would stop when the pipe is full.
        reader = threading.Thread(target=output.extend, args=(process.stdout,), daemon=True)
        reader.start()
        yield Server(process=process, address=address, home=home, output=output)
    finally:
        process.terminate()
        process.wait(timeout=30)
        if reader is not None:
            reader.join(timeout=30)
        process.stdout.close()
