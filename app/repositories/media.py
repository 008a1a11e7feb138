"""Media: rows to domain objects and back, within one organisation. Deleted media is found by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from app.domain.errors import MediaNotFound
from app.domain.media import Media, MediaType
from app.domain.post import PostStatus
from app.repositories.chunks import chunks_of
from app.repositories.statements import Statement
from app.repositories.tables import MediaRow, PostMediaRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

_media = MediaRow.__table__  # type: ignore[attr-defined]
_post_media = PostMediaRow.__table__  # type: ignore[attr-defined]
_posts = PostRow.__table__  # type: ignore[attr-defined]

_is_ours = _media.c.organization_id == bindparam("organization")
_is_this = (_is_ours, _media.c.id == bindparam("media"))
_is_there = _media.c.deleted_at.is_(None)
SHOWN = (
    _media.c.id,
    _media.c.type,
    _media.c.url,
    _media.c.width,
    _media.c.height,
    _media.c.duration_ms,
    _media.c.alt_text,
    _media.c.file,
    _media.c.content_type,
    _media.c.size,
)
"""What media_of takes."""
_select_one = select(*SHOWN).where(*_is_this, _is_there)
# On PostgreSQL a deletion locks the row, and whoever is about to attach the media shares a lock: either the deletion
# finds the attachment, or the attachment finds nothing. On SQLite the single writer is the lock.
_lock_one = _select_one.with_for_update()
_share_some = select(*SHOWN).where(_is_ours, _is_there).with_for_update(read=True)
_share_by_id = Statement(_share_some.where(_media.c.id.in_(bindparam("media", expanding=True))))
_share_by_url = Statement(_share_some.where(_media.c.url.in_(bindparam("urls", expanding=True))))
_lock_deleted_by_url = (
    select(_media.c.url, _media.c.id)
    .where(_is_ours, _media.c.url.in_(bindparam("urls", expanding=True)), _media.c.deleted_at.is_not(None))
    .order_by(_media.c.url)
    .with_for_update()
)
_insert = insert(_media)
_restore = (
    update(_media)
    .where(*_is_this)
    .values({column.name: bindparam(column.name) for column in _media.c if not column.primary_key})
)
_delete = update(_media).where(*_is_this).values(deleted_at=bindparam("now"))
_select_unpublished_users = (
    select(_posts.c.id)
    .join_from(
        _post_media,
        _posts,
        (_posts.c.organization_id == _post_media.c.organization_id) & (_posts.c.id == _post_media.c.post_id),
    )
    .where(
        _post_media.c.organization_id == bindparam("organization"),
        _post_media.c.media_id == bindparam("media"),
        _posts.c.status != PostStatus.PUBLISHED,
    )
    .order_by(_posts.c.id)
    .limit(bindparam("limit"))
)


class MediaRepository:
    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def get(self, media_id: UUID) -> Media:
        """Raises MediaNotFound."""
        return self._only(_select_one, media_id)

    def get_to_delete(self, media_id: UUID) -> Media:
        """The media, which no post can take until the transaction ends. Raises MediaNotFound."""
        return self._only(_lock_one, media_id)

    def find(self, media_ids: Collection[UUID]) -> dict[UUID, Media]:
        """Those of these media that exist. Nobody deletes them before the transaction, a writing one, ends."""
        found = {}
        for chunk in chunks_of(media_ids):
            rows = _share_by_id.rows(self._connection, {"organization": self._organization_id, "media": chunk})
            found.update({row[0]: media_of(*row) for row in rows})
        return found

    def find_by_url(self, urls: Collection[str]) -> dict[str, Media]:
        """The media recorded under these addresses, kept from deletion like those of find."""
        found = {}
        for chunk in chunks_of(urls):
            rows = _share_by_url.rows(self._connection, {"organization": self._organization_id, "urls": chunk})
            found.update({media.url: media for media in (media_of(*row) for row in rows)})
        return found

    def find_deleted(self, urls: Collection[str]) -> dict[str, UUID]:
        """The ids that media of these addresses had before it was deleted."""
        found = {}
        for chunk in chunks_of(urls):
            keys = {"organization": self._organization_id, "urls": chunk}
            found.update({row.url: row.id for row in self._connection.execute(_lock_deleted_by_url, keys)})
        return found

    def add(self, media: Media, *, now: datetime) -> None:
        self._connection.execute(
            _insert, {"organization_id": self._organization_id, "id": media.id, **_values(media, now)}
        )

    def restore(self, media: Media, *, now: datetime) -> None:
        """Record media anew under the id that it had before it was deleted."""
        self._connection.execute(_restore, {**self._keys(media.id), **_values(media, now)})

    def delete(self, media: Media, *, now: datetime) -> None:
        self._connection.execute(_delete, {**self._keys(media.id), "now": now})

    def unpublished_users(self, media_id: UUID, *, limit: int) -> list[UUID]:
        """Posts that carry the media and are not published, the lowest ids first."""
        keys = {**self._keys(media_id), "limit": limit}
        return list(self._connection.execute(_select_unpublished_users, keys).scalars())

    def _keys(self, media_id: UUID) -> dict[str, Any]:
        return {"organization": self._organization_id, "media": media_id}

    def _only(self, statement: Any, media_id: UUID) -> Media:
        row = self._connection.execute(statement, self._keys(media_id)).one_or_none()
        if row is None:
            raise MediaNotFound(media_id)
        return media_of(*row)


def media_of(
    id: UUID,
    type: str,
    url: str,
    width: int | None,
    height: int | None,
    duration_ms: int | None,
    alt_text: str | None,
    file: str | None,
    content_type: str | None,
    size: int | None,
) -> Media:
    """Media from the columns SHOWN."""
    return Media(
        id=id,
        type=MediaType(type),
        url=url,
        width=width,
        height=height,
        duration_ms=duration_ms,
        alt_text=alt_text,
        file=file,
        content_type=content_type,
        size=size,
    )


def _values(media: Media, now: datetime) -> dict[str, Any]:
    return {
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
        "deleted_at": None,
    }
