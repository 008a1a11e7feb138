"""An account as OpenAPI shows it."""

from __future__ import annotations

from typing import Any, Final

HEALTH: Final = {"status": "healthy", "can_post": True}
ACCOUNT: Final[dict[str, Any]] = {
    "account_id": 2280,
    "platform": "instagram",
    "account_name": "@mybrand",
    "is_active": True,
    "created_at": "2026-04-10T12:00:00.000Z",
    "health": HEALTH,
}
ACCOUNT_LIST: Final = {"accounts": [ACCOUNT]}
