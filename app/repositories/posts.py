"""Posts: rows to domain objects and back. Everything here is within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import PostNotFound
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.accounts import SHOWN, account_of
from app.repositories.media import media_of
from app.repositories.post_filters import conditions_of, position_after, sort_key
from app.repositories.tables import AccountRow, DestinationRow, MediaRow, PostMediaRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

    from app.domain.listing import PostFilter, PostListing
    from app.domain.media import Media

_posts = PostRow.__table__  # type: ignore[attr-defined]
_destinations = DestinationRow.__table__  # type: ignore[attr-defined]
_accounts = AccountRow.__table__  # type: ignore[attr-defined]
_media = MediaRow.__table__  # type: ignore[attr-defined]
_post_media = PostMediaRow.__table__  # type: ignore[attr-defined]

# Statements are built once: building one anew costs three times as much as running it.
_is_this_post = (_posts.c.organization_id == bindparam("organization"), _posts.c.id == bindparam("post"))
_select_post = select(_posts).where(*_is_this_post)
_lock_post = _select_post.with_for_update()
_select_destinations = (
    select(_destinations, *SHOWN)
    .join_from(
        _destinations,
        _accounts,
        (_accounts.c.organization_id == _destinations.c.organization_id)
        & (_accounts.c.id == _destinations.c.account_id),
    )
    .where(
        _destinations.c.organization_id == bindparam("organization"),
        _destinations.c.post_id.in_(bindparam("posts", expanding=True)),
    )
    .order_by(_destinations.c.post_id, _destinations.c.account_id)
)
_select_media = (
    select(_post_media.c.post_id, _media)
    .join_from(
        _post_media,
        _media,
        (_media.c.organization_id == _post_media.c.organization_id) & (_media.c.id == _post_media.c.media_id),
    )
    .where(
        _post_media.c.organization_id == bindparam("organization"),
        _post_media.c.post_id.in_(bindparam("posts", expanding=True)),
    )
    .order_by(_post_media.c.post_id, _post_media.c.position)
)
_insert_post = insert(_posts)
_update_post = (
    update(_posts)
    .where(*_is_this_post, _posts.c.version == bindparam("loaded"))
    .values({column.name: bindparam(column.name) for column in _posts.c if not column.primary_key})
)
_delete_post = delete(_posts).where(*_is_this_post, _posts.c.version == bindparam("loaded"))
_insert_destination = insert(_destinations)
_is_this_destination = (
    _destinations.c.organization_id == bindparam("organization"),
    _destinations.c.post_id == bindparam("post"),
    _destinations.c.account_id == bindparam("account"),
)
_update_destination = (
    update(_destinations)
    .where(*_is_this_destination)
    .values({column.name: bindparam(column.name) for column in _destinations.c if not column.primary_key})
)
_delete_destination = delete(_destinations).where(*_is_this_destination)
_insert_media = insert(_post_media)
_delete_media = delete(_post_media).where(
    _post_media.c.organization_id == bindparam("organization"), _post_media.c.post_id == bindparam("post")
)


class LostUpdate(RuntimeError):
    """A post was saved over another version than the one it was loaded from: it had not been loaded to be changed."""


class PostRepository:
    """The posts of one organisation, in one transaction."""

    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def get(self, post_id: UUID) -> Post:
        """The whole post. Raises PostNotFound."""
        return self._whole(self._connection.execute(_select_post, self._keys(post_id)).one_or_none(), post_id)

    def get_to_change(self, post_id: UUID) -> Post:
        """The whole post, locked until the transaction ends. Raises PostNotFound.

        PostgreSQL locks the row, and whoever waited for the lock sees the newest row; destinations and media are read
        by later statements, which therefore see what belongs to it. On SQLite the single writer is the lock.
        """
        return self._whole(self._connection.execute(_lock_post, self._keys(post_id)).one_or_none(), post_id)

    def page(self, listing: PostListing) -> list[Post]:
        """The posts of one page, in the listing's order; one statement each for posts, destinations and media."""
        key = sort_key(listing.order)
        statement = (
            select(_posts)
            .where(*conditions_of(listing.filter, self._organization_id))
            .order_by(key, _posts.c.id)
            .limit(listing.limit)
            .offset(listing.offset)
        )
        if listing.after is not None:
            statement = statement.where(position_after(listing.after, key))
        return self._assemble(self._connection.execute(statement).all())

    def count(self, filter: PostFilter) -> int:
        statement = select(func.count()).select_from(_posts).where(*conditions_of(filter, self._organization_id))
        return self._connection.execute(statement).scalar_one()

    def add(self, post: Post) -> None:
        self._connection.execute(
            _insert_post, {"organization_id": self._organization_id, "id": post.id, **_post_values(post)}
        )
        self._add_destinations(post, post.destinations)
        self._add_media(post)

    def save(self, loaded: Post, revised: Post) -> None:
        """Store a revision of a post over the version it was loaded from. Raises LostUpdate when that is not there."""
        keys = self._keys(loaded.id)
        result = self._connection.execute(_update_post, {**keys, "loaded": loaded.version, **_post_values(revised)})
        if result.rowcount != 1:
            raise LostUpdate(f"version {loaded.version} of post {loaded.id} is no longer stored")
        if revised.destinations != loaded.destinations:
            self._save_destinations(loaded, revised)
        if revised.media != loaded.media:
            self._connection.execute(_delete_media, keys)
            self._add_media(revised)

    def delete(self, loaded: Post) -> None:
        """Delete a post with its destinations. Raises LostUpdate when another version is stored."""
        result = self._connection.execute(_delete_post, {**self._keys(loaded.id), "loaded": loaded.version})
        if result.rowcount != 1:
            raise LostUpdate(f"version {loaded.version} of post {loaded.id} is no longer stored")

    def _keys(self, post_id: UUID) -> dict[str, Any]:
        return {"organization": self._organization_id, "post": post_id}

    def _whole(self, row: Any | None, post_id: UUID) -> Post:
        if row is None:
            raise PostNotFound(post_id)
        return self._assemble([row])[0]

    def _assemble(self, rows: Sequence[Any]) -> list[Post]:
        if not rows:
            return []
        keys = {"organization": self._organization_id, "posts": [row.id for row in rows]}
        destinations: dict[UUID, list[Destination]] = {}
        for row in self._connection.execute(_select_destinations, keys).all():
            destinations.setdefault(row.post_id, []).append(_destination_of(row))
        media: dict[UUID, list[Media]] = {}
        for row in self._connection.execute(_select_media, keys).all():
            media.setdefault(row.post_id, []).append(media_of(row))
        return [_post_of(row, destinations.get(row.id, ()), media.get(row.id, ())) for row in rows]

    def _save_destinations(self, loaded: Post, revised: Post) -> None:
        before = {destination.account.id: destination for destination in loaded.destinations}
        after = {destination.account.id: destination for destination in revised.destinations}
        keys = self._keys(loaded.id)
        gone = [{**keys, "account": id} for id in before.keys() - after.keys()]
        if gone:
            self._connection.execute(_delete_destination, gone)
        changed = [
            {**keys, "account": id, **_destination_values(after[id])}
            for id in sorted(before.keys() & after.keys())
            if before[id] != after[id]
        ]
        if changed:
            self._connection.execute(_update_destination, changed)
        self._add_destinations(revised, [after[id] for id in sorted(after.keys() - before.keys())])

    def _add_destinations(self, post: Post, destinations: Sequence[Destination]) -> None:
        rows = [
            {
                "organization_id": self._organization_id,
                "post_id": post.id,
                "account_id": destination.account.id,
                **_destination_values(destination),
            }
            for destination in destinations
        ]
        if rows:
            self._connection.execute(_insert_destination, rows)

    def _add_media(self, post: Post) -> None:
        rows = [
            {
                "organization_id": self._organization_id,
                "post_id": post.id,
                "position": position,
                "media_id": item.id,
            }
            for position, item in enumerate(post.media)
        ]
        if rows:
            self._connection.execute(_insert_media, rows)


