"""Revisions: the history of posts, rows to domain objects and back, within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, insert, select

from app.domain.history import FieldChange, Revision
from app.repositories.tables import RevisionRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import Connection

_revisions = RevisionRow.__table__  # type: ignore[attr-defined]
_of_posts = (
    _revisions.c.organization_id == bindparam("organization"),
    _revisions.c.post_id.in_(bindparam("posts", expanding=True)),
)
_insert = insert(_revisions)
_select_since = (
    select(_revisions)
    .where(*_of_posts, _revisions.c.version > bindparam("version"))
    .order_by(_revisions.c.version.desc())
)
_newest_first = func.row_number().over(partition_by=_revisions.c.post_id, order_by=_revisions.c.version.desc())
_ranked = (
    select(_revisions, _newest_first.label("place"))
    .where(*_of_posts, _revisions.c.version < bindparam("before"))
    .subquery()
)
_select_newest = (
    select(_ranked).where(_ranked.c.place <= bindparam("limit")).order_by(_ranked.c.post_id, _ranked.c.version.desc())
)
_count = (
    select(_revisions.c.post_id, func.count().label("total"))
    .where(*_of_posts, _revisions.c.version < bindparam("before"))
    .group_by(_revisions.c.post_id)
)


class RevisionRepository:
    """What posts were, in one transaction. Nothing here is ever changed, and it outlives the post."""

    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def add(self, revisions: Sequence[Revision]) -> None:
        rows = [
            {
                "organization_id": self._organization_id,
                "post_id": revision.post_id,
                "version": revision.version,
                "changed_at": revision.changed_at,
                "changed_by": revision.changed_by,
                "changes": [[change.field, change.before, change.after] for change in revision.changes],
            }
            for revision in revisions
        ]
        if rows:
            self._connection.execute(_insert, rows[0] if len(rows) == 1 else rows)

    def since(self, post_id: UUID, version: int) -> list[Revision]:
        """Every revision of a post after a version, the newest first."""
        keys = {"organization": self._organization_id, "posts": [post_id], "version": version}
        return [_revision_of(row) for row in self._connection.execute(_select_since, keys)]

    def newest(self, post_ids: Collection[UUID], *, before: int, limit: int) -> dict[UUID, list[Revision]]:
        """Of each post the newest revisions whose version is below `before`, the newest first."""
        found: dict[UUID, list[Revision]] = {id: [] for id in post_ids}
        keys = {"organization": self._organization_id, "posts": list(post_ids), "before": before, "limit": limit}
        for row in self._connection.execute(_select_newest, keys):
            found[row.post_id].append(_revision_of(row))
        return found

    def count(self, post_ids: Collection[UUID], *, before: int) -> dict[UUID, int]:
        """How many revisions below a version each post has."""
        keys = {"organization": self._organization_id, "posts": list(post_ids), "before": before}
        return dict.fromkeys(post_ids, 0) | {row.post_id: row.total for row in self._connection.execute(_count, keys)}


def _revision_of(row: Any) -> Revision:
    return Revision(
        post_id=row.post_id,
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        changes=tuple(FieldChange(field=field, before=before, after=after) for field, before, after in row.changes),
    )
