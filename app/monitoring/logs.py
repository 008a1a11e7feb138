"""Log lines: one renderer for Redraft's own and for those of the libraries it stands on.

Redraft logs through structlog, which hands every line to Python's logging as a record with fields; there the records
of libraries arrive too. A line holds what happened and to which request: never content, never a key.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final, TextIO

import orjson
import structlog
from structlog.stdlib import BoundLogger, ExtraAdder, ProcessorFormatter

from app.monitoring.masking import hide_values

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from structlog.typing import EventDict, WrappedLogger

_OWN: Final = "redraft"
_add_fields: Final = ExtraAdder()

_bound: ContextVar[Mapping[str, Any]] = ContextVar("bound", default={})  # noqa: B039 - it is replaced, never changed
_json_lines: logging.StreamHandler[TextIO] | None = None
"""Where lines are JSON, what writes them."""
_unwritten: Final[list[bytes]] = []


def bind(**fields: Any) -> None:
    """Also say this on every line of what is being done, in this task and those it starts."""
    _bound.set({**_bound.get(), **fields})


def bind_only(**fields: Any) -> None:
    """Say this on every line of what is being done, and nothing that was bound before."""
    _bound.set(fields)


def bound() -> Mapping[str, Any]:
    return _bound.get()


def get_logger(subject: str) -> BoundLogger:
    """subject: one word. A line is `logger.info("what happened", field=value, …)`; fields are JSON values.

    No field may have the name of an attribute of logging.LogRecord, such as name, args or module.
    """
    return structlog.stdlib.get_logger(f"{_OWN}.{subject}")


def log_request(**fields: Any) -> None:
    """The line of one request. There are more of these than of all others: where lines are JSON, they are written past
    structlog and logging, which take longer over one than the rest of a request does."""
    if _json_lines is None or _json_lines not in logging.root.handlers:
        get_logger("request").info("request", **fields)
        return
    instant = datetime.now(UTC).isoformat(timespec="milliseconds")
    line = {
        "timestamp": f"{instant[:-6]}Z",
        "level": "info",
        "logger": f"{_OWN}.request",
        "pid": os.getpid(),
        "event": "request",
        **_bound.get(),
        **fields,
    }
    if not _unwritten:
        # Requests that one COMMIT has served end together. Writing lets go of the interpreter, and whoever does that
        # for each of them waits for the database's thread each time.
        asyncio.get_running_loop().call_soon(write_requests)
    _unwritten.append(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))


def write_requests() -> None:
    """Write the lines of the requests that have ended since the event loop came round."""
    text = b"".join(_unwritten).decode()
    _unwritten.clear()
    if _json_lines is not None and text:
        with suppress(OSError, ValueError):  # nobody reads it any more; logging would say so on stderr, which it is
            _json_lines.stream.write(text)
            _json_lines.stream.flush()


def configure_logging(stream: TextIO | None = None) -> None:
    """Send every line to stderr: in columns where that is a terminal, else a JSON object each.

    Libraries are heard from WARNING on, since what they say below that may quote what they are given.
    """
    global _json_lines
    stream = stream or sys.stderr
    handler = logging.StreamHandler(stream)
    _json_lines = None if stream.isatty() else handler
    handler.setFormatter(_formatter(is_terminal=stream.isatty()))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OWN).setLevel(logging.INFO)
    logging.captureWarnings(capture=True)


def _formatter(*, is_terminal: bool) -> ProcessorFormatter:
    # Tracebacks are text without the values of variables, which the renderer for terminals would show by itself.
    renderer = (
        structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
        if is_terminal
        else structlog.processors.JSONRenderer(serializer=_to_json)
    )
    formatting = () if is_terminal else (structlog.processors.format_exc_info,)
    return ProcessorFormatter(
        processors=[_to_line, ProcessorFormatter.remove_processors_meta, _hide, *formatting, renderer],
        use_get_message=True,
    )


def _to_json(line: EventDict, *, default: Callable[[Any], Any]) -> str:
    try:
        return orjson.dumps(line, default=default).decode()
    except TypeError:  # text that is no Unicode, which it refuses and JSON can spell
        return json.dumps(line, default=default, separators=(",", ":"))


def _to_line(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """The fields of a record, in the order in which they are read."""
    record: logging.LogRecord = event["_record"]
    said = str(event.pop("event"))
    if record.name == "asyncio":
        # Below the first line it quotes the task, with the message of the error that ended it.
        said = said.partition("\n")[0]
    instant = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    line: EventDict = {
        "timestamp": instant.replace("+00:00", "Z"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "pid": record.process,
        "event": said,
        **_bound.get(),
        **event,
    }
    if record.name.startswith(f"{_OWN}."):
        _add_fields(logger, method, line)
    return line


def _hide(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
    match event.get("exc_info"):
        case BaseException() as error:
            hide_values(error)
        case (_, BaseException() as error, _):
            hide_values(error)
    return event


structlog.configure(
    processors=[_hide, structlog.stdlib.render_to_log_kwargs],
    wrapper_class=BoundLogger,
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
