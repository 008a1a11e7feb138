"""How many calls to webhooks a worker makes at once, so that nobody is kept waiting by somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections import Counter
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Full:
    """Webhooks and organisations to which a worker makes no more calls until one of those on the wire has ended."""

    webhooks: Sequence[UUID] = ()
    organizations: Sequence[int] = ()


NOBODY: Final = Full()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """Calls of one worker at once: altogether, to one webhook, and to those of one organisation, so that neither a slow
    receiver nor somebody with many of them keeps others waiting."""

    at_once: int = 64
    per_webhook: int = 4
    per_organization: int = 16


@dataclass(frozen=True, slots=True)
class CallsHeld:
    """The calls that a worker is making: by webhook, and by organisation."""

    by_webhook: Counter[UUID]
    by_organization: Counter[int]

    def room(self, organization_id: int, webhook_id: UUID, limits: CallLimits) -> int:
        return min(
            limits.at_once - self.by_webhook.total(),
            limits.per_webhook - self.by_webhook[webhook_id],
            limits.per_organization - self.by_organization[organization_id],
        )

    def add(self, organization_id: int, webhook_id: UUID, calls: int) -> None:
        self.by_webhook[webhook_id] += calls
        self.by_organization[organization_id] += calls

    def full(self, limits: CallLimits) -> Full:
        return Full(
            [id for id, calls in self.by_webhook.items() if calls >= limits.per_webhook],
            [id for id, calls in self.by_organization.items() if calls >= limits.per_organization],
        )
