"""List webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from app.domain.webhook import Webhook


@reads
def list_webhooks(unit: Unit) -> list[Webhook]:
    """Every webhook of the organisation, the oldest first, inactive ones included."""
    return unit.webhooks.all()
