"""Events: the rows of the history, in an order in which none of them is ever overtaken.

An event is one row of `revisions`, stored in the transaction of the change itself. Its place is (transaction_id,
position). On SQLite there is one writer, so that counting is enough. On PostgreSQL numbers of a sequence can be
committed in another order than they were taken: a reader that has seen 8 would never see 7. So the transaction's own
number comes first, and only events of transactions are read below which none is still open. An event waits
for the oldest open transaction that writes; statement timeouts bound that.

A transaction can take its number, wait for a post, and change it after one with a higher number has. So that the
events of one post are in the order of its versions, an event's transaction is never below that of the version before:
it says no transaction, but which of them must have ended. Whatever is stored under a number was stored by it or by a
lower one, so that nothing can be added below the oldest open transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import BigInteger, Text, bindparam, cast, func, select, tuple_

from app.domain.events import START, Cursor, Event
from app.domain.history import EventType
from app.domain.post import PostStatus
from app.repositories.tables import RevisionRow

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

    from app.domain.history import Revision

_revisions = RevisionRow.__table__  # type: ignore[attr-defined]

ONLY_TRANSACTION: Final = 0
"""What stands for the transaction on SQLite."""

PLACE_OF_NEW: Final[dict[str, dict[str, Any]]] = {
    "sqlite": {
        "transaction_id": ONLY_TRANSACTION,
        "position": select(func.coalesce(func.max(_revisions.c.position), 0) + 1)
        .where(
            _revisions.c.organization_id == bindparam("organization"), _revisions.c.transaction_id == ONLY_TRANSACTION
        )
        .scalar_subquery(),
    },
    "postgresql": {
        "transaction_id": func.greatest(  # of what is not null
            cast(cast(func.pg_current_xact_id(), Text), BigInteger),
            select(_revisions.c.transaction_id)
            .where(
                _revisions.c.organization_id == bindparam("organization", None),
                _revisions.c.post_id == bindparam("post", None),
                _revisions.c.version == bindparam("version_before", None),
            )
            .scalar_subquery(),
        ),
        "position": func.nextval("event_positions"),
    },
}
"""By dialect, the values with which a new row becomes the last event of its organisation and of its post. They need
the parameters that told_to_place gives."""


def told_to_place(dialect: str, organization_id: int, revision: Revision) -> dict[str, Any]:
    """The parameters of PLACE_OF_NEW, besides those that are columns of the row."""
    told: dict[str, Any] = {"organization": organization_id}
    if dialect == "postgresql":
        told |= {"post": revision.post_id, "version_before": revision.version - 1}
    return told


_HORIZON: Final = cast(cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text), BigInteger)
_place = tuple_(_revisions.c.transaction_id, _revisions.c.position)
_is_event = _revisions.c.transaction_id.is_not(None)

IS_SETTLED: Final[dict[str, ColumnElement[bool]]] = {
    "sqlite": _is_event,
    "postgresql": _is_event & (_revisions.c.transaction_id < _HORIZON),
}
"""By dialect, whether a revision is an event that no other can come before any more."""


class EventRepository:
    """The events of one organisation, in one transaction."""

    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def after(
        self,
        cursor: Cursor,
        *,
        limit: int,
        post_id: UUID | None = None,
        statuses: Collection[PostStatus] | None = None,
        types: Collection[EventType] | None = None,
    ) -> list[Event]:
        """The next events, the earliest first, of one post or of all, with one of these statuses or types or any."""
        conditions = [*self._follow(cursor), *self._are(post_id, statuses, types)]
        statement = (
            select(_revisions)
            .where(*conditions)
            .order_by(_revisions.c.transaction_id, _revisions.c.position)
            .limit(limit)
        )
        return [event_of_row(row) for row in self._connection.execute(statement)]

    def count_after(self, cursor: Cursor, *, types: Collection[EventType] | None = None) -> int:
        conditions = [*self._follow(cursor), *self._are(None, None, types)]
        statement = select(func.count()).select_from(_revisions).where(*conditions)
        return self._connection.execute(statement).scalar_one()

    def newest(self) -> Cursor:
        """The place after everything that can be read now; START where there is nothing."""
        statement = (
            select(_revisions.c.transaction_id, _revisions.c.position)
            .where(*self._follow(START))
            .order_by(_revisions.c.transaction_id.desc(), _revisions.c.position.desc())
            .limit(1)
        )
        row = self._connection.execute(statement).one_or_none()
        return START if row is None else Cursor(row.transaction_id, row.position)

    def _follow(self, cursor: Cursor) -> list[ColumnElement[bool]]:
        return [
            _revisions.c.organization_id == self._organization_id,
            _place > tuple_(cursor.transaction, cursor.position),
            IS_SETTLED[self._connection.dialect.name],
        ]

    def _are(
        self,
        post_id: UUID | None,
        statuses: Collection[PostStatus] | None,
        types: Collection[EventType] | None,
    ) -> list[ColumnElement[bool]]:
        conditions: list[ColumnElement[bool]] = []
        if post_id is not None:
            conditions.append(_revisions.c.post_id == post_id)
        if statuses is not None:
            conditions.append(_revisions.c.status.in_(sorted(statuses)))
        if types is not None:
            conditions.append(_revisions.c.event.in_(sorted(types)))
        return conditions


def event_of_row(row: Any) -> Event:
    """An event from a whole row of `revisions`, whatever else the row holds."""
    changes: Sequence[Any] = row.changes
    return Event(
        cursor=Cursor(row.transaction_id, row.position),
        type=EventType(row.event),
        at=row.changed_at,
        post_id=row.post_id,
        version=row.version,
        status=PostStatus(row.status),
        changed_fields=tuple(field for field, _, _ in changes),
    )
