"""Media: an image or a video that posts can carry."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from uuid import UUID

URL_LIMIT = 2048
"""Bytes in UTF-8. Longer addresses do not fit an index entry on every engine."""

_VIDEO_ENDINGS = (".mp4", ".mov", ".m4v", ".webm", ".mkv", ".avi")


class MediaType(StrEnum):
    IMAGE = "image"
    VIDEO = "video"


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
