"""One id and one log line for every request."""

from __future__ import annotations

import logging
import secrets
import string
import time
from typing import TYPE_CHECKING
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse

from app.http.failures import report_failure

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

logger = logging.getLogger("redraft.request")

_ALPHABET = string.ascii_lowercase + string.digits


def request_id_of(scope: Scope) -> str:
    """The id of a request: 8 characters of [a-z0-9], also in X-Request-Id and in the log."""
    request_id: str = scope["state"]["request_id"]
    return request_id


class RequestIdMiddleware:
    """Gives each request its id, answers with it, and logs method, path, status and time: no bodies, no keys."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        request_id = "".join(secrets.choice(_ALPHABET) for _ in range(8))
        scope.setdefault("state", {})["request_id"] = request_id
        started = time.perf_counter()
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            # The edges answer their own failures. This one happened outside them, or while an answer was on its way.
            message = report_failure(request_id, error)
            if status is not None:
                raise
            await JSONResponse({"detail": message}, 500)(scope, receive, send_with_id)
        finally:
            milliseconds = (time.perf_counter() - started) * 1000
            # Quoted, or a path with a line break would write log lines of its own.
            path = quote(scope["path"])
            logger.info("%s %s %s %s %.1fms", request_id, scope["method"], path, status, milliseconds)
