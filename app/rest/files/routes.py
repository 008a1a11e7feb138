"""GET and HEAD of a file."""

from __future__ import annotations

import re
from secrets import compare_digest
from typing import TYPE_CHECKING, Final
from uuid import UUID

from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from app.commands.get_media import get_media
from app.domain.errors import MediaNotFound
from app.rest.files.addresses import PREFIX
from app.rest.files.ranges import ByteRange, RangeNotSatisfiable, range_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from app.commands.service import Service
    from app.domain.media import Media
    from app.media.file_store import FileStore

_NAME: Final = re.compile(
    r"(?P<organization>[1-9]\d{0,8})/(?P<media>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-[0-9a-f]{32}\.[a-z0-9]{1,8}",
    re.ASCII,
)

_NEVER_A_PAGE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": (
        "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
    ),
    "Content-Disposition": "inline",
}
"""Whatever a file holds, a browser shows it as the picture or the video it was taken for, and runs nothing."""

_KEPT_A_DAY: Final = "public, max-age=86400, immutable"
"""What an address answers never changes; it may be deleted, which caches then learn within a day."""


async def serve_file(request: Request) -> Response:
    """The whole file, or the range asked for."""
    media = await _media_at(request)
    tag = f'"{media.id.hex}"'
    headers = {
        **_NEVER_A_PAGE,
        "Accept-Ranges": "bytes",
        "Cache-Control": _KEPT_A_DAY,
        "ETag": tag,
    }
    if _names(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)

    size = media.size or 0
    wanted = request.headers.get("range")
    if request.method == "HEAD" or request.headers.get("if-range", tag) != tag:
        wanted = None  # RFC 9110: ranges are for GET, and for the file that the client has a part of
    try:
        part = range_of(wanted, size)
    except RangeNotSatisfiable:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    status = 200
    if part is None:
        part = ByteRange(0, size)
    else:
        status = 206
        headers["Content-Range"] = f"bytes {part.start}-{part.end - 1}/{size}"
    headers |= {"Content-Type": media.content_type or "", "Content-Length": str(part.end - part.start)}

    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    files: FileStore = request.app.state.files
    content = await files.read(media.file or "", start=part.start, end=part.end)
    if content is None:
        raise HTTPException(404)
    return StreamingResponse(content, status_code=status, headers=headers)


ROUTE: Final = Route(f"{PREFIX}/{{name:path}}", serve_file, methods=["GET"])


async def _media_at(request: Request) -> Media:
    """The media whose file has the name in the path. The random part of the name is what opens it, not a key."""
    name = request.path_params["name"]
    parts = _NAME.fullmatch(name)
    if parts is None:
        raise HTTPException(404)
    service: Service = request.app.state.service
    try:
        media = await service.run(int(parts["organization"]), get_media, media_id=UUID(parts["media"]))
    except MediaNotFound:
        raise HTTPException(404) from None
    if media.file is None or not compare_digest(media.file, name):
        raise HTTPException(404)
    return media


def _names(header: str | None, tag: str) -> bool:
    """Whether If-None-Match names the tag. The comparison is weak (RFC 9110, section 13.1.2)."""
    tags = [written.strip().removeprefix("W/") for written in (header or "").split(",")]
    return tag in tags or tags == ["*"]
