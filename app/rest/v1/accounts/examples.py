"""Accounts as OpenAPI shows them."""

from __future__ import annotations

from typing import Any, Final

HEALTH: Final = {"status": "healthy", "can_post": True}
RULES: Final = {"text_limit": 5000}
CREDENTIALS: Final = {"base_url": "https://mastodon.example", "access_token": "YOUR_ACCESS_TOKEN"}
ACCOUNT: Final[dict[str, Any]] = {
    "account_id": 2280,
    "platform": "instagram",
    "account_name": "@mybrand",
    "is_active": True,
    "minimum_gap_minutes": 0,
    "rules": {},
    "created_at": "2026-04-10T12:00:00.000Z",
    "health": HEALTH,
}
ACCOUNT_LIST: Final = {"accounts": [ACCOUNT]}
CREATE: Final = {
    "platform": "mastodon",
    "account_name": "@mybrand@mastodon.example",
    "credentials": CREDENTIALS,
    "minimum_gap_minutes": 30,
    "rules": RULES,
}
CREATED_ACCOUNT: Final[dict[str, Any]] = {
    "account_id": 2300,
    "platform": "mastodon",
    "account_name": "@mybrand@mastodon.example",
    "is_active": True,
    "minimum_gap_minutes": 30,
    "rules": RULES,
    "created_at": "2026-04-12T08:30:00.000Z",
    "health": HEALTH,
}
UPDATE: Final = {"account_name": "@mybrand", "minimum_gap_minutes": 0, "rules": None}
