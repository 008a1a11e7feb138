"""An account: one profile on one platform that posts can go to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.platforms import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """id: positive, below 2**31, unique within the organisation."""

    id: int
    platform: Platform
    name: str
    is_active: bool
    created_at: datetime
