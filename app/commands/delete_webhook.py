"""Delete a webhook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from uuid import UUID


@writes
def delete_webhook(unit: Unit, *, webhook_id: UUID) -> None:
    """With its log and what it has not been told of yet. Raises WebhookNotFound."""
    unit.webhooks.delete(webhook_id)
