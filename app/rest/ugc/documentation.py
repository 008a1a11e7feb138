"""The `/post/…` routes in OpenAPI: the example of every answer, and the body of every refusal."""

from __future__ import annotations

from typing import Any, Final

from app.rest.headers import ALLOWED_METHODS, IDEMPOTENCY_KEY, headers_of
from app.rest.schemas import content_of
from app.rest.ugc import examples
from app.rest.ugc.answers import NOT_EDITABLE
from app.rest.ugc.bodies import UpdateBody
from app.rest.ugc.envelopes import PostFailure, PostSuccess

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
    409: ("The request with the idempotency key 8e03978e is still running: repeat it in a moment.",),
    413: ("The body is larger than 1048576 bytes.",),
    415: ("Send the body as Content-Type: application/json.",),
    422: ("The idempotency key 8e03978e was used for another request: use a new key for a new request.",),
    429: ("Too many requests. Try again in 12 s.",),
    500: ("Something went wrong here. Quote request a1b2c3d4 when you ask about it.",),
}

_success: Final = {"ok": True, "code": 200, "message": "Success", "data": examples.POST}
_responses: Final[dict[int | str, dict[str, Any]]] = {
    200: {
        "description": "The updated post.",
        "headers": headers_of(200),
        "content": content_of(PostSuccess, example=_success),
    },
    **{
        status: {
            "description": "; ".join(messages),
            "headers": headers_of(status),
            "content": content_of(
                PostFailure,
                examples={
                    f"{status}-{number}": {"value": {"ok": False, "code": status, "message": message}}
                    for number, message in enumerate(messages, start=1)
                },
            ),
        }
        for status, messages in _REFUSALS.items()
    },
    "default": {
        "description": "Any other failure, in the same envelope.",
        "headers": headers_of(None) | ALLOWED_METHODS,
        "content": content_of(
            PostFailure, example={"ok": False, "code": 405, "message": "Every route here is called with POST"}
        ),
    },
}

UPDATED: Final[dict[str, Any]] = {
    "summary": "Update a post",
    "response_model": None,
    "responses": _responses,
    "openapi_extra": {
        "parameters": [IDEMPOTENCY_KEY],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": UpdateBody.model_json_schema(), "example": examples.UPDATE}},
        },
    },
}
"""The keyword arguments that document the route."""

SHAPES: Final = (PostSuccess, PostFailure)
"""What the documentation above names."""
