"""The public address of a file of media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.media import URL_LIMIT, is_media_url
from app.http.body import UnreadableRequest

if TYPE_CHECKING:
    from starlette.requests import Request

PREFIX: Final = "/media"


def address_of(request: Request, file: str) -> str:
    """Where a file of the store can be fetched: under REDRAFT_PUBLIC_URL, else where this request came to.

    Raises UnreadableRequest with status 400 where that is no address that can be stored: clients write any Host.
    """
    public_url: str | None = request.app.state.public_url
    address = f"{public_url or str(request.base_url).rstrip('/')}{PREFIX}/{file}"
    if not is_media_url(address):
        raise UnreadableRequest(
            400, f"The Host of this request gives the file no http or https URL of at most {URL_LIMIT} bytes."
        )
    return address
