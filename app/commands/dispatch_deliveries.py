"""Make deliveries of new events, and claim those that are due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

    from app.commands.unit import Everywhere
    from app.domain.call_limits import CallLimits, CallsHeld
    from app.domain.delivery import DueDelivery


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """caught_up: how many webhooks deliveries were made for. due: the calls to make, claimed."""

    caught_up: int
    due: list[DueDelivery]


def dispatch_deliveries(everywhere: Everywhere, *, lease: timedelta, limits: CallLimits, held: CallsHeld) -> Dispatch:
    """See DeliveryRepository.fan_out and .claim_due. Without room for a call, deliveries are made all the same."""
    now = everywhere.now
    caught_up = everywhere.deliveries.fan_out(now=now, new_id=everywhere.new_id)
    if held.by_webhook.total() >= limits.at_once:
        return Dispatch(caught_up=caught_up, due=[])
    due = everywhere.deliveries.claim_due(now=now, lease=lease, limits=limits, held=held)
    return Dispatch(caught_up=caught_up, due=due)
