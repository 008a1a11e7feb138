"""Posts: rows to domain objects and back. Everything here is within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import PostNotFound
from app.domain.history import PUBLISHER, Revision
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.accounts import SHOWN, account_of
from app.repositories.media import media_of
from app.repositories.post_filters import conditions_of, position_after, sort_key
from app.repositories.revisions import RevisionRepository
from app.repositories.tables import AccountRow, DestinationRow, MediaRow, PostMediaRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
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
# In one order everywhere: two units that lock several posts wait for each other, and never in a circle.
_lock_posts = (
    select(_posts)
    .where(_posts.c.organization_id == bindparam("organization"), _posts.c.id.in_(bindparam("posts", expanding=True)))
    .order_by(_posts.c.id)
    .with_for_update()
)
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
    """The posts of one organisation, in one transaction. Whatever it stores, it also writes into their history."""

    def __init__(self, connection: Connection, organization_id: int, *, changed_by: str = PUBLISHER) -> None:
        """changed_by: the name of the key that asks for the changes."""
        self._connection = connection
        self._organization_id = organization_id
        self._changed_by = changed_by
        self._revisions = RevisionRepository(connection, organization_id)

    def get(self, post_id: UUID) -> Post:
        """The whole post. Raises PostNotFound."""
        row = self._connection.execute(_select_post, self._keys(post_id)).one_or_none()
        if row is None:
            raise PostNotFound(post_id)
        return self._assemble([row])[0]

    def get_to_change(self, post_id: UUID) -> Post:
        """The whole post, locked until the transaction ends. Raises PostNotFound."""
        try:
            return self.find_to_change([post_id])[post_id]
        except KeyError:
            raise PostNotFound(post_id) from None

    def find_to_change(self, post_ids: Collection[UUID]) -> dict[UUID, Post]:
        """Those of these posts that exist, locked until the transaction ends.

        PostgreSQL locks the rows, and whoever waited for a lock sees the newest row; destinations and media are read
        by later statements, which therefore see what belongs to it. On SQLite the single writer is the lock.
        """
        keys = {"organization": self._organization_id, "posts": list(post_ids)}
        return {post.id: post for post in self._assemble(self._connection.execute(_lock_posts, keys).all())}

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

    def add(self, *posts: Post) -> None:
        """Store new posts, with as many statements for a hundred as for one."""
        self._run(
            _insert_post,
            [{"organization_id": self._organization_id, "id": post.id, **_post_values(post)} for post in posts],
        )
        self._add_destinations([(post, post.destinations) for post in posts])
        self._add_media(posts)
        self._revisions.add([Revision.of(None, post, by=self._changed_by) for post in posts])

    def save(self, *changes: tuple[Post, Post]) -> None:
        """Store revisions of posts, each over the version it was loaded from, with as many statements for a hundred as
        for one. Raises LostUpdate when such a version is not there."""
        saved = self._run(
            _update_post,
            [
                {**self._keys(loaded.id), "loaded": loaded.version, **_post_values(revised)}
                for loaded, revised in changes
            ],
        )
        self._expect(saved, [loaded for loaded, _ in changes])
        self._save_destinations([(old, new) for old, new in changes if old.destinations != new.destinations])
        with_other_media = [new for old, new in changes if old.media != new.media]
        self._run(_delete_media, [self._keys(post.id) for post in with_other_media])
        self._add_media(with_other_media)
        self._revisions.add([Revision.of(old, new, by=self._changed_by) for old, new in changes])

    def delete(self, *posts: Post, now: datetime) -> None:
        """Delete posts with their destinations. Raises LostUpdate when another version of one is stored."""
        deleted = self._run(_delete_post, [{**self._keys(post.id), "loaded": post.version} for post in posts])
        self._expect(deleted, posts)
        self._revisions.add([Revision.of_deletion(post, by=self._changed_by, at=now) for post in posts])

    def _run(self, statement: Any, rows: Sequence[Mapping[str, Any]]) -> int:
        """How many rows of the table were found. One row alone takes the shorter way."""
        if not rows:
            return 0
        return self._connection.execute(statement, rows[0] if len(rows) == 1 else rows).rowcount

    def _expect(self, found: int, loaded: Sequence[Post]) -> None:
        if found != len(loaded):
            raise LostUpdate(f"of {', '.join(f'{post.id} v{post.version}' for post in loaded)} not all are stored")

    def _keys(self, post_id: UUID) -> dict[str, Any]:
        return {"organization": self._organization_id, "post": post_id}

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

    def _save_destinations(self, changes: Sequence[tuple[Post, Post]]) -> None:
        gone: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        added: list[tuple[Post, Sequence[Destination]]] = []
        for loaded, revised in changes:
            before = {destination.account.id: destination for destination in loaded.destinations}
            after = {destination.account.id: destination for destination in revised.destinations}
            keys = self._keys(loaded.id)
            gone += [{**keys, "account": id} for id in sorted(before.keys() - after.keys())]
            changed += [
                {**keys, "account": id, **_destination_values(after[id])}
                for id in sorted(before.keys() & after.keys())
                if before[id] != after[id]
            ]
            added.append((revised, [after[id] for id in sorted(after.keys() - before.keys())]))
        self._run(_delete_destination, gone)
        self._run(_update_destination, changed)
        self._add_destinations(added)

    def _add_destinations(self, added: Sequence[tuple[Post, Sequence[Destination]]]) -> None:
        rows = [
            {
                "organization_id": self._organization_id,
                "post_id": post.id,
                "account_id": destination.account.id,
                **_destination_values(destination),
            }
            for post, destinations in added
            for destination in destinations
        ]
        self._run(_insert_destination, rows)

    def _add_media(self, posts: Sequence[Post]) -> None:
        rows = [
            {
                "organization_id": self._organization_id,
                "post_id": post.id,
                "position": position,
                "media_id": item.id,
            }
            for post in posts
            for position, item in enumerate(post.media)
        ]
        self._run(_insert_media, rows)


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
        lease_until=row.lease_until,
        called_at=row.called_at,
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
        "lease_until": destination.lease_until,
        "called_at": destination.called_at,
    }
