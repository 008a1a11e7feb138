"""The public address of a file of media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from starlette.requests import Request

PREFIX: Final = "/media"


def address_of(request: Request, file: str) -> str:
    """Where a file of the store can be fetched: under REDRAFT_PUBLIC_URL, else where this request came to."""
    public_url: str | None = request.app.state.public_url
    return f"{public_url or str(request.base_url).rstrip('/')}{PREFIX}/{file}"
