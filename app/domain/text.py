"""What text may be: anything that every engine can store and give back byte for byte, up to a length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.domain.changes import LEAVE
from app.domain.errors import IssueCode

if TYPE_CHECKING:
    from app.domain.changes import Change
    from app.domain.issues import Issues

LIMITS: Final = {"content": 100_000, "title": 90, "social_audio_id": 1_000, "platform_content": 100_000}
"""Unicode code points. No platform takes a longer text, and every change of one is kept in the history. The overrides
of platform_content are counted together."""


def is_storable(text: str) -> bool:
    """False for text with NUL characters (PostgreSQL keeps none) or lone surrogates (they have no UTF-8)."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False


def revised_text(name: str, stored: str | None, change: Change[str], issues: Issues) -> str | None:
    """The text that an update asks for. What is stored already may be sent back, whatever it is."""
    if change is LEAVE or change == stored:
        return stored
    if change is not None and not is_storable(change):
        issues.add(name, code=IssueCode.INVALID_VALUE, message=f"`{name}` must not contain NUL characters.")
    elif change is not None:
        note_if_too_long(name, len(change), issues)
    return change


def note_if_too_long(name: str, length: int, issues: Issues) -> None:
    limit = LIMITS[name]
    if length > limit:
        issues.add(
            name,
            code=IssueCode.TOO_LONG,
            message=f"`{name}` has {length} characters; at most {limit} are allowed.",
            limit=limit,
            actual=length,
        )
