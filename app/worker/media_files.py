"""Where networks get the files of posts from: our own store, or the address that somebody gave."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.publishing import MediaUnreadable, Refused
from app.networks.failures import CallFailed

if TYPE_CHECKING:
    from app.domain.media import Media
    from app.media.file_store import FileStore
    from app.networks.http import Http


class MediaFiles:
    """See app.domain.publishing.MediaSource."""

    def __init__(self, store: FileStore, http: Http) -> None:
        self._store = store
        self._http = http

    async def read(self, media: Media, *, limit: int) -> bytes:
        if media.size is not None and media.size > limit:
            raise _too_large(media, limit)
        if media.file is None:
            return await self._download(media.url, limit)
        pieces = await self._store.read(media.file, start=0, end=media.size or limit + 1)
        if pieces is None:
            raise MediaUnreadable(f"The file of media {media.id} is no longer there.", is_lasting=True)
        content = b"".join([piece async for piece in pieces])
        if len(content) > limit:
            raise _too_large(media, limit)
        return content

    async def _download(self, url: str, limit: int) -> bytes:
        try:
            return await self._http.download(url, limit=limit)
        except CallFailed as failed:
            is_lasting = isinstance(failed.outcome, Refused)
            raise MediaUnreadable(failed.outcome.reason, is_lasting=is_lasting) from None


def _too_large(media: Media, limit: int) -> MediaUnreadable:
    reason = f"Media {media.id} is larger than the {limit} bytes that the network takes."
    return MediaUnreadable(reason, is_lasting=True)
