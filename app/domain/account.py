"""An account: one profile on one platform that posts can go to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from app.domain.rule_overrides import RuleOverrides

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.platforms import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """id: positive, below 2**31, unique within the organisation.

    minimum_gap_minutes: how far apart its posts must be; 0 for no gap. has_credentials: whether the means to publish
    to it are stored. What they are is never part of an account. rules: where it differs from its platform.
    """

    id: int
    platform: Platform
    name: str
    is_active: bool
    created_at: datetime
    minimum_gap_minutes: int = 0
    has_credentials: bool = False
    rules: RuleOverrides = RuleOverrides()

    @property
    def can_publish(self) -> bool:
        return self.is_active and self.has_credentials

    @property
    def minimum_gap(self) -> timedelta:
        return timedelta(minutes=self.minimum_gap_minutes)
