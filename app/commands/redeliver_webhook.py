"""Tell a webhook again of what it has been told of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.domain.webhook import Webhook

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.events import Cursor


@dataclass(frozen=True, slots=True, kw_only=True)
class RedeliveredWebhook:
    """scheduled_count: how many events the webhook is about to be told of."""

    webhook: Webhook
    scheduled_count: int


@writes
def redeliver_webhook(unit: Unit, *, webhook_id: UUID, after: Cursor | None) -> RedeliveredWebhook:
    """Wind a webhook back to a cursor, or to its creation, so that deliveries are made of every event since.

    Attempts that it still had before it at some of these events are given up for the new ones. Raises WebhookNotFound.
    """
    webhook = unit.webhooks.get_to_change(webhook_id).wound_back(after, newest=unit.events.newest())
    unit.webhooks.supersede(webhook)
    unit.webhooks.save(webhook)
    count = unit.events.count_after(webhook.cursor, types=webhook.events or None)
    return RedeliveredWebhook(webhook=webhook, scheduled_count=count)
