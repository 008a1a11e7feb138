"""The `/post/…` routes in OpenAPI: the example of every answer, and the body of every refusal."""

from __future__ import annotations

from typing import Any, Final

from app.rest.ugc.answers import NOT_EDITABLE, Failure, Success
from app.rest.ugc.bodies import UpdateBody
from app.rest.ugc.shapes import PostShape

_POST_ID: Final = "post_71de0000000040008000000000000006"

_POST_EXAMPLE: Final = {
    "id": _POST_ID,
    "account_id": "acc_2290",
    "type": "video",
    "status": "scheduled",
    "caption": "Updated caption!",
    "title": None,
    "media_urls": ["https://blob.vercel-storage.com/video.mp4"],
    "social_audio_id": None,
    "music_post_id": None,
    "scheduled_at": "2025-01-15T14:00:00.000Z",
}
_UPDATE_EXAMPLE: Final = {"postId": _POST_ID, "caption": "Updated caption!", "postTime": "2025-01-15T14:00:00Z"}

_REFUSALS: Final[dict[int, tuple[str, ...]]] = {
    400: (
        NOT_EDITABLE,
        "`postId` is required: the id of the post to update.",
        "`caption` has 501 characters; at most 500 are allowed.",
        "`title` has 91 characters; at most 90 are allowed.",
        "Unknown field mediaUrl: did you mean mediaUrls?",
        "The body is not valid JSON in UTF-8.",
    ),
    401: ("A valid API key is required: Authorization: Bearer YOUR_API_KEY.",),
    403: ("This API key lacks the scope write.",),
    404: ("Post not found",),
    413: ("The body is larger than 1048576 bytes.",),
    415: ("Send the body as Content-Type: application/json.",),
    429: ("Too many requests. Try again in 12 s.",),
    500: ("Something went wrong here. Quote request a1b2c3d4 when you ask about it.",),
}

_success: Final = {"ok": True, "code": 200, "message": "Success", "data": _POST_EXAMPLE}
_responses: Final[dict[int, dict[str, Any]]] = {
    200: {
        "model": Success[PostShape],
        "description": "The updated post.",
        "content": {"application/json": {"example": _success}},
    },
    **{
        status: {
            "model": Failure,
            "description": "; ".join(messages),
            "content": {
                "application/json": {
                    "examples": {
                        f"{status}-{number}": {"value": {"ok": False, "code": status, "message": message}}
                        for number, message in enumerate(messages, start=1)
                    }
                }
            },
        }
        for status, messages in _REFUSALS.items()
    },
}

UPDATED: Final[dict[str, Any]] = {
    "response_model": None,
    "responses": _responses,
    "openapi_extra": {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": UpdateBody.model_json_schema(), "example": _UPDATE_EXAMPLE}},
        }
    },
}
"""The keyword arguments that document the route."""
