"""GET /healthz, /readyz and /metrics. They tell nothing of any organisation."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.monitoring.metrics import exposition

if TYPE_CHECKING:
    from starlette.requests import Request

    from app.commands.health import Health

_NEVER_KEPT: Final = {"Cache-Control": "no-store"}


async def healthz(request: Request) -> Response:
    """Whether the process answers. Restarting it helps where it does not, so this asks nobody else."""
    return JSONResponse({"status": "ok"}, headers=_NEVER_KEPT)


async def readyz(request: Request) -> Response:
    """Whether requests should be sent here, and if not, which check failed."""
    health: Health = request.app.state.health
    found = await health.readiness()
    checks = {"database": _said(found.is_writable), "migrations": _said(found.is_current)}
    if found.is_ready:
        return JSONResponse({"status": "ok", "checks": checks}, headers=_NEVER_KEPT)
    return JSONResponse({"status": "unavailable", "checks": checks}, 503, headers=_NEVER_KEPT)


async def metrics(request: Request) -> Response:
    """Every process's figures, in the format that the scraper asks for."""
    health: Health = request.app.state.health
    overdue = await health.oldest_overdue()
    seconds = None if overdue is None else overdue.total_seconds()
    write = partial(exposition, oldest_overdue=seconds, accept=request.headers.get("accept", ""))
    # On a thread: with several processes it reads and adds up the files of all of them.
    text, content_type = await asyncio.to_thread(write)
    return Response(text, headers={**_NEVER_KEPT, "Content-Type": content_type})


def _said(passed: bool | None) -> str:
    return {True: "ok", False: "failed", None: "unknown"}[passed]


ROUTES: Final = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
