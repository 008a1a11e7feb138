"""Reading a multipart form while it comes: a chunk is parsed, handed on, and forgotten."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect

from app.http.body import UnreadableRequest

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from starlette.requests import Request

# The parser warns of what clients send wrong. It is told to them, and is nothing that this server's owner could mend.
logging.getLogger("python_multipart").setLevel(logging.ERROR)

_MALFORMED: Final = "The body is not a well-formed multipart form."


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a part. The first piece of each part is empty, so that a part without content is seen, too."""

    part: str
    data: bytes
    is_first: bool = False


async def pieces_of(request: Request, *, limit: int) -> AsyncGenerator[Piece]:
    """The parts of a form, in the order in which they come. limit: bytes of the whole body.

    Raises UnreadableRequest: 415, 413 or 400.
    """
    too_large = UnreadableRequest(413, f"The body is larger than {limit} bytes.")
    reader = _Reader(_boundary_of(request))
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise too_large
    received = 0
    try:
        async for chunk in request.stream():
            received += len(chunk)
            if received > limit:
                raise too_large
            for piece in reader.read(chunk):
                yield piece
    except ClientDisconnect:
        raise UnreadableRequest(400, "The connection was closed before the body was whole.") from None
    if not reader.is_complete:
        raise UnreadableRequest(400, "The form ends before its last boundary.")


def _boundary_of(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != b"multipart/form-data":
        raise UnreadableRequest(415, "Send the file as Content-Type: multipart/form-data.")
    if not options.get(b"boundary"):
        raise UnreadableRequest(400, "The Content-Type names no boundary.")
    return options[b"boundary"]


class _Reader:
    """The parser calls back; this turns its calls into pieces."""

    def __init__(self, boundary: bytes) -> None:
        self.is_complete = False
        self._pieces: list[Piece] = []
        self._part = ""
        self._disposition = b""
        self._header = b""
        self._value = b""
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._begin_part,
                    "on_header_begin": self._begin_header,
                    "on_header_field": self._read_header,
                    "on_header_value": self._read_value,
                    "on_header_end": self._end_header,
                    "on_headers_finished": self._end_headers,
                    "on_part_data": self._read_data,
                    "on_end": self._end,
                },
            )
        except FormParserError:
            raise UnreadableRequest(400, "The boundary is too long.") from None

    def read(self, chunk: bytes) -> list[Piece]:
        """Every piece that these bytes complete. Raises UnreadableRequest."""
        self._pieces = []
        try:
            self._parser.write(chunk)
        except FormParserError:
            raise UnreadableRequest(400, _MALFORMED) from None
        return self._pieces

    def _begin_part(self) -> None:
        self._disposition = b""

    def _begin_header(self) -> None:
        self._header, self._value = b"", b""

    def _read_header(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _read_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _end_header(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = self._value

    def _end_headers(self) -> None:
        kind, options = parse_options_header(self._disposition)
        if kind != b"form-data" or b"name" not in options:
            raise UnreadableRequest(400, "A part of the form has no name.")
        self._part = options[b"name"].decode(errors="replace")
        self._pieces.append(Piece(self._part, b"", is_first=True))

    def _read_data(self, data: bytes, start: int, end: int) -> None:
        self._pieces.append(Piece(self._part, data[start:end]))

    def _end(self) -> None:
        self.is_complete = True
