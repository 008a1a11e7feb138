"""REST v1 in OpenAPI: the example of every answer, and the body of every refusal.

Each constant holds the keyword arguments that document one route.
"""

from __future__ import annotations

from typing import Any, Final

from app.rest.v1.answers import Failure, Success
from app.rest.v1.bodies import CreatePostBody, UpdatePostBody
from app.rest.v1.shapes import AccountListShape, AccountShape, DeletedShape, PostListShape, PostShape

_META: Final = {"request_id": "a1b2c3d4", "timestamp": "2026-04-12T08:30:00.000Z"}
_POST_ID: Final = "f47ac10b-58cc-4372-a567-0e02b2c3d479"

POST_EXAMPLE: Final[dict[str, Any]] = {
    "post_id": _POST_ID,
    "id": _POST_ID,
    "status": "scheduled",
    "content": "Updated caption — new launch date confirmed!",
    "account_ids": [2280, 2282, 2285],
    "scheduled_for": "2026-04-20T09:00:00.000Z",
    "timezone": "UTC",
    "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
    "media": [{"media_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "type": "image", "width": 1920, "height": 1080}],
    "platform_content": {},
    "destinations": [
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
    ],
    "created_at": "2026-04-10T12:00:00.000Z",
    "updated_at": "2026-04-12T08:30:00.000Z",
    "next_step": f"Post rescheduled to 2026-04-20T09:00:00.000Z. Call GET /v1/posts/{_POST_ID} to check status.",
}

_ACCOUNT_EXAMPLE: Final = {
    "account_id": 2280,
    "platform": "instagram",
    "account_name": "@mybrand",
    "is_active": True,
    "created_at": "2026-04-10T12:00:00.000Z",
    "health": {"status": "healthy", "can_post": True},
}

_UPDATE_EXAMPLE: Final = {
    "content": "Updated caption — new launch date confirmed!",
    "scheduled_for": "2026-04-20T09:00:00Z",
    "timezone": "UTC",
    "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
}
_CREATE_EXAMPLE: Final = {
    "content": "We launch next week.",
    "account_ids": [2280],
    "scheduled_for": "2026-04-20T09:00:00Z",
    "media_ids": ["a1b2c3d4-e5f6-7890-abcd-ef1234567890"],
}


def _error(code: str, message: str, details: object = None) -> dict[str, object]:
    return {"message": message, "code": code} | ({} if details is None else {"details": details})


_NOT_JSON = _error("bad_request", "The body is not valid JSON in UTF-8.")
_FIELD_NAME = _error(
    "invalid_field_name",
    "Unknown field media: did you mean media_ids?",
    {"field": "media", "suggestion": "media_ids"},
)
_PAST_TIME = _error(
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
_TIMEZONE = "`timezone` must be an IANA time zone name such as America/New_York."
_VALIDATION = _error(
    "validation_error", _TIMEZONE, [{"path": ["timezone"], "code": "INVALID_VALUE", "message": _TIMEZONE}]
)
_PARAMETER = "`limit` should be less than or equal to 100."
_BAD_PARAMETER = _error(
    "validation_error", _PARAMETER, [{"path": ["limit"], "code": "INVALID_VALUE", "message": _PARAMETER}]
)
_UNAUTHORIZED = _error("unauthorized", "A valid API key is required: Authorization: Bearer YOUR_API_KEY.")
_FORBIDDEN = _error("forbidden", "This API key lacks the scope write.")
_NOT_FOUND = _error("not_found", "Post not found.")
_ACCOUNT_NOT_FOUND = _error("not_found", "Account not found.")
_PUBLISHED = _error("post_already_published", "Cannot update a post that has already been published.")
_PUBLISHED_DELETE = _error(
    "post_already_published",
    "Cannot delete a post that has already been published. Delete it from the platform directly.",
)
_IN_PROGRESS = _error("conflict", "The post is being published right now. Try again when its status has settled.")
_ACCOUNT_PUBLISHED = _error(
    "conflict",
    "The post has already been published to account 2280, which cannot be left out.",
    {"account_ids": [2280]},
)
_VERSION = _error("version_conflict", "The post has changed: its current version is 3.", {"current_version": 3})
_TOO_LARGE = _error("bad_request", "The body is larger than 1048576 bytes.")
_CONTENT_TYPE = _error("bad_request", "Send the body as Content-Type: application/json.")
_RATE_LIMITED = _error("rate_limited", "Too many requests. Try again in 12 s.")
_NO_METHOD = _error("method_not_allowed", "This resource does not have that method.")
_INTERNAL = _error("internal_error", "Something went wrong here. Quote request a1b2c3d4 when you ask about it.")

_ALWAYS: Final = {401: (_UNAUTHORIZED,), 403: (_FORBIDDEN,), 429: (_RATE_LIMITED,), 500: (_INTERNAL,)}
_WITH_BODY: Final = {413: (_TOO_LARGE,), 415: (_CONTENT_TYPE,)}


def _route(
    status: int, shape: Any, example: object, errors: dict[int, tuple[dict[str, object], ...]], **more: Any
) -> dict[str, Any]:
    responses: dict[int | str, dict[str, Any]] = {
        status: {
            "model": Success[shape],
            "description": "Done.",
            "content": _json({"example": {"data": example, "error": None, "meta": _META}}),
        }
    }
    for code, refusals in sorted({**_ALWAYS, **errors}.items()):
        examples = {
            f"{refusal['code']}{number or ''}": {"value": {"data": None, "error": refusal, "meta": _META}}
            for number, refusal in enumerate(refusals)
        }
        responses[code] = {
            "model": Failure,
            "description": "; ".join(str(refusal["message"]) for refusal in refusals),
            "content": _json({"examples": examples}),
        }
    # With a default, FastAPI does not add its own 422, which is never answered here.
    responses["default"] = {
        "model": Failure,
        "description": "Any other failure, in the same envelope.",
        "content": _json({"example": {"data": None, "error": _NO_METHOD, "meta": _META}}),
    }
    return {"status_code": status, "response_model": None, "responses": responses, **more}


def _body(model: Any, example: object) -> dict[str, Any]:
    content = _json({"schema": model.model_json_schema(), "example": example})
    return {"openapi_extra": {"requestBody": {"required": True, "content": content}}}


def _json(media_type: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": media_type}


UPDATED: Final = _route(
    200,
    PostShape,
    POST_EXAMPLE,
    {
        **_WITH_BODY,
        400: (_FIELD_NAME, _VALIDATION, _PAST_TIME, _NOT_JSON),
        404: (_NOT_FOUND,),
        409: (_PUBLISHED, _IN_PROGRESS, _ACCOUNT_PUBLISHED),
        412: (_VERSION,),
    },
    **_body(UpdatePostBody, _UPDATE_EXAMPLE),
)
SHOWN: Final = _route(200, PostShape, POST_EXAMPLE, {404: (_NOT_FOUND,)})
LISTED: Final = _route(
    200,
    PostListShape,
    {"posts": [POST_EXAMPLE], "pagination": {"limit": 20, "offset": 0, "total": 1, "has_more": False}},
    {400: (_BAD_PARAMETER,)},
)
CREATED: Final = _route(
    201,
    PostShape,
    POST_EXAMPLE,
    {**_WITH_BODY, 400: (_FIELD_NAME, _VALIDATION, _PAST_TIME, _NOT_JSON)},
    **_body(CreatePostBody, _CREATE_EXAMPLE),
)
DELETED: Final = _route(
    200,
    DeletedShape,
    {"post_id": _POST_ID, "deleted": True},
    {404: (_NOT_FOUND,), 409: (_PUBLISHED_DELETE, _IN_PROGRESS), 412: (_VERSION,)},
)
ACCOUNTS_LISTED: Final = _route(200, AccountListShape, {"accounts": [_ACCOUNT_EXAMPLE]}, {})
ACCOUNT_SHOWN: Final = _route(200, AccountShape, _ACCOUNT_EXAMPLE, {404: (_ACCOUNT_NOT_FOUND,)})
