"""The mutations of webhooks. A refusal raised below is answered by resolvers.errors: there is no try here."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET

from app.commands.create_webhook import create_webhook, open_secret
from app.commands.delete_webhook import delete_webhook
from app.commands.redeliver_webhook import redeliver_webhook
from resolvers.context import Info
from resolvers.cursors import read_event_cursor
from resolvers.errors import InvalidInput, NotFound
from resolvers.webhooks import CreateWebhookInput, Webhook, read_webhook_id


@strawberry.type(description="The webhook was created, and is on disk.")
class CreateWebhookSuccess:
    webhook: Webhook = strawberry.field(description="The new webhook.")
    secret: str = strawberry.field(description="What its calls are signed with. Stored encrypted, and shown this once.")


@strawberry.type(description="The webhook is deleted, with its log and what it had not been told of yet.")
class DeleteWebhookSuccess:
    id: strawberry.ID = strawberry.field(description="The webhook that was deleted.")


@strawberry.type(description="The webhook is about to be told again.")
class RedeliverWebhookSuccess:
    webhook: Webhook = strawberry.field(description="The webhook, which is active.")
    scheduled_count: int = strawberry.field(
        description="How many events it is about to be told of: those since the cursor."
    )


CreateWebhookResult = Annotated[
    CreateWebhookSuccess | InvalidInput,
    strawberry.union("CreateWebhookResult", description="What came of creating a webhook."),
]
DeleteWebhookResult = Annotated[
    DeleteWebhookSuccess | NotFound,
    strawberry.union("DeleteWebhookResult", description="What came of deleting a webhook."),
]
RedeliverWebhookResult = Annotated[
    RedeliverWebhookSuccess | NotFound,
    strawberry.union("RedeliverWebhookResult", description="What came of sending events again."),
]
_WEBHOOK_ID = strawberry.argument(description="The webhook's UUID.")


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(description="Add an address that is told of what changes from now on.")
    async def create_webhook(
        self,
        info: Info,
        input: Annotated[CreateWebhookInput, strawberry.argument(description="The new webhook.")],
    ) -> CreateWebhookResult:
        created = await info.context.run(create_webhook, url=input.url, events=input.events)
        secret = await info.context.caller.look_up(open_secret, created=created)
        return CreateWebhookSuccess(webhook=Webhook.of(created.webhook), secret=secret)

    @strawberry.mutation(description="Delete a webhook. It is told nothing more, but for a call that is on the wire.")
    async def delete_webhook(self, info: Info, id: Annotated[strawberry.ID, _WEBHOOK_ID]) -> DeleteWebhookResult:
        webhook_id = read_webhook_id(id)
        await info.context.run(delete_webhook, webhook_id=webhook_id)
        return DeleteWebhookSuccess(id=strawberry.ID(str(webhook_id)))

    @strawberry.mutation(
        description=(
            "Sends again every event since the cursor, each with the webhook-id and the body that it had before. A "
            "webhook that its receiver had ended is active again."
        )
    )
    async def redeliver_webhook(
        self,
        info: Info,
        id: Annotated[strawberry.ID, _WEBHOOK_ID],
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The cursor of an event; left out or null: everything since the webhook was created."
            ),
        ] = UNSET,
    ) -> RedeliverWebhookResult:
        redelivered = await info.context.run(
            redeliver_webhook,
            webhook_id=read_webhook_id(id),
            after=read_event_cursor(after) if isinstance(after, str) else None,
        )
        return RedeliverWebhookSuccess(
            webhook=Webhook.of(redelivered.webhook), scheduled_count=redelivered.scheduled_count
        )
