"""The formats that an uploaded file may have, told by its first bytes: names and declared types are only claims."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from filetype.types import image, video  # type: ignore[import-untyped]  # it carries no annotations

from app.domain.media import MediaType

HEAD: Final = 4096
"""Bytes after which a file has shown what it is."""

ACCEPTED: Final = "JPEG, PNG, GIF, WebP, MP4, MOV or WebM"


@dataclass(frozen=True, slots=True)
class Format:
    """content_type: what files of this format are served as. ending: of their names, without the dot."""

    type: MediaType
    content_type: str
    ending: str


_FORMATS: Final = (
    (image.Jpeg(), Format(MediaType.IMAGE, "image/jpeg", "jpg")),
    (image.Png(), Format(MediaType.IMAGE, "image/png", "png")),
    (image.Gif(), Format(MediaType.IMAGE, "image/gif", "gif")),
    (image.Webp(), Format(MediaType.IMAGE, "image/webp", "webp")),
    (video.Mp4(), Format(MediaType.VIDEO, "video/mp4", "mp4")),
    (video.M4v(), Format(MediaType.VIDEO, "video/mp4", "mp4")),
    (video.Mov(), Format(MediaType.VIDEO, "video/quicktime", "mov")),
    (video.Webm(), Format(MediaType.VIDEO, "video/webm", "webm")),
)


def format_of(head: bytes) -> Format | None:
    """The format of a file that starts with these bytes: all of it, or HEAD of them. None: it is not accepted."""
    return next((format for signature, format in _FORMATS if signature.match(head)), None)
