"""GET of the page. It asks for no key, so it is for a server that only its own machine can reach, by its own names: a
page from elsewhere could lead a browser here under another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse
from starlette.routing import Route

from app.http.hosts import is_loopback, without_port
from app.networks.sandbox import published
from app.rest.sandbox.page import HEADERS, sandbox_page

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

PATH: Final = "/sandbox"


def sandbox_routes(folder: Path) -> list[Route]:
    """folder: where the sandbox keeps what went out."""

    def sandbox(request: Request) -> HTMLResponse:
        if not is_loopback(without_port(request.headers.get("host", ""))):
            raise HTTPException(404)
        origin = f"{request.url.scheme}://{request.url.netloc}"
        return HTMLResponse(sandbox_page(published(folder), origin=origin), headers=HEADERS)

    return [Route(PATH, sandbox)]
