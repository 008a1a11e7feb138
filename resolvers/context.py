"""What a resolver knows of its request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, ParamSpec, TypeAlias, TypeVar

import strawberry

from resolvers.delivery_logs import DeliveryLoader
from resolvers.histories import HistoryLoader

if TYPE_CHECKING:
    from app.commands.service import Caller
    from app.commands.unit import Command
    from resolvers.operations.operation import Operation
    from resolvers.subscriptions.feeds import Feeds

P = ParamSpec("P")
T = TypeVar("T")


class Context:
    """Of one operation. operation: what is executed, where it was prepared; only Strawberry has to be told."""

    def __init__(self, caller: Caller, feeds: Feeds) -> None:
        self.caller = caller
        self.feeds = feeds
        self.operation: Operation | None = None

    @cached_property
    def histories(self) -> HistoryLoader:
        return HistoryLoader(self.caller)

    @cached_property
    def deliveries(self) -> DeliveryLoader:
        return DeliveryLoader(self.caller)

    async def run(self, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command for the caller. Raises Forbidden when the key's scopes do not cover it."""
        return await self.caller.run(command, *args, **kwargs)


Info: TypeAlias = strawberry.Info[Context, None]
