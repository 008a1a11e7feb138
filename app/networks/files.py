"""The files of a post, for networks that want them sent along."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from app.domain.media import MediaType
from app.domain.publishing import MediaUnreadable, Refused, TryLater
from app.networks.failures import CallFailed

if TYPE_CHECKING:
    from app.domain.media import Media
    from app.domain.publishing import MediaSource


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    name: str
    content_type: str
    content: bytes


async def read_file(source: MediaSource, media: Media, *, number: int, limit: int) -> File:
    """A file with a name of nothing but its number and its kind. Raises CallFailed where it is not to be had."""
    try:
        content = await source.read(media, limit=limit)
    except MediaUnreadable as error:
        raise CallFailed((Refused if error.is_lasting else TryLater)(reason=error.reason)) from error
    content_type = media.content_type or _by_ending(media)
    return File(
        name=f"{number}{mimetypes.guess_extension(content_type) or ''}", content_type=content_type, content=content
    )


def _by_ending(media: Media) -> str:
    """What media that is kept elsewhere seems to be, which nobody has looked into."""
    guessed, _ = mimetypes.guess_type(urlsplit(media.url).path)
    if guessed is not None and guessed.startswith(f"{media.type}/"):
        return guessed
    return "video/mp4" if media.type is MediaType.VIDEO else "image/jpeg"
