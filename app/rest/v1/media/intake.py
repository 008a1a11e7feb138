"""Taking an upload in: the file goes to disk as it comes, the text beside it is kept."""

from __future__ import annotations

from asyncio import get_running_loop, to_thread
from contextlib import aclosing
from typing import TYPE_CHECKING, Final

from app.domain.errors import InvalidFieldName, IssueCode
from app.domain.issues import Issues
from app.domain.media import ALT_TEXT_LIMIT, SIZE_LIMITS, check_alt_text
from app.domain.names import nearest_name
from app.http.body import UnreadableRequest
from app.media.inspection import INSPECTORS
from app.media.upload import FileTooLarge
from app.rest.v1.media.form import pieces_of

if TYPE_CHECKING:
    from starlette.requests import Request

    from app.media.inspection import Measures
    from app.media.upload import Upload
    from app.rest.v1.media.form import Piece

FORM_LIMIT: Final = max(SIZE_LIMITS.values()) + 1024 * 1024
"""Bytes: of the largest file, and of everything around it."""

_FILE: Final = "file"
_ALT_TEXT: Final = "alt_text"
_NAMES: Final = (_FILE, _ALT_TEXT)


async def take_in(request: Request, upload: Upload) -> tuple[Measures, str | None]:
    """Read the form of a request, with its file into the upload: what the file holds, and its alternative text.

    Raises UnreadableRequest, InvalidFieldName, and InvalidInput with every problem of the form; what is wrong with
    the form ends the reading, so that nobody sends 500 MB for nothing.
    """
    texts: list[bytes] = []
    seen: set[str] = set()
    async with aclosing(pieces_of(request, limit=FORM_LIMIT)) as pieces:
        async for piece in pieces:
            if piece.is_first:
                _refuse_unless_new(piece.part, seen)
            elif piece.part == _FILE:
                await _write(upload, piece)
            elif sum(map(len, texts)) <= 4 * ALT_TEXT_LIMIT:
                texts.append(piece.data)

    issues = Issues()
    alt_text = _read_text(b"".join(texts), issues) if _ALT_TEXT in seen else None
    if _FILE not in seen:
        issues.add(_FILE, code=IssueCode.REQUIRED, message="`file` is required.")
    issues.refuse_if_any()
    # What makes a repeated request the same one is its file, not the boundary that its form happens to have.
    request.state.content = upload.digest + (alt_text or "").encode()
    return await get_running_loop().run_in_executor(INSPECTORS, upload.measure), alt_text


def _refuse_unless_new(part: str, seen: set[str]) -> None:
    if part not in _NAMES:
        raise InvalidFieldName(part, suggestion=nearest_name(part, _NAMES), known=_NAMES)
    if part in seen:
        issues = Issues()
        issues.add(part, code=IssueCode.DUPLICATE, message=f"`{part}` must be sent once.")
        issues.refuse_if_any()
    seen.add(part)


async def _write(upload: Upload, piece: Piece) -> None:
    try:
        await to_thread(upload.write, piece.data)
    except FileTooLarge as error:
        raise UnreadableRequest(413, str(error)) from None


def _read_text(data: bytes, issues: Issues) -> str | None:
    """An empty text is none: forms send their empty fields."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        issues.add(_ALT_TEXT, code=IssueCode.INVALID_VALUE, message="`alt_text` must be text in UTF-8.")
        return None
    check_alt_text(text, issues)
    return text or None