def _post_of(row: Any, destinations: Iterable[Destination], media: Iterable[Media]) -> Post:
    return Post(
        id=row.id,
        kind=PostKind(row.kind),
        status=PostStatus(row.status),
        content=row.content,
        title=row.title,
        scheduled_for=row.scheduled_for,
        timezone=row.timezone,
        media=tuple(media),
        platform_content=row.platform_content,
        social_audio_id=row.social_audio_id,
        music_post_id=row.music_post_id,
        destinations=tuple(destinations),
        failure_reason=row.failure_reason,
        version=row.version,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def _post_values(post: Post) -> dict[str, Any]:
    return {
        "kind": post.kind,
        "status": post.status,
        "content": post.content,
        "title": post.title,
        "scheduled_for": post.scheduled_for,
        "timezone": post.timezone,
        "platform_content": post.platform_content,
        "social_audio_id": post.social_audio_id,
        "music_post_id": post.music_post_id,
        "failure_reason": post.failure_reason,
        "version": post.version,
        "created_at": post.created_at,
        "updated_at": post.updated_at,
    }


def _destination_of(row: Any) -> Destination:
    return Destination(
        account=account_of(row, id=row.account_id),
        status=DestinationStatus(row.status),
        platform_post_id=row.platform_post_id,
        platform_post_url=row.platform_post_url,
        published_at=row.published_at,
        error=row.error,
        attempts=row.attempts,
        next_attempt_at=row.next_attempt_at,
    )


def _destination_values(destination: Destination) -> dict[str, Any]:
    return {
        "status": destination.status,
        "platform_post_id": destination.platform_post_id,
        "platform_post_url": destination.platform_post_url,
        "published_at": destination.published_at,
        "error": destination.error,
        "attempts": destination.attempts,
        "next_attempt_at": destination.next_attempt_at,
    }
