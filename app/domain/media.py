"""Media: an image or a video that posts can carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.errors import IssueCode
from app.domain.issues import Issues
from app.domain.text import is_storable

if TYPE_CHECKING:
    from uuid import UUID

URL_LIMIT = 2048
"""Bytes in UTF-8. Longer addresses do not fit an index entry on every engine."""

ALT_TEXT_LIMIT = 2000
"""Unicode code points: what the most generous platform shows."""

_VIDEO_ENDINGS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi")


class MediaType(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


SIZE_LIMITS: Final = {MediaType.IMAGE: 25 * 1024 * 1024, MediaType.VIDEO: 500 * 1024 * 1024}
"""Bytes that an uploaded file may have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """width and height are in pixels, duration_ms in milliseconds, size in bytes; None where they are not known.

    file: its name in the file store, with the content type it is served with; None for media kept elsewhere.
    """

    id: UUID
    type: MediaType
    url: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    alt_text: str | None = None
    file: str | None = None
    content_type: str | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedMedia:
    """Media that is kept elsewhere, as a caller describes it: nobody fetches it to see whether that is so."""

    url: str
    type: MediaType
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    alt_text: str | None = None

    def refuse_unless_sound(self) -> None:
        """Raise InvalidInput with every problem."""
        issues = Issues()
        if not is_media_url(self.url):
            message = f"`url` must be an http or https URL of at most {URL_LIMIT} bytes."
            issues.add("url", code=IssueCode.INVALID_VALUE, message=message)
        for name, value, least in (
            ("width", self.width, 1),
            ("height", self.height, 1),
            ("duration_ms", self.duration_ms, 0),
        ):
            if value is not None and value < least:
                issues.add(name, code=IssueCode.INVALID_VALUE, message=f"`{name}` must be at least {least}.")
        check_alt_text(self.alt_text, issues)
        issues.refuse_if_any()

    def recorded_as(self, id: UUID) -> Media:
        return Media(
            id=id,
            type=self.type,
            url=self.url,
            width=self.width,
            height=self.height,
            duration_ms=self.duration_ms,
            alt_text=self.alt_text,
        )


def check_alt_text(text: str | None, issues: Issues) -> None:
    """Add what is wrong with an alternative text; None is none."""
    if text is None:
        return
    if not is_storable(text):
        issues.add("alt_text", code=IssueCode.INVALID_VALUE, message="`alt_text` must not contain NUL characters.")
    elif len(text) > ALT_TEXT_LIMIT:
        issues.add(
            "alt_text",
            code=IssueCode.TOO_LONG,
            message=f"`alt_text` must be at most {ALT_TEXT_LIMIT} characters.",
            limit=ALT_TEXT_LIMIT,
            actual=len(text),
        )


def is_media_url(url: str) -> bool:
    """Whether this is an absolute http or https address that can be stored."""
    try:
        parts = urlsplit(url)
        size = len(url.encode())
        _ = parts.port  # raises ValueError for one that is no number
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and not any(map(str.isspace, url))
        return is_address and size <= URL_LIMIT and url.isprintable()
    except ValueError:  # a broken host or port, or text that has no UTF-8
        return False


def type_by_ending(url: str) -> MediaType:
    """What an address seems to hold, judged by the ending of its path."""
    return MediaType.VIDEO if urlsplit(url).path.lower().endswith(_VIDEO_ENDINGS) else MediaType.IMAGE
