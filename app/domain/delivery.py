"""Deliveries: one webhook told of one change, as often as it takes.

A receiver may be told of a change more than once (an answer is lost, somebody asks for it again). Every time, the call
has the same webhook-id and the same bytes, so that a receiver can tell that it has heard of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.domain.events import Event
    from app.domain.history import EventType

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""After each failed attempt, as Standard Webhooks has them; after one more, the delivery is given up."""

MOST_ATTEMPTS: Final = len(PAUSES) + 1

LOG_KEPT: Final = timedelta(days=30)

GONE: Final = 410
"""The status with which a receiver says that it wants no more calls."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One line of a webhook's log. at: when the change was made. status: the last HTTP status, None before any.

    next_attempt_at: None once it is delivered, given up, or superseded by another delivery of the same change.
    error: a sentence about the last failure.
    """

    id: UUID
    webhook_id: UUID
    post_id: UUID
    event: EventType
    at: datetime
    attempts: int
    status: int | None
    delivered_at: datetime | None
    next_attempt_at: datetime | None
    error: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueDelivery:
    """One call to make. attempt: from 1. secret: what signs it; None where no key opens it."""

    organization_id: int
    webhook_id: UUID
    delivery_id: UUID
    attempt: int
    url: str = field(repr=False)
    secret: str | None = field(repr=False)
    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReport:
    """What came of one call. status: None where there was no answer. error: None after a success.

    pause: how long to wait before the next attempt; None where there is none.
    """

    status: int | None
    error: str | None
    pause: timedelta | None

    @classmethod
    def of_success(cls, status: int) -> DeliveryReport:
        return cls(status=status, error=None, pause=None)

    @classmethod
    def of_failure(
        cls, attempt: int, *, status: int | None, error: str, asked: timedelta | None, chance: float
    ) -> DeliveryReport:
        """asked: how long the receiver wants to be left alone. chance: see pause_after."""
        pause = None if status == GONE else pause_after(attempt, chance=chance)
        if pause is not None and asked is not None:
            pause = max(pause, asked)
        return cls(status=status, error=error, pause=pause)

    @property
    def is_delivered(self) -> bool:
        return self.error is None

    @property
    def is_gone(self) -> bool:
        return self.status == GONE


def pause_after(attempt: int, *, chance: float) -> timedelta | None:
    """How long to wait after a failed attempt, by its number from 1; None after the last.

    chance: from 0 to 1, by which the wait is up to a tenth longer: what failed together does not come back together.
    """
    if attempt > len(PAUSES):
        return None
    return PAUSES[attempt - 1] * (1 + chance / 10)


def payload(event: Event) -> bytes:
    """What a receiver is told of a change: JSON in UTF-8, the same bytes every time.

    The post's content is not part of it: whoever may read the post asks for it.
    """
    told = {
        "type": event.type,
        "timestamp": format_instant(event.at),
        "data": {
            "post_id": str(event.post_id),
            "version": event.version,
            "status": event.status,
            "changed_fields": event.changed_fields,
            "cursor": str(event.cursor),
        },
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
