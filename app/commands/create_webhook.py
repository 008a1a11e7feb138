"""Add a webhook, and say once what its calls are signed with."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads, writes
from app.domain.webhook import Webhook, new_secret

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedWebhook:
    """sealed_secret: the secret, encrypted, in base64: an answer that is kept for a repeat must not hold it open."""

    webhook: Webhook
    sealed_secret: str


@writes
def create_webhook(unit: Unit, *, url: str, events: Sequence[str]) -> CreatedWebhook:
    """Store a new webhook, which is told of what changes from now on. Raises InvalidInput, as Webhook.create does."""
    webhook = Webhook.create(
        unit.new_id(),
        url=url,
        events=events,
        newest=unit.events.newest(),
        now=unit.now,
        others=unit.webhooks.count(),
        keeps_secrets=unit.webhooks.keeps_secrets,
    )
    sealed = unit.webhooks.seal(webhook.id, new_secret())
    unit.webhooks.add(webhook, sealed_secret=sealed)
    return CreatedWebhook(webhook=webhook, sealed_secret=base64.b64encode(sealed).decode())


@reads
def open_secret(unit: Unit, *, created: CreatedWebhook) -> str:
    """The secret of a webhook that was just created, for the answer to whoever created it.

    Raises SecretUnreadable, after the server has lost the key.
    """
    return unit.webhooks.open(created.webhook.id, base64.b64decode(created.sealed_secret))
