"""The schedule, across organisations: which posts a worker has something to do about, and when it has next.

Every look here is by an index that holds only what is still to go out, so that it costs the same among a million posts
as among ten thousand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, func, literal_column, or_, select, true, tuple_, update

from app.domain.call_limits import NOBODY, Full
from app.domain.destination import DestinationStatus
from app.domain.post import PostStatus
from app.domain.publishing import LONGEST_LEASE, LONGEST_PAUSE
from app.repositories.deliveries import NextDelivery, look_columns, parameters_of
from app.repositories.tables import DestinationRow, PostRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

    from app.domain.publishing import Attempt

_posts = PostRow.__table__  # type: ignore[attr-defined]
_destinations = DestinationRow.__table__  # type: ignore[attr-defined]

# Written as the conditions of the partial indexes are: a bound status would hide from the planner that they apply.
_is_scheduled = _posts.c.status == literal_column(f"'{PostStatus.SCHEDULED}'")
_waits = _destinations.c.next_attempt_at.is_not(None)
_is_leased = _destinations.c.lease_until.is_not(None)

_lock_due = (
    select(_posts.c.organization_id, _posts.c.id)
    .where(_is_scheduled, _posts.c.scheduled_for <= bindparam("now"))
    .order_by(_posts.c.scheduled_for)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True)
)


def _lock_posts_of(condition: ColumnElement[bool], order: ColumnElement[Any]) -> Any:
    """Posts on the wire of which a destination wants something done: the post is locked, not the destination."""
    return (
        select(_posts.c.organization_id, _posts.c.id)
        .join_from(
            _destinations,
            _posts,
            (_posts.c.organization_id == _destinations.c.organization_id) & (_posts.c.id == _destinations.c.post_id),
        )
        .where(condition, _posts.c.status == PostStatus.PUBLISHING)
        .order_by(order)
        .limit(bindparam("limit"))
        .with_for_update(skip_locked=True, of=_posts)
    )


_lock_waiting = _lock_posts_of(
    _waits
    & or_(_destinations.c.next_attempt_at <= bindparam("now"), _destinations.c.next_attempt_at > bindparam("too_far")),
    _destinations.c.next_attempt_at,
)
_lock_lapsed = _lock_posts_of(
    _is_leased
    & or_(_destinations.c.lease_until <= bindparam("now"), _destinations.c.lease_until > bindparam("too_far")),
    _destinations.c.lease_until,
)
_select_next = {
    dialect: select(
        select(func.min(_posts.c.scheduled_for)).where(_is_scheduled).scalar_subquery().label("scheduled"),
        select(func.min(_destinations.c.next_attempt_at)).where(_waits).scalar_subquery().label("waiting"),
        select(func.min(_destinations.c.lease_until)).where(_is_leased).scalar_subquery().label("leased"),
        *look_columns(dialect),
    )
    for dialect in ("sqlite", "postgresql")
}
"""One statement for all that a worker may have to do, so that an idle one asks as little as it can."""
_lock_post = (
    select(_posts.c.id)
    .where(_posts.c.organization_id == bindparam("organization"), _posts.c.id == bindparam("post"))
    .with_for_update(key_share=True)
)
_is_this_attempt = (
    _destinations.c.organization_id == bindparam("organization"),
    _destinations.c.post_id == bindparam("post"),
    _destinations.c.account_id == bindparam("account"),
    _destinations.c.attempts == bindparam("attempt"),
    _destinations.c.status == DestinationStatus.PUBLISHING,
)
_renew = update(_destinations).where(*_is_this_attempt).values(lease_until=bindparam("until"))
_begin = (
    update(_destinations)
    .where(
        *_is_this_attempt,
        _destinations.c.lease_until > bindparam("now"),
        or_(
            _destinations.c.called_at.is_(None),
            # One that is yet to come was made before the clock was set back: how long ago, nobody can tell.
            (_destinations.c.called_at > bindparam("oldest")) & (_destinations.c.called_at <= bindparam("now")),
        ),
    )
    .values(called_at=func.coalesce(_destinations.c.called_at, bindparam("now")))
)


@dataclass(frozen=True, slots=True)
class NextLook:
    """When the next post is due by the schedule, the next pause is over, and the next claim lapses; None for never."""

    scheduled: datetime | None
    waiting: datetime | None
    leased: datetime | None

    @property
    def first(self) -> datetime | None:
        return min((at for at in (self.scheduled, self.waiting, self.leased) if at is not None), default=None)

    def is_due(self, now: datetime) -> bool:
        """Whether something is to be done now. What lies further ahead than it can was written by a clock set back."""
        return (
            (self.scheduled is not None and self.scheduled <= now)
            or (self.waiting is not None and not now < self.waiting <= now + LONGEST_PAUSE)
            or (self.leased is not None and not now < self.leased <= now + LONGEST_LEASE)
        )


class ScheduleRepository:
    """What is due, of every organisation, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def next(self, full: Full = NOBODY) -> tuple[NextLook, NextDelivery]:
        """When there is something to do about posts, and about deliveries to webhooks that are not full."""
        row = self._connection.execute(_select_next[self._connection.dialect.name], parameters_of(full)).one()
        return (
            NextLook(row.scheduled, row.waiting, row.leased),
            NextDelivery(row.next_delivery, bool(row.is_behind)),
        )

    def lock_due(
        self, now: datetime, *, limit: int, without: Collection[tuple[int, int]] = ()
    ) -> dict[int, list[UUID]]:
        """By organisation, up to `limit` posts that a worker has something to do about, locked; those that another
        worker holds are passed over. Whose claims have lapsed comes first, then whose pauses are over, then what the
        schedule says, the most overdue first.

        without: (organisation, account) pairs; posts that go to one of them are left for later.
        """
        found: dict[tuple[int, UUID], None] = {}
        for statement, reach in ((_lock_lapsed, LONGEST_LEASE), (_lock_waiting, LONGEST_PAUSE), (_lock_due, None)):
            if len(found) >= limit:
                break
            values = {"now": now, "limit": limit - len(found)}
            if reach is not None:
                values["too_far"] = now + reach
            if without:
                statement = statement.where(_goes_to_none_of(without))
            found.update({(row.organization_id, row.id): None for row in self._connection.execute(statement, values)})
        posts: dict[int, list[UUID]] = {}
        for organization_id, post_id in found:
            posts.setdefault(organization_id, []).append(post_id)
        return posts

    def renew(self, attempts: Iterable[Attempt], *, until: datetime) -> None:
        """Keep claims from lapsing. Those that have been lost already stay lost."""
        rows = [{**_keys(attempt), "until": until} for attempt in attempts]
        if rows:
            self._connection.execute(_renew, rows)

    def try_begin(self, attempt: Attempt, *, now: datetime, repeatable_for: timedelta) -> bool:
        """Note that the call of an attempt is about to be made; False where the claim was lost meanwhile, or an
        earlier call whose outcome is open is too long ago to be repeated."""
        # Whoever claims reads the destination under the post's lock. Without it, that could overwrite the note.
        self._connection.execute(_lock_post, {"organization": attempt.organization_id, "post": attempt.post_id})
        keys = {**_keys(attempt), "now": now, "oldest": now - repeatable_for}
        return self._connection.execute(_begin, keys).rowcount == 1


def _keys(attempt: Attempt) -> dict[str, Any]:
    return {
        "organization": attempt.organization_id,
        "post": attempt.post_id,
        "account": attempt.account_id,
        "attempt": attempt.number,
    }


def _goes_to_none_of(accounts: Collection[tuple[int, int]]) -> ColumnElement[bool]:
    goes_to = _destinations.alias("goes_to")
    return ~(
        select(true())
        .where(
            goes_to.c.organization_id == _posts.c.organization_id,
            goes_to.c.post_id == _posts.c.id,
            tuple_(goes_to.c.organization_id, goes_to.c.account_id).in_(sorted(accounts)),
        )
        # Else PostgreSQL makes an anti-join of it, which without statistics takes seconds for 20,000 posts.
        .offset(literal_column("0"))
        .correlate(_posts)
        .exists()
    )
