"""Deliveries of webhooks, across organisations: which events are to be told of, and what is due.

    revisions ──(a webhook's cursor)──► webhook_deliveries ──(claim)──► the call ──► what came of it

A delivery is made in the transaction that moves the cursor past its event, with the webhook locked: none is lost and
none doubled, however many workers there are. A claim counts the attempt and puts the next one off for as long as a call
may take: a worker that dies leaves a delivery that is due again, and one that comes back late finds another number.
Every look is by an index of one webhook's own, so that one with a long backlog costs the others nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, delete, func, insert, select, tuple_, update

from app.domain.delivery import LOG_KEPT, DeliveryReport, DueDelivery
from app.domain.events import Cursor
from app.domain.history import EventType
from app.repositories.credential_cipher import SecretUnreadable
from app.repositories.events import IS_SETTLED, ONLY_TRANSACTION, EventRepository, event_of_row
from app.repositories.tables import RevisionRow, WebhookDeliveryRow, WebhookRow

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta
    from uuid import UUID

    from sqlalchemy import ColumnElement, Connection

    from app.domain.call_limits import CallLimits, CallsHeld, Full
    from app.repositories.credential_cipher import CredentialCipher

_webhooks = WebhookRow.__table__  # type: ignore[attr-defined]
_deliveries = WebhookDeliveryRow.__table__  # type: ignore[attr-defined]
_revisions = RevisionRow.__table__  # type: ignore[attr-defined]

WEBHOOKS_AT_ONCE: Final = 20
"""Webhooks that one transaction makes deliveries for."""

EVENTS_AT_ONCE: Final = 100
"""Events of one webhook that one transaction makes deliveries of."""

FORGOTTEN_AT_ONCE: Final = 500
"""Deliveries that one transaction deletes."""

_waits = _deliveries.c.next_attempt_at.is_not(None)
_is_of_this_webhook = (
    _deliveries.c.organization_id == _webhooks.c.organization_id,
    _deliveries.c.webhook_id == _webhooks.c.id,
)
_first_due: ColumnElement[Any] = (
    select(_deliveries.c.next_attempt_at)
    .where(*_is_of_this_webhook, _waits)
    .order_by(_deliveries.c.next_attempt_at)
    .limit(1)
    .correlate(_webhooks)
    .scalar_subquery()
)
_has_room = and_(
    _webhooks.c.is_active,
    _webhooks.c.id.not_in(bindparam("full_webhooks", expanding=True)),
    _webhooks.c.organization_id.not_in(bindparam("full_organizations", expanding=True)),
)


_stands_after: Final[Mapping[str, ColumnElement[bool]]] = {
    # SQLite finds a pair of columns in an index only by values, and not by a pair of another table.
    "sqlite": (_revisions.c.transaction_id == ONLY_TRANSACTION) & (_revisions.c.position > _webhooks.c.position),
    "postgresql": tuple_(_revisions.c.transaction_id, _revisions.c.position)
    > tuple_(_webhooks.c.transaction_id, _webhooks.c.position),
}


@cache
def _is_behind(dialect: str) -> ColumnElement[bool]:
    """Whether an active webhook has events after its cursor, of the types that it wants to hear of or of others."""
    follows = (
        select(_revisions.c.version)
        .where(
            _revisions.c.organization_id == _webhooks.c.organization_id,
            _stands_after[dialect],
            IS_SETTLED[dialect],
        )
        .correlate(_webhooks)
        .exists()
    )
    return and_(_webhooks.c.is_active, follows)


def parameters_of(full: Full) -> dict[str, Any]:
    """What look_columns is to be run with."""
    return {"full_webhooks": list(full.webhooks), "full_organizations": list(full.organizations)}


@cache
def look_columns(dialect: str) -> tuple[ColumnElement[Any], ...]:
    """For one statement that looks for whatever a worker may have to do: `next_delivery`, when the next call is due,
    and `is_behind`, whether there are events to make deliveries of.

    See parameters_of for its parameters.
    """
    return (
        select(func.min(_first_due)).where(_has_room).scalar_subquery().label("next_delivery"),
        select(_webhooks.c.id).where(_is_behind(dialect)).exists().label("is_behind"),
    )


@dataclass(frozen=True, slots=True)
class NextDelivery:
    """What look_columns found."""

    at: datetime | None
    is_behind: bool

    def is_due(self, now: datetime) -> bool:
        return self.is_behind or (self.at is not None and self.at <= now)


_select_due_webhooks = (
    select(_webhooks.c.organization_id, _webhooks.c.id, _webhooks.c.url, _webhooks.c.secret)
    .where(_has_room, _first_due <= bindparam("now"))
    .order_by(_first_due, _webhooks.c.id)
    .limit(bindparam("limit"))
)
_lock_due = (
    select(_deliveries.c.id, _deliveries.c.attempts, _revisions)
    .join_from(
        _deliveries,
        _revisions,
        (_revisions.c.organization_id == _deliveries.c.organization_id)
        & (_revisions.c.post_id == _deliveries.c.post_id)
        & (_revisions.c.version == _deliveries.c.version),
    )
    .where(
        _deliveries.c.organization_id == bindparam("organization"),
        _deliveries.c.webhook_id == bindparam("webhook"),
        _waits,
        _deliveries.c.next_attempt_at <= bindparam("now"),
    )
    .order_by(_deliveries.c.next_attempt_at, _deliveries.c.id)
    .limit(bindparam("limit"))
    .with_for_update(skip_locked=True, of=_deliveries)
)
_is_this_delivery = (
    _deliveries.c.organization_id == bindparam("organization"),
    _deliveries.c.id == bindparam("delivery"),
)
_claim = (
    update(_deliveries)
    .where(*_is_this_delivery)
    .values(attempts=_deliveries.c.attempts + 1, next_attempt_at=bindparam("until"))
)
_is_this_webhook = (
    _webhooks.c.organization_id == bindparam("organization"),
    _webhooks.c.id == bindparam("webhook"),
)
_lock_attempt = (
    select(_deliveries.c.next_attempt_at)
    .where(*_is_this_delivery, _deliveries.c.attempts == bindparam("attempt"))
    .with_for_update()
)


class DeliveryRepository:
    """The deliveries of every organisation, in one transaction."""

    def __init__(self, connection: Connection, *, cipher: CredentialCipher | None = None) -> None:
        """cipher: opens the secrets that calls are signed with."""
        self._connection = connection
        self._cipher = cipher

    def fan_out(self, *, now: datetime, new_id: Callable[[], UUID]) -> int:
        """Make deliveries, due at once, of events that webhooks have not been told of; the answer counts webhooks.

        Webhooks that another transaction is at are left to it. Of a long backlog it takes several calls.
        """
        statement = (
            select(_webhooks)
            .where(_is_behind(self._connection.dialect.name))
            # By chance: in any order, those with a long way to go would go first until they have caught up.
            .order_by(func.random())
            .limit(WEBHOOKS_AT_ONCE)
            .with_for_update(skip_locked=True, key_share=True, of=_webhooks)
        )
        webhooks = self._connection.execute(statement).all()
        for webhook in webhooks:
            self._catch_up(webhook, now=now, new_id=new_id)
        return len(webhooks)

    def _catch_up(self, webhook: Any, *, now: datetime, new_id: Callable[[], UUID]) -> None:
        repository = EventRepository(self._connection, webhook.organization_id)
        # The end is looked up first. Whatever stands before it can be read by now, and nothing can come before it any
        # more: where fewer events than the limit are found, all up to the end have been seen, and perhaps some beyond.
        end = repository.newest()
        events = repository.after(
            Cursor(webhook.transaction_id, webhook.position),
            limit=EVENTS_AT_ONCE,
            types=[EventType(event) for event in webhook.events] or None,
        )
        last = events[-1].cursor if events else end
        place = last if len(events) == EVENTS_AT_ONCE else max(last, end)
        if events:
            rows = [
                {
                    "organization_id": webhook.organization_id,
                    "id": new_id(),
                    "webhook_id": webhook.id,
                    "post_id": event.post_id,
                    "version": event.version,
                    "event": event.type,
                    "at": event.at,
                    "created_at": now,
                    "attempts": 0,
                    "next_attempt_at": now,
                }
                for event in events
            ]
            self._connection.execute(insert(_deliveries), rows)
        self._connection.execute(
            update(_webhooks)
            .where(*_is_this_webhook)
            .values(transaction_id=place.transaction, position=place.position),
            {"organization": webhook.organization_id, "webhook": webhook.id},
        )

    def claim_due(self, *, now: datetime, lease: timedelta, limits: CallLimits, held: CallsHeld) -> list[DueDelivery]:
        """Calls to make now, their attempts counted; those that another transaction is claiming are left to it.

        held: the calls that the worker is making already; what is claimed is added to them.
        """
        values = {"now": now, "limit": limits.at_once, **parameters_of(held.full(limits))}
        claimed: list[DueDelivery] = []
        for webhook in self._connection.execute(_select_due_webhooks, values).all():
            room = held.room(webhook.organization_id, webhook.id, limits)
            if room > 0:
                calls = self._claim_of(webhook, now=now, until=now + lease, limit=room)
                held.add(webhook.organization_id, webhook.id, len(calls))
                claimed += calls
        return claimed

    def _claim_of(self, webhook: Any, *, now: datetime, until: datetime, limit: int) -> list[DueDelivery]:
        keys = {"organization": webhook.organization_id}
        rows = self._connection.execute(_lock_due, {**keys, "webhook": webhook.id, "now": now, "limit": limit}).all()
        if not rows:
            return []
        self._connection.execute(_claim, [{**keys, "delivery": row.id, "until": until} for row in rows])
        secret = self._try_open(webhook)
        return [
            DueDelivery(
                organization_id=webhook.organization_id,
                webhook_id=webhook.id,
                delivery_id=row.id,
                attempt=row.attempts + 1,
                url=webhook.url,
                secret=secret,
                event=event_of_row(row),
            )
            for row in rows
        ]

    def record(self, due: DueDelivery, report: DeliveryReport, *, now: datetime) -> None:
        """Store what came of a call, unless another attempt has begun since or nobody wants to know any more."""
        keys = {"organization": due.organization_id, "webhook": due.webhook_id, "delivery": due.delivery_id}
        if report.is_gone:
            # Before the delivery, as whoever deletes or changes a webhook does.
            lock = select(_webhooks.c.id).where(*_is_this_webhook).with_for_update(key_share=True)
            self._connection.execute(lock, keys)
        attempt = self._connection.execute(_lock_attempt, {**keys, "attempt": due.attempt}).one_or_none()
        if attempt is None:
            return
        # One that was superseded meanwhile, or whose webhook has ended, is not taken up again.
        is_awaited = attempt.next_attempt_at is not None
        next_attempt_at = now + report.pause if is_awaited and report.pause is not None else None
        self._connection.execute(
            update(_deliveries)
            .where(*_is_this_delivery)
            .values(
                status=report.status,
                error=report.error,
                delivered_at=now if report.is_delivered else None,
                next_attempt_at=next_attempt_at,
            ),
            keys,
        )
        if report.is_gone and is_awaited:
            self._end(keys)

    def _end(self, keys: Mapping[str, Any]) -> None:
        """Tell a webhook nothing more."""
        self._connection.execute(update(_webhooks).where(*_is_this_webhook).values(is_active=False), keys)
        self._connection.execute(
            update(_deliveries)
            .where(
                _deliveries.c.organization_id == bindparam("organization"),
                _deliveries.c.webhook_id == bindparam("webhook"),
                _waits,
            )
            .values(next_attempt_at=None),
            keys,
        )

    def forget_old(self, *, now: datetime) -> int:
        """Delete some of what the logs have held for too long, the oldest first; the answer counts it."""
        old = (
            select(_deliveries.c.organization_id, _deliveries.c.id)
            .where(_deliveries.c.created_at <= now - LOG_KEPT)
            .order_by(_deliveries.c.created_at)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        keys = [tuple(row) for row in self._connection.execute(old)]
        if keys:
            place = tuple_(_deliveries.c.organization_id, _deliveries.c.id)
            self._connection.execute(delete(_deliveries).where(place.in_(keys)))
        return len(keys)

    def _try_open(self, webhook: Any) -> str | None:
        """What signs a webhook's calls; None where no key opens it."""
        if self._cipher is None:
            return None
        try:
            return self._cipher.open_secret(
                bytes(webhook.secret), organization_id=webhook.organization_id, webhook_id=webhook.id
            )
        except SecretUnreadable:
            return None
