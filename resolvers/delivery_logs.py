"""Reading the logs of webhooks: one unit of work for all webhooks of a list."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from strawberry.dataloader import DataLoader

from app.commands.list_deliveries import list_deliveries

if TYPE_CHECKING:
    from app.commands.service import Caller
    from app.domain.delivery import Delivery

_Request: TypeAlias = tuple[int, UUID]
"""How many of the newest deliveries, and of which webhook."""


class DeliveryLoader:
    """Reads what one request asks of logs: one unit of work for as many deliveries of each webhook."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        # Nothing is kept: of two mutations in one request, the second may write what the first did not find.
        self._loader: DataLoader[_Request, list[Delivery]] = DataLoader(self._load_all, cache=False)

    async def load(self, webhook_id: UUID, *, limit: int) -> list[Delivery]:
        return await self._loader.load((limit, webhook_id))

    async def _load_all(self, requests: list[_Request]) -> list[list[Delivery]]:
        asked: dict[int, dict[UUID, None]] = {}
        for limit, webhook_id in requests:
            asked.setdefault(limit, {})[webhook_id] = None
        logs = {
            limit: await self._caller.look_up(list_deliveries, webhook_ids=list(ids), limit=limit)
            for limit, ids in asked.items()
        }
        return [logs[limit][webhook_id] for limit, webhook_id in requests]
