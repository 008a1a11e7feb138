"""What requests about posts are refused with, as OpenAPI shows it."""

from __future__ import annotations

from typing import Final

from app.rest.v1.documentation import refusal

FIELD_NAME: Final = refusal(
    "invalid_field_name",
    "Unknown field media: did you mean media_ids?",
    {"field": "media", "suggestion": "media_ids"},
)
PAST_TIME: Final = refusal(
    "past_schedule_time",
    "`scheduled_for` must be in the future.",
    [
        {
            "path": ["scheduled_for"],
            "code": "PAST_SCHEDULE_TIME",
            "message": "`scheduled_for` must be in the future.",
        }
    ],
)
NOT_FOUND: Final = refusal("not_found", "Post not found.")
PUBLISHED: Final = refusal("post_already_published", "Cannot update a post that has already been published.")
PUBLISHED_DELETE: Final = refusal(
    "post_already_published",
    "Cannot delete a post that has already been published. Delete it from the platform directly.",
)
IN_PROGRESS: Final = refusal(
    "conflict", "The post is being published right now. Try again when its status has settled."
)
ACCOUNT_PUBLISHED: Final = refusal(
    "conflict",
    "The post has already been published to account 2280, which cannot be left out.",
    {"account_ids": [2280]},
)
VERSION: Final = refusal("version_conflict", "The post has changed: its current version is 3.", {"current_version": 3})
_PARAMETER: Final = "`limit` must be at most 100."
BAD_PARAMETER: Final = refusal(
    "validation_error", _PARAMETER, [{"path": ["limit"], "code": "INVALID_VALUE", "message": _PARAMETER}]
)
