"""Webhooks of the demo's organisation for tests, and what a worker finds to do for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from uuid import UUID

from sqlalchemy import Connection, select

from app.commands.create_webhook import create_webhook, open_secret
from app.commands.dispatch_deliveries import Dispatch, dispatch_deliveries
from app.commands.list_deliveries import list_deliveries
from app.commands.service import Service
from app.commands.unit import Everywhere
from app.commands.update_post import update_post
from app.domain.call_limits import CallLimits, CallsHeld, Full
from app.domain.changes import PostChanges
from app.domain.delivery import Delivery
from app.domain.webhook import Webhook
from app.repositories.database import Database
from app.repositories.deliveries import NextDelivery, look_columns, parameters_of

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    webhook: Webhook
    secret: str

    @property
    def id(self) -> UUID:
        return self.webhook.id


async def make_webhook(
    service: Service, url: str = "https://hooks.test/in", *events: str, organization_id: int = 1
) -> Made:
    created = await service.run(organization_id, create_webhook, url=url, events=events)
    secret = await service.run(organization_id, open_secret, created=created)
    return Made(webhook=created.webhook, secret=secret)


async def change(service: Service, post_id: UUID, content: str, *, organization_id: int = 1) -> None:
    """Make one event: post.updated."""
    await service.run(organization_id, update_post, post_id=post_id, changes=PostChanges(content=content))


async def dispatch(
    service: Service,
    *,
    limit: int = 100,
    per_webhook: int = 100,
    per_organization: int = 1000,
    held: Mapping[UUID, int] = MappingProxyType({}),
) -> Dispatch:
    """Make deliveries of what is new, and claim what is due.

    limit: calls that there is still room for. held: those that are made already, by webhooks of the first organisation.
    """
    making = CallsHeld(Counter(held), Counter({1: sum(held.values())}))
    limits = CallLimits(
        at_once=limit + making.by_webhook.total(), per_webhook=per_webhook, per_organization=per_organization
    )

    def work(everywhere: Everywhere) -> Dispatch:
        return dispatch_deliveries(everywhere, lease=LEASE, limits=limits, held=making)

    return await service.work_everywhere(work)


async def log_of(service: Service, webhook_id: UUID, *, organization_id: int = 1) -> list[Delivery]:
    """Its deliveries, the oldest first."""
    logs = await service.run(organization_id, list_deliveries, webhook_ids=[webhook_id], limit=10_000)
    return logs[webhook_id][::-1]


async def look(database: Database, *full: UUID) -> NextDelivery:
    """What a worker finds that makes no more calls to some webhooks for now."""

    def read(connection: Connection) -> NextDelivery:
        statement = select(*look_columns(connection.dialect.name))
        row = connection.execute(statement, parameters_of(Full(full))).one()
        return NextDelivery(row.next_delivery, bool(row.is_behind))

    return await database.read(read)
