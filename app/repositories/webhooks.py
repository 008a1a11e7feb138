"""Webhooks and the logs of their deliveries: rows to domain objects and back, within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, select, tuple_, update

from app.domain.delivery import Delivery
from app.domain.errors import WebhookNotFound
from app.domain.events import Cursor
from app.domain.history import EventType
from app.domain.webhook import Webhook
from app.repositories.tables import RevisionRow, WebhookDeliveryRow, WebhookRow

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy import Connection

    from app.repositories.credential_cipher import CredentialCipher

_webhooks = WebhookRow.__table__  # type: ignore[attr-defined]
_deliveries = WebhookDeliveryRow.__table__  # type: ignore[attr-defined]
_revisions = RevisionRow.__table__  # type: ignore[attr-defined]

# Secrets are read by nobody who shows webhooks.
_SHOWN = tuple(column for column in _webhooks.c if column is not _webhooks.c.secret)
_is_ours = _webhooks.c.organization_id == bindparam("organization")
_is_this_webhook = (_is_ours, _webhooks.c.id == bindparam("webhook"))
_select_all = select(*_SHOWN).where(_is_ours).order_by(_webhooks.c.id)
# Not FOR UPDATE: deliveries of it may be recorded meanwhile.
_lock_webhook = select(*_SHOWN).where(*_is_this_webhook).with_for_update(key_share=True)
_lock_secrets = (
    select(_webhooks.c.id, _webhooks.c.secret).where(_is_ours).order_by(_webhooks.c.id).with_for_update(key_share=True)
)
_update_webhook = update(_webhooks).where(*_is_this_webhook)

_is_in_its_log = (
    _deliveries.c.organization_id == bindparam("organization"),
    _deliveries.c.webhook_id == bindparam("webhook"),
)
_select_log = select(_deliveries).where(*_is_in_its_log).order_by(_deliveries.c.id.desc()).limit(bindparam("limit"))
_is_of_an_event_after = (
    select(_revisions.c.post_id)
    .where(
        _revisions.c.organization_id == _deliveries.c.organization_id,
        _revisions.c.post_id == _deliveries.c.post_id,
        _revisions.c.version == _deliveries.c.version,
        tuple_(_revisions.c.transaction_id, _revisions.c.position)
        > tuple_(bindparam("transaction"), bindparam("position")),
    )
    .correlate(_deliveries)
    .exists()
)
_supersede = (
    update(_deliveries)
    .where(*_is_in_its_log, _deliveries.c.next_attempt_at.is_not(None), _is_of_an_event_after)
    .values(next_attempt_at=None)
)


class WebhookRepository:
    """The webhooks of one organisation, in one transaction."""

    def __init__(self, connection: Connection, organization_id: int, *, cipher: CredentialCipher | None = None) -> None:
        """cipher: seals and opens secrets; without one, everything else about webhooks works."""
        self._connection = connection
        self._organization_id = organization_id
        self._cipher = cipher

    @property
    def keeps_secrets(self) -> bool:
        """Whether secrets can be stored."""
        return self._cipher is not None

    def all(self) -> list[Webhook]:
        """Every webhook of the organisation, the oldest first."""
        rows = self._connection.execute(_select_all, {"organization": self._organization_id})
        return [_webhook_of(row) for row in rows]

    def count(self) -> int:
        statement = select(func.count()).select_from(_webhooks).where(_is_ours)
        return self._connection.execute(statement, {"organization": self._organization_id}).scalar_one()

    def get_to_change(self, webhook_id: UUID) -> Webhook:
        """The webhook, locked until the transaction ends. Raises WebhookNotFound."""
        row = self._connection.execute(_lock_webhook, self._keys(webhook_id)).one_or_none()
        if row is None:
            raise WebhookNotFound(webhook_id)
        return _webhook_of(row)

    def add(self, webhook: Webhook, *, sealed_secret: bytes) -> None:
        values = {
            "organization_id": self._organization_id,
            "id": webhook.id,
            "url": webhook.url,
            "events": list(webhook.events),
            "secret": sealed_secret,
            "created_at": webhook.created_at,
            "first_transaction_id": webhook.created_after.transaction,
            "first_position": webhook.created_after.position,
            **_changeable(webhook),
        }
        self._connection.execute(insert(_webhooks), values)

    def save(self, webhook: Webhook) -> None:
        """Store what may have changed of a webhook that was got to be changed."""
        self._connection.execute(_update_webhook.values(_changeable(webhook)), self._keys(webhook.id))

    def supersede(self, webhook: Webhook) -> None:
        """Make no further attempt at deliveries of events after the webhook's cursor: new ones will be made of them."""
        self._connection.execute(
            _supersede,
            {
                **self._keys(webhook.id),
                "transaction": webhook.cursor.transaction,
                "position": webhook.cursor.position,
            },
        )

    def delete(self, webhook_id: UUID) -> None:
        """With its log. Raises WebhookNotFound."""
        if not self._connection.execute(delete(_webhooks).where(*_is_this_webhook), self._keys(webhook_id)).rowcount:
            raise WebhookNotFound(webhook_id)

    def newest_deliveries(self, webhook_id: UUID, *, limit: int) -> list[Delivery]:
        """The newest lines of a webhook's log, the newest first; none of one that is not there."""
        rows = self._connection.execute(_select_log, {**self._keys(webhook_id), "limit": limit})
        return [_delivery_of(row) for row in rows]

    def seal(self, webhook_id: UUID, secret: str) -> bytes:
        return self._sealing.seal_secret(secret, organization_id=self._organization_id, webhook_id=webhook_id)

    def open(self, webhook_id: UUID, sealed_secret: bytes) -> str:
        """Raises SecretUnreadable."""
        return self._sealing.open_secret(sealed_secret, organization_id=self._organization_id, webhook_id=webhook_id)

    def seal_again(self) -> int:
        """Seal all stored secrets with the first of the keys; the answer counts them. Raises SecretUnreadable."""
        sealed = self._connection.execute(_lock_secrets, {"organization": self._organization_id}).all()
        for id, token in sealed:
            again = self.seal(id, self.open(id, bytes(token)))
            self._connection.execute(_update_webhook.values(secret=again), self._keys(id))
        return len(sealed)

    def _keys(self, webhook_id: UUID) -> dict[str, Any]:
        return {"organization": self._organization_id, "webhook": webhook_id}

    @property
    def _sealing(self) -> CredentialCipher:
        if self._cipher is None:
            raise ValueError("there is no cipher to seal or open secrets with")
        return self._cipher


def _changeable(webhook: Webhook) -> dict[str, Any]:
    return {
        "is_active": webhook.is_active,
        "transaction_id": webhook.cursor.transaction,
        "position": webhook.cursor.position,
    }


def _webhook_of(row: Any) -> Webhook:
    return Webhook(
        id=row.id,
        url=row.url,
        events=tuple(EventType(event) for event in row.events),
        is_active=row.is_active,
        created_at=row.created_at,
        created_after=Cursor(row.first_transaction_id, row.first_position),
        cursor=Cursor(row.transaction_id, row.position),
    )


def _delivery_of(row: Any) -> Delivery:
    return Delivery(
        id=row.id,
        webhook_id=row.webhook_id,
        post_id=row.post_id,
        event=EventType(row.event),
        at=row.at,
        attempts=row.attempts,
        status=row.status,
        delivered_at=row.delivered_at,
        next_attempt_at=row.next_attempt_at,
        error=row.error,
    )
