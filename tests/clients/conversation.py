"""What both typed programs, python/use.py and typescript/use.ts, must print after the same talk with the demo's server.

The post that they write is deleted at the end: the server is then as it was before.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

SENT: Final = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0).astimezone(timezone(timedelta(hours=2)))
"""The instant for the post, with an offset that the server does not keep."""

_POST: Final = {
    "content": "Written by a typed client",
    "is_scheduled": True,
    "account_ids": [2282],
    "timezone": "UTC",
    "has_the_banner": True,
    "platform_content": {},
    "version": 1,
    "on_x": [2282],
}


def conversation(scheduled_for: str) -> dict[str, Any]:
    """scheduled_for: the post's time as the program prints it."""
    created = _POST | {"scheduled_for": scheduled_for}
    updated = created | {"timezone": "Europe/Paris", "platform_content": {"x": {"content": "Short"}}, "version": 2}
    return {
        "accounts": [
            [2280, "INSTAGRAM", True],
            [2282, "X", True],
            [2285, "LINKEDIN", True],
            [2290, "TIKTOK", True],
            [2299, "MASTODON", False],
        ],
        "created": created,
        "incomplete": [["scheduledFor", "REQUIRED"], ["accountIds", "REQUIRED"], ["content", "REQUIRED"]],
        "updated": {"changed_fields": ["timezone", "platformContent"], "post": updated},
        "cleared": {"changed_fields": ["content"], "post": updated | {"content": "", "version": 3}},
        "stale": {"code": "VERSION_CONFLICT", "current": 3, "content": ""},
        "unknown": {
            "code": "NOT_FOUND",
            "message": "Post not found.",
            "id": "00000000-0000-0000-0000-000000000009",
        },
        "published": {
            "code": "ALREADY_PUBLISHED",
            "message": "The post has already been published.",
            "status": "PUBLISHED",
        },
        "publishing": {"code": "PUBLISHING_IN_PROGRESS", "message": IN_PROGRESS, "status": "PUBLISHING"},
        "partly_out": {
            "code": "ACCOUNT_ALREADY_PUBLISHED",
            "message": "The post has already been published to account 2280, which cannot be left out.",
            "account_ids": [2280],
        },
        "misnamed": {"code": "INVALID_FIELD_NAME", "field": "media", "suggestion": "mediaIds"},
        "wrong": {
            "code": "INVALID_INPUT",
            "issues": [["timezone", "INVALID_VALUE"], ["accountIds", "UNKNOWN_ID"]],
        },
        "found": [2, True, ["Meet the team behind the launch."]],
        "deletions": ["VersionConflict", "DeletePostSuccess", "NotFound"],
    }


IN_PROGRESS: Final = "The post is being published right now. Try again when its status has settled."
