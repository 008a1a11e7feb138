"""Webhooks in the schema, and the logs of their deliveries."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry

from app.domain import delivery, webhook
from app.domain.errors import WebhookNotFound
from app.domain.history import EventType
from app.domain.ids import read_uuid
from resolvers.context import Info
from resolvers.pages import read_limit


@strawberry.type(description="One change that a webhook is told of, and how far that has got. Kept for 30 days.")
class WebhookDelivery:
    id: strawberry.ID = strawberry.field(description="The delivery's UUID.")
    event: str = strawberry.field(description="What the change was, e.g. post.updated.")
    post_id: strawberry.ID = strawberry.field(description="The post that changed.")
    at: datetime = strawberry.field(description="When the change was stored.")
    attempts: int = strawberry.field(description="How often it was tried, a try that is on the wire included.")
    status: int | None = strawberry.field(
        description="The HTTP status of the last answer; null where the last try got none."
    )
    error: str | None = strawberry.field(description="What went wrong the last time, for a person; null where nothing.")
    delivered: bool = strawberry.field(description="Whether the receiver has answered with a 2xx.")
    next_attempt_at: datetime | None = strawberry.field(
        description="When it is tried next; null once it is delivered, given up, or replaced by a redelivery."
    )

    @classmethod
    def of(cls, line: delivery.Delivery) -> WebhookDelivery:
        return cls(
            id=strawberry.ID(str(line.id)),
            event=line.event.value,
            post_id=strawberry.ID(str(line.post_id)),
            at=line.at,
            attempts=line.attempts,
            status=line.status,
            error=line.error,
            delivered=line.delivered_at is not None,
            next_attempt_at=line.next_attempt_at,
        )


@strawberry.type(
    description=(
        "An address that is told of changes of posts, with calls signed as https://www.standardwebhooks.com has it. "
        "webhook-id is the same whenever the same change is told of."
    )
)
class Webhook:
    id: strawberry.ID = strawberry.field(description="The webhook's UUID.")
    url: str = strawberry.field(description="Where the calls go.")
    events: list[str] = strawberry.field(description="What it is told of; empty: everything.")
    is_active: bool = strawberry.field(
        description="False once the receiver has answered 410: it is told nothing more until redeliverWebhook."
    )
    created_at: datetime = strawberry.field(description="When it was created. It is told of what changed since.")

    @strawberry.field(description="What it was told of in the last 30 days, the newest delivery first.")
    async def deliveries(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many deliveries: 0 to 100.")] = 20,
    ) -> list[WebhookDelivery]:
        lines = await info.context.deliveries.load(UUID(self.id), limit=read_limit(first))
        return [WebhookDelivery.of(line) for line in lines]

    @classmethod
    def of(cls, known: webhook.Webhook) -> Webhook:
        return cls(
            id=strawberry.ID(str(known.id)),
            url=known.url,
            events=[event.value for event in known.events],
            is_active=known.is_active,
            created_at=known.created_at,
        )


@strawberry.input(description="A new webhook, active from the start.")
class CreateWebhookInput:
    url: str = strawberry.field(
        description=(
            "Where the calls go: http or https (better: https), at most 2048 bytes, without a user name or a password."
        )
    )
    events: list[str] = strawberry.field(
        default_factory=list,
        description=f"What to be told of: {', '.join(EventType)}. Empty: everything.",
    )


def read_webhook_id(written: str) -> UUID:
    """Raises WebhookNotFound for what cannot be the id of any webhook."""
    webhook_id = read_uuid(written)
    if webhook_id is None:
        raise WebhookNotFound(written)
    return webhook_id
