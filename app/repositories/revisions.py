"""Revisions: the history of posts, rows to domain objects and back, within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, insert, or_, select

from app.domain.history import EventType, FieldChange, Revision
from app.domain.post import PostStatus
from app.repositories.events import PLACE_OF_NEW, told_to_place
from app.repositories.statements import Statement
from app.repositories.tables import RevisionRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

_revisions = RevisionRow.__table__  # type: ignore[attr-defined]
_told = {
    column.name: bindparam(column.name, type_=column.type)
    for column in _revisions.c
    if column.name not in ("transaction_id", "position")
}
_insert = {dialect: Statement(insert(_revisions).values(_told | place)) for dialect, place in PLACE_OF_NEW.items()}
_select_since = (
    select(_revisions)
    .where(
        _revisions.c.organization_id == bindparam("organization"),
        _revisions.c.post_id == bindparam("post"),
        _revisions.c.version > bindparam("version"),
    )
    .order_by(_revisions.c.version.desc())
)
_newest_first = func.row_number().over(partition_by=_revisions.c.post_id, order_by=_revisions.c.version.desc())

AT_ONCE: Final = 50
"""Rows that are held in memory while a long history is read."""

MOST_CONDITIONS: Final = 500
"""Posts of one statement. SQLite refuses a condition that nests deeper than 1,000, and each `or` is a level."""


class RevisionRepository:
    """What posts were, in one transaction. Nothing here is ever changed, and it outlives the post."""

    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def add(self, revisions: Sequence[Revision]) -> None:
        dialect = self._connection.dialect.name
        rows = [
            {
                **told_to_place(dialect, self._organization_id, revision),
                "organization_id": self._organization_id,
                "post_id": revision.post_id,
                "version": revision.version,
                "changed_at": revision.changed_at,
                "changed_by": revision.changed_by,
                "changes": [[change.field, change.before, change.after] for change in revision.changes],
                "event": revision.event,
                "status": revision.status,
            }
            for revision in revisions
        ]
        _insert[dialect].run(self._connection, *rows)

    def since(self, post_id: UUID, version: int) -> Iterator[Revision]:
        """Every revision of a post after a version, the newest first; read as they are used, never all at once."""
        keys = {"organization": self._organization_id, "post": post_id, "version": version}
        for row in self._connection.execute(_select_since, keys, execution_options={"yield_per": AT_ONCE}):
            yield _revision_of(row, row.changes)

    def newest(self, below: Mapping[UUID, int], *, limit: int, with_changes: bool = True) -> dict[UUID, list[Revision]]:
        """Of each post the newest revisions below a version of its own, the newest first.

        with_changes: False leaves them out, which are most of what a revision holds.
        """
        found: dict[UUID, list[Revision]] = {id: [] for id in below}
        for are_below in self._are_below(below):
            shown = [column for column in _revisions.c if with_changes or column is not _revisions.c.changes]
            ranked = select(*shown, _newest_first.label("place")).where(are_below).subquery()
            statement = select(ranked).where(ranked.c.place <= limit)
            for row in self._connection.execute(statement.order_by(ranked.c.post_id, ranked.c.version.desc())):
                found[row.post_id].append(_revision_of(row, row.changes if with_changes else ()))
        return found

    def count(self, below: Mapping[UUID, int]) -> dict[UUID, int]:
        """How many revisions each post has below a version of its own."""
        totals = dict.fromkeys(below, 0)
        for are_below in self._are_below(below):
            counted = select(_revisions.c.post_id, func.count().label("total")).where(are_below)
            rows = self._connection.execute(counted.group_by(_revisions.c.post_id))
            totals.update({row.post_id: row.total for row in rows})
        return totals

    def _are_below(self, below: Mapping[UUID, int]) -> Iterator[ColumnElement[bool]]:
        """The condition, in pieces that together hold for every post."""
        each = [and_(_revisions.c.post_id == id, _revisions.c.version < version) for id, version in below.items()]
        for start in range(0, len(each), MOST_CONDITIONS):
            yield and_(
                _revisions.c.organization_id == self._organization_id,
                or_(*each[start : start + MOST_CONDITIONS]),
            )


def _revision_of(row: Any, changes: Iterable[Any]) -> Revision:
    return Revision(
        post_id=row.post_id,
        version=row.version,
        changed_at=row.changed_at,
        changed_by=row.changed_by,
        changes=tuple(FieldChange(field=field, before=before, after=after) for field, before, after in changes),
        event=None if row.event is None else EventType(row.event),
        status=None if row.status is None else PostStatus(row.status),
    )
