"""One log line and one measurement for every request."""

from __future__ import annotations

import time
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import JSONResponse

from app.http.failures import report_failure
from app.http.request_id import give_request_id
from app.monitoring.logs import bind_only, bound, log_request
from app.monitoring.metrics import request_took

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

FILES: Final = "files"
"""The edge whose paths open what they name, to anybody: they are not written down."""
HEALTH: Final = "health"
"""The edge that is asked every few seconds. Its lines would be most of a log, and are left out where all is well."""

_LONGEST_PATH: Final = 200
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})


class RequestLog:
    """Gives each request its id, answers with it, and logs method, path, status and time: no bodies, no keys.

    Whoever handles the request may add to its lines (app.monitoring.logs.bind): `key`, the public id of the key that
    was shown; `operation`, what was asked for, where the route does not say it.
    """

    def __init__(self, app: ASGIApp, *, edge_of: Callable[[str], str]) -> None:
        """edge_of: the name of the edge that answers a path."""
        self._app = app
        self._edge_of = edge_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return

        request_id = give_request_id(scope)
        bind_only(request_id=request_id)  # a connection's requests share a task, and what was said in it
        path = scope["path"]
        started = time.perf_counter()
        status: int | None = None
        lasts = scope["type"] != "http"
        id_header = (b"x-request-id", request_id.encode())

        async def send_with_id(message: Message) -> None:
            nonlocal status, lasts
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = message["headers"]
                lasts = (b"content-type", b"text/event-stream") in headers
                message["headers"] = [*headers, id_header]
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception as error:
            # The edges answer their own failures. This one happened outside them, or while an answer was on its way.
            answer = report_failure(request_id, error)
            if scope["type"] != "http" or status is not None:
                raise
            await JSONResponse({"detail": answer}, 500)(scope, receive, send_with_id)
        finally:
            self._record(scope, path, status, time.perf_counter() - started, lasts=lasts)
            bind_only()

    def _record(self, scope: Scope, path: str, status: int | None, seconds: float, *, lasts: bool) -> None:
        edge = self._edge_of(path)
        operation = bound().get("operation") or _route(scope)
        if not lasts:  # a stream, or a WebSocket, lasts as long as its client likes: that is no duration of anything
            request_took(seconds, operation, edge, _class(status))
            if edge == HEALTH and status is not None and status < 500:
                return
        log_request(
            method=scope.get("method", "WEBSOCKET"),
            path=None if edge == FILES else _shown(path[:_LONGEST_PATH]),
            operation=operation,
            edge=edge,
            status=status,
            ms=round(seconds * 1000, 1),
        )


def _route(scope: Scope) -> str:
    """The method and the route of a request, or the name of what answers it. There are only so many of them: what a
    client makes up is no part of it."""
    method = scope.get("method")
    route = scope.get("route")
    if route is not None and method in (route.methods or ()):
        return f"{method} {route.path_format}"
    endpoint = scope.get("endpoint")
    if route is None and endpoint is not None and method in _METHODS:
        return getattr(endpoint, "__name__", "none")
    return "none"


def _class(status: int | None) -> str:
    return "none" if status is None else f"{status // 100}xx"


@lru_cache(maxsize=256)
def _shown(path: str) -> str:
    # Quoted, since a terminal would obey what a path may hold.
    return quote(path)
