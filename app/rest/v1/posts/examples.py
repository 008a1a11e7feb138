"""The documented API's own examples, which OpenAPI shows."""

from __future__ import annotations

from typing import Any, Final

POST_ID: Final = "f47ac10b-58cc-4372-a567-0e02b2c3d479"
MEDIA: Final = {"media_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "type": "image", "width": 1920, "height": 1080}
DESTINATIONS: Final[list[dict[str, Any]]] = [
    {
        "account_id": account_id,
        "account_name": name,
        "platform": platform,
        "status": "queued",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": None,
        "attempts": 0,
    }
    for account_id, name, platform in (
        (2280, "@mybrand", "instagram"),
        (2282, "@mybrand", "x"),
        (2285, "My Brand", "linkedin"),
    )
]
POST: Final[dict[str, Any]] = {
    "post_id": POST_ID,
    "id": POST_ID,
    "status": "scheduled",
    "content": "Updated caption — new launch date confirmed!",
    "account_ids": [2280, 2282, 2285],
    "scheduled_for": "2026-04-20T09:00:00.000Z",
    "timezone": "UTC",
    "media_ids": [MEDIA["media_id"]],
    "media": [MEDIA],
    "platform_content": {},
    "destinations": DESTINATIONS,
    "created_at": "2026-04-10T12:00:00.000Z",
    "updated_at": "2026-04-12T08:30:00.000Z",
    "next_step": f"Post rescheduled to 2026-04-20T09:00:00.000Z. Call GET /v1/posts/{POST_ID} to check status.",
}
PAGINATION: Final = {"limit": 20, "offset": 0, "total": 1, "has_more": False}
POST_PAGE: Final = {"posts": [POST], "pagination": PAGINATION}
DELETED_POST: Final = {"post_id": POST_ID, "deleted": True}
UPDATE: Final = {
    "content": "Updated caption — new launch date confirmed!",
    "scheduled_for": "2026-04-20T09:00:00Z",
    "timezone": "UTC",
    "media_ids": [MEDIA["media_id"]],
}
CREATE: Final = {
    "content": "We launch next week.",
    "account_ids": [2280],
    "scheduled_for": "2026-04-20T09:00:00Z",
    "media_ids": [MEDIA["media_id"]],
}
