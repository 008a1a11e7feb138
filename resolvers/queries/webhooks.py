"""Reading webhooks."""

from __future__ import annotations

import strawberry

from app.commands.list_webhooks import list_webhooks
from resolvers.context import Info
from resolvers.webhooks import Webhook


@strawberry.type
class WebhookQueries:
    @strawberry.field(description="The caller's webhooks, the oldest first, inactive ones included.")
    async def webhooks(self, info: Info) -> list[Webhook]:
        return [Webhook.of(webhook) for webhook in await info.context.run(list_webhooks)]
