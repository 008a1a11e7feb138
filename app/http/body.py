"""Reading a JSON object from a request, whatever the client sends instead of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from app.http.headers import header_value

if TYPE_CHECKING:
    from starlette.requests import Request

BODY_LIMIT = 1024 * 1024
"""Bytes, where nothing else is set."""


class UnreadableRequest(Exception):
    """The request cannot be understood at all. status: the 4xx to answer with."""

    def __init__(self, status: int, message: str, *, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


async def read_json_object(request: Request) -> dict[str, Any]:
    """The body as an object, also kept as the request's content. Raises UnreadableRequest: 415, 413 or 400."""
    content_type = header_value(request, b"content-type").partition(";")[0].strip().lower()
    if content_type != "application/json":
        raise UnreadableRequest(415, "Send the body as Content-Type: application/json.")
    content = parse_json_object(await _read_bytes(request))
    request.state.content = content
    return content


def parse_json_object(text: bytes | str, *, called: str = "The body") -> dict[str, Any]:
    """An object from JSON in UTF-8. Raises UnreadableRequest with status 400; called: what the message calls it."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        # The parser's own message quotes nothing of the body, but says no more to a caller than this does.
        raise UnreadableRequest(400, f"{called} is not valid JSON in UTF-8.") from None
    if not isinstance(value, dict):
        raise UnreadableRequest(400, f"{called} must be a JSON object.")
    return value


async def _read_bytes(request: Request) -> bytes:
    limit: int = request.app.state.body_limit
    declared = header_value(request, b"content-length")
    if declared.isdecimal() and int(declared) > limit:
        raise _too_large(limit)
    body = bytearray()
    while True:
        message = await request.receive()
        if message["type"] == "http.disconnect":
            raise UnreadableRequest(400, "The connection was closed before the body was whole.")
        body += message.get("body", b"")
        if len(body) > limit:
            raise _too_large(limit)
        if not message.get("more_body", False):
            return bytes(body)


def _too_large(limit: int) -> UnreadableRequest:
    return UnreadableRequest(413, f"The body is larger than {limit} bytes.")
