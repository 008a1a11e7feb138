"""What a server would write to its log, where the application runs in the test's own process."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

from app.monitoring.logs import configure_logging, write_requests


class Log:
    """A stream that lines are written to."""

    def __init__(self, stream: StringIO) -> None:
        self._stream = stream

    @property
    def text(self) -> str:
        write_requests()
        return self._stream.getvalue()

    def lines(self, logger: str | None = None) -> list[dict[str, Any]]:
        """Every line, or those of one logger."""
        lines = [json.loads(line) for line in self.text.splitlines()]
        return [line for line in lines if logger in (None, line["logger"])]


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


@contextmanager
def logging_to(stream: StringIO) -> Iterator[Log]:
    """The server's logging, and afterwards pytest's again."""
    root, own = logging.getLogger(), logging.getLogger("redraft")
    handlers, levels = list(root.handlers), (root.level, own.level)
    root.handlers.clear()  # pytest's are not to be closed
    try:
        configure_logging(stream)
        yield Log(stream)
    finally:
        logging.captureWarnings(capture=False)
        root.handlers[:] = handlers
        root.setLevel(levels[0])
        own.setLevel(levels[1])
