"""Read the logs of webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from app.domain.delivery import Delivery


@reads
def list_deliveries(unit: Unit, *, webhook_ids: Collection[UUID], limit: int) -> dict[UUID, list[Delivery]]:
    """The newest deliveries of each webhook, the newest first. A webhook that does not exist has none."""
    return {id: unit.webhooks.newest_deliveries(id, limit=limit) for id in webhook_ids}
