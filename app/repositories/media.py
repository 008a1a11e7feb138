"""Media: rows to domain objects and back, within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from app.domain.media import Media, MediaType
from app.repositories.chunks import chunks_of
from app.repositories.tables import MediaRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_media = MediaRow.__table__  # type: ignore[attr-defined]
_of_organization = select(_media).where(_media.c.organization_id == bindparam("organization"))
_select_some = _of_organization.where(_media.c.id.in_(bindparam("media", expanding=True)))
_select_by_url = _of_organization.where(_media.c.url.in_(bindparam("urls", expanding=True)))


class MediaRepository:
    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def find(self, media_ids: Collection[UUID]) -> dict[UUID, Media]:
        """Those of these media that exist."""
        found = {}
        for chunk in chunks_of(media_ids):
            rows = self._connection.execute(_select_some, {"organization": self._organization_id, "media": chunk})
            found.update({row.id: media_of(row) for row in rows})
        return found

    def find_by_url(self, urls: Collection[str]) -> dict[str, Media]:
        """The media recorded under these addresses."""
        found = {}
        for chunk in chunks_of(urls):
            rows = self._connection.execute(_select_by_url, {"organization": self._organization_id, "urls": chunk})
            found.update({row.url: media_of(row) for row in rows})
        return found

    def add(self, media: Media, *, now: datetime) -> None:
        self._connection.execute(
            insert(_media),
            {
                "organization_id": self._organization_id,
                "id": media.id,
                "type": media.type,
                "url": media.url,
                "width": media.width,
                "height": media.height,
                "duration_ms": media.duration_ms,
                "alt_text": media.alt_text,
                "file": media.file,
                "content_type": media.content_type,
                "size": media.size,
                "created_at": now,
            },
        )


def media_of(row: Any) -> Media:
    return Media(
        id=row.id,
        type=MediaType(row.type),
        url=row.url,
        width=row.width,
        height=row.height,
        duration_ms=row.duration_ms,
        alt_text=row.alt_text,
        file=row.file,
        content_type=row.content_type,
        size=row.size,
    )
