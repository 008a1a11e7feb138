"""What a resolver knows of its request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

import strawberry

from resolvers.delivery_logs import DeliveryLoader
from resolvers.histories import HistoryLoader

if TYPE_CHECKING:
    from app.commands.service import Caller
    from app.commands.unit import Command
    from resolvers.subscriptions.feeds import Feeds

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Context:
    caller: Caller
    histories: HistoryLoader
    deliveries: DeliveryLoader
    feeds: Feeds

    @classmethod
    def of(cls, caller: Caller, feeds: Feeds) -> Context:
        return cls(caller, HistoryLoader(caller), DeliveryLoader(caller), feeds)

    async def run(self, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command for the caller. Raises Forbidden when the key's scopes do not cover it."""
        return await self.caller.run(command, *args, **kwargs)


Info: TypeAlias = strawberry.Info[Context, None]
