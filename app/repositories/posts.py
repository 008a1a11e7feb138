"""Posts: rows to domain objects and back. Everything here is within one organisation."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, insert, select, update

from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import PostNotFound
from app.domain.history import PUBLISHER, Revision
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.accounts import SHOWN, account_of, find_rows
from app.repositories.media import SHOWN as MEDIA_SHOWN
from app.repositories.media import media_of
from app.repositories.post_filters import conditions_of, is_after_position, sort_key, values_of
from app.repositories.revisions import RevisionRepository
from app.repositories.statements import Statement, as_stored
from app.repositories.tables import AccountRow, DestinationRow, Instant, MediaRow, PostMediaRow, PostRow, read_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from app.domain.listing import PostFilter, PostListing, PostOrder
    from app.domain.media import Media

_posts = PostRow.__table__  # type: ignore[attr-defined]
_destinations = DestinationRow.__table__  # type: ignore[attr-defined]
_accounts = AccountRow.__table__  # type: ignore[attr-defined]
_media = MediaRow.__table__  # type: ignore[attr-defined]
_post_media = PostMediaRow.__table__  # type: ignore[attr-defined]

# Statements are built once: building one anew costs three times as much as running it.
_is_this_post = (_posts.c.organization_id == bindparam("organization"), _posts.c.id == bindparam("post"))
_read = (as_stored(_posts.c.id), *(column for column in _posts.c if not column.primary_key))
"""What _post_of takes: the id as it is stored, by which the rows of other tables are found, and then the rest."""
_select_post = Statement(select(*_read).where(*_is_this_post))
# In one order everywhere: two units that lock several posts wait for each other, and never in a circle.
_lock_posts = Statement(
    select(*_read)
    .where(_posts.c.organization_id == bindparam("organization"), _posts.c.id.in_(bindparam("posts", expanding=True)))
    .order_by(_posts.c.id)
    .with_for_update()
)
_id_in_destination, _id_in_media = as_stored(_destinations.c.post_id), as_stored(_post_media.c.post_id)
_of_these_posts = (
    select(
        _id_in_destination,
        _destinations.c.status,
        _destinations.c.platform_post_id,
        _destinations.c.platform_post_url,
        as_stored(_destinations.c.published_at),
        _destinations.c.error,
        _destinations.c.attempts,
        as_stored(_destinations.c.next_attempt_at),
        as_stored(_destinations.c.lease_until),
        as_stored(_destinations.c.called_at),
        _destinations.c.account_id,
    )
    .where(
        _destinations.c.organization_id == bindparam("organization"),
        _id_in_destination.in_(bindparam("posts", expanding=True)),
    )
    .order_by(_destinations.c.post_id, _destinations.c.account_id)
)
_select_destinations = Statement(_of_these_posts, finds_many=True)
_select_destinations_with_accounts = Statement(
    _of_these_posts.add_columns(*SHOWN).join_from(
        _destinations,
        _accounts,
        (_accounts.c.organization_id == _destinations.c.organization_id)
        & (_accounts.c.id == _destinations.c.account_id),
    ),
    finds_many=True,
)
_select_media = Statement(
    select(_id_in_media, *MEDIA_SHOWN)
    .join_from(
        _post_media,
        _media,
        (_media.c.organization_id == _post_media.c.organization_id) & (_media.c.id == _post_media.c.media_id),
    )
    .where(
        _post_media.c.organization_id == bindparam("organization"),
        _id_in_media.in_(bindparam("posts", expanding=True)),
    )
    .order_by(_post_media.c.post_id, _post_media.c.position),
    finds_many=True,
)
_insert_post = Statement(insert(_posts))
_delete_post = Statement(delete(_posts).where(*_is_this_post, _posts.c.version == bindparam("loaded")))
_insert_destination = Statement(insert(_destinations))
_is_this_destination = (
    _destinations.c.organization_id == bindparam("organization"),
    _destinations.c.post_id == bindparam("post"),
    _destinations.c.account_id == bindparam("account"),
)
_update_destination = Statement(
    update(_destinations)
    .where(*_is_this_destination)
    .values({column.name: bindparam(column.name) for column in _destinations.c if not column.primary_key})
)
_delete_destination = Statement(delete(_destinations).where(*_is_this_destination))
_insert_media = Statement(insert(_post_media))
_delete_media = Statement(
    delete(_post_media).where(
        _post_media.c.organization_id == bindparam("organization"), _post_media.c.post_id == bindparam("post")
    )
)


@cache
def _select_page(order: PostOrder, *, goes_on: bool) -> Statement:
    """goes_on: whether the page starts after a position."""
    key = sort_key(order)
    page = (
        select(*_read)
        .where(_posts.c.organization_id == bindparam("organization"))
        .order_by(key, _posts.c.id)
        .limit(bindparam("limit"))
        .offset(bindparam("offset"))
    )
    return Statement(page.where(is_after_position(key)) if goes_on else page, finds_many=True)


@cache
def _update_post(*names: str) -> Statement:
    """Only what changed is written: each index over a column that is not named is left alone."""
    return Statement(
        update(_posts)
        .where(*_is_this_post, _posts.c.version == bindparam("loaded"))
        .values({name: bindparam(name) for name in names})
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
        for post in self._assemble(_select_post.rows(self._connection, self._keys(post_id))):
            return post
        raise PostNotFound(post_id)

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
        return {post.id: post for post in self._assemble(_lock_posts.rows(self._connection, keys))}

    def page(self, listing: PostListing) -> list[Post]:
        """The posts of one page, in the listing's order; one statement each for posts, destinations and media,
        and on SQLite one for the accounts."""
        page = _select_page(listing.order, goes_on=listing.after is not None)
        values = {"organization": self._organization_id, "limit": listing.limit, "offset": listing.offset}
        if listing.after is not None:
            values |= values_of(listing.after)
        conditions = conditions_of(listing.filter)
        if conditions:
            return self._assemble(self._connection.execute(page.core.where(*conditions), values).all())
        return self._assemble(page.rows(self._connection, values))

    def count(self, filter: PostFilter) -> int:
        are_ours = _posts.c.organization_id == self._organization_id
        statement = select(func.count()).select_from(_posts).where(are_ours, *conditions_of(filter))
        return self._connection.execute(statement).scalar_one()

    def add(self, *posts: Post) -> None:
        """Store new posts, with as many statements for a hundred as for one."""
        _insert_post.run(
            self._connection,
            *({"organization_id": self._organization_id, "id": post.id, **_post_values(post)} for post in posts),
        )
        self._add_destinations([(post, post.destinations) for post in posts])
        self._add_media(posts)
        self._revisions.add([Revision.of(None, post, by=self._changed_by) for post in posts])

    def save(self, *changes: tuple[Post, Post]) -> None:
        """Store revisions of posts, each over the version it was loaded from, with as many statements for a hundred as
        for one. Raises LostUpdate when such a version is not there."""
        names = sorted({name for change in changes for name in _changed(*change)})
        saved = _update_post(*names).run(
            self._connection,
            *(
                {**self._keys(loaded.id), "loaded": loaded.version, **{name: getattr(revised, name) for name in names}}
                for loaded, revised in changes
            ),
        )
        self._expect(saved, [loaded for loaded, _ in changes])
        if sent_elsewhere := [change for change in changes if change[0].destinations != change[1].destinations]:
            self._save_destinations(sent_elsewhere)
        if with_other_media := [new for old, new in changes if old.media != new.media]:
            _delete_media.run(self._connection, *(self._keys(post.id) for post in with_other_media))
            self._add_media(with_other_media)
        self._revisions.add([Revision.of(old, new, by=self._changed_by) for old, new in changes])

    def delete(self, *posts: Post, now: datetime) -> None:
        """Delete posts with their destinations. Raises LostUpdate when another version of one is stored."""
        keys = ({**self._keys(post.id), "loaded": post.version} for post in posts)
        self._expect(_delete_post.run(self._connection, *keys), posts)
        self._revisions.add([Revision.of_deletion(post, by=self._changed_by, at=now) for post in posts])

    def _expect(self, found: int, loaded: Sequence[Post]) -> None:
        if found != len(loaded):
            raise LostUpdate(f"of {', '.join(f'{post.id} v{post.version}' for post in loaded)} not all are stored")

    def _keys(self, post_id: UUID) -> dict[str, Any]:
        return {"organization": self._organization_id, "post": post_id}

    def _assemble(self, rows: Sequence[Any]) -> list[Post]:
        if not rows:
            return []
        keys = {"organization": self._organization_id, "posts": [row[0] for row in rows]}
        destinations = self._destinations_of(keys)
        media: defaultdict[Any, list[Media]] = defaultdict(list)
        for post, *of_media in _select_media.rows(self._connection, keys):
            media[post].append(media_of(*of_media))
        return [_post_of(row, destinations.get(row[0], ()), media.get(row[0], ())) for row in rows]

    def _destinations_of(self, keys: Mapping[str, Any]) -> Mapping[Any, Sequence[Destination]]:
        """The destinations of some posts, by their post's id as it is stored; those of one post by account.

        Where many posts go to few accounts, a join has SQLite send every account, and Python compare it, as often as
        it has posts: a second statement is cheaper. It is not for one post, and on PostgreSQL it is a round trip.
        """
        found: defaultdict[Any, list[Destination]] = defaultdict(list)
        if len(keys["posts"]) == 1 or self._connection.dialect.name != "sqlite":
            for post, *row in _select_destinations_with_accounts.rows(self._connection, keys):
                found[post].append(_destination_of(*row))
            return found
        rows = _select_destinations.rows(self._connection, keys)
        accounts = find_rows(self._connection, self._organization_id, {row[-1] for row in rows})
        made: dict[tuple[Any, ...], Destination] = {}
        for each in rows:
            record = tuple(each[1:])
            destination = made.get(record)
            if destination is None:
                destination = made[record] = _destination_of(*record, *accounts[each[-1]])
            found[each[0]].append(destination)
        return found

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
        _delete_destination.run(self._connection, *gone)
        _update_destination.run(self._connection, *changed)
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
        _insert_destination.run(self._connection, *rows)

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
        _insert_media.run(self._connection, *rows)


def _post_of(row: Sequence[Any], destinations: Iterable[Destination], media: Iterable[Media]) -> Post:
    """A post from what _read names. By place: naming every field takes twice as long, and this is done the most."""
    id, kind, status, content, title, scheduled_for, timezone, overrides, audio, music, failure, *versioned = row
    return Post(
        read_id(id),
        _KINDS[kind],
        _STATUSES[status],
        content,
        title,
        scheduled_for,
        timezone,
        tuple(media),
        overrides,
        audio,
        music,
        tuple(destinations),
        failure,
        *versioned,
    )


_COLUMNS: Final = tuple(column.name for column in _posts.c if not column.primary_key)
"""Each is also the name of the field that it keeps."""
_stored_of: Final[Callable[[Post], tuple[Any, ...]]] = attrgetter(*_COLUMNS)
_KINDS: Final[Mapping[str, PostKind]] = {kind: kind for kind in PostKind}
_STATUSES: Final[Mapping[str, PostStatus]] = {status: status for status in PostStatus}


def _post_values(post: Post) -> dict[str, Any]:
    return dict(zip(_COLUMNS, _stored_of(post), strict=True))


def _changed(loaded: Post, revised: Post) -> list[str]:
    """The columns in which two versions of a post differ."""
    pairs = zip(_COLUMNS, _stored_of(loaded), _stored_of(revised), strict=True)
    return [name for name, before, after in pairs if before is not after and before != after]


@lru_cache(maxsize=4096)
def _destination_of(
    status: str,
    platform_post_id: str | None,
    platform_post_url: str | None,
    published_at: int | None,
    error: str | None,
    attempts: int,
    next_attempt_at: int | None,
    lease_until: int | None,
    called_at: int | None,
    *account: Any,
) -> Destination:
    """Instants as they are stored. All that waits for one account is alike: equal rows are one destination."""
    return Destination(
        account=account_of(*account),
        status=DestinationStatus(status),
        platform_post_id=platform_post_id,
        platform_post_url=platform_post_url,
        published_at=Instant.of_optional(published_at),
        error=error,
        attempts=attempts,
        next_attempt_at=Instant.of_optional(next_attempt_at),
        lease_until=Instant.of_optional(lease_until),
        called_at=Instant.of_optional(called_at),
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
