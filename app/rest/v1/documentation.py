"""REST v1 in OpenAPI: the example of every answer, and the body of every refusal.

Each constant holds the keyword arguments that document one route.
"""

from __future__ import annotations

from typing import Any, Final

from app.rest.headers import ALLOWED_METHODS, IF_MATCH, VERSION_TAG, headers_of
from app.rest.schemas import content_of
from app.rest.v1 import examples
from app.rest.v1.bodies import CreatePostBody, UpdatePostBody
from app.rest.v1.envelopes import (
    V1AccountAnswer,
    V1AccountListAnswer,
    V1DeletedPostAnswer,
    V1Failure,
    V1PostAnswer,
    V1PostPageAnswer,
)


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
_PARAMETER = "`limit` must be at most 100."
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
    summary: str,
    status: int,
    shape: Any,
    example: object,
    errors: dict[int, tuple[dict[str, object], ...]],
    *,
    shows_version: bool = False,
    **more: Any,
) -> dict[str, Any]:
    responses: dict[int | str, dict[str, Any]] = {
        status: {
            "description": "Done.",
            "headers": headers_of(status) | (VERSION_TAG if shows_version else {}),
            "content": content_of(shape, example={"data": example, "error": None, "meta": examples.META}),
        }
    }
    for code, refusals in sorted({**_ALWAYS, **errors}.items()):
        answers = {
            f"{refusal['code']}{number or ''}": {"value": {"data": None, "error": refusal, "meta": examples.META}}
            for number, refusal in enumerate(refusals)
        }
        responses[code] = {
            "description": "; ".join(str(refusal["message"]) for refusal in refusals),
            "headers": headers_of(code),
            "content": content_of(V1Failure, examples=answers),
        }
    # With a default, FastAPI does not add its own 422, which is never answered here.
    responses["default"] = {
        "description": "Any other failure, in the same envelope.",
        "headers": headers_of(None) | ALLOWED_METHODS,
        "content": content_of(V1Failure, example={"data": None, "error": _NO_METHOD, "meta": examples.META}),
    }
    return {"summary": summary, "status_code": status, "response_model": None, "responses": responses, **more}


def _request(model: Any = None, example: object = None, *, parameters: tuple[dict[str, Any], ...] = ()) -> Any:
    described: dict[str, Any] = {"parameters": list(parameters)} if parameters else {}
    if model is not None:
        content = {"application/json": {"schema": model.model_json_schema(), "example": example}}
        described["requestBody"] = {"required": True, "content": content}
    return {"openapi_extra": described}


UPDATED: Final = _route(
    "Update a post",
    200,
    V1PostAnswer,
    examples.POST,
    {
        **_WITH_BODY,
        400: (_FIELD_NAME, _VALIDATION, _PAST_TIME, _NOT_JSON),
        404: (_NOT_FOUND,),
        409: (_PUBLISHED, _IN_PROGRESS, _ACCOUNT_PUBLISHED),
        412: (_VERSION,),
    },
    shows_version=True,
    **_request(UpdatePostBody, examples.UPDATE, parameters=(IF_MATCH,)),
)
SHOWN: Final = _route("Show a post", 200, V1PostAnswer, examples.POST, {404: (_NOT_FOUND,)}, shows_version=True)
LISTED: Final = _route("List posts", 200, V1PostPageAnswer, examples.POST_PAGE, {400: (_BAD_PARAMETER,)})
CREATED: Final = _route(
    "Create a post",
    201,
    V1PostAnswer,
    examples.POST,
    {**_WITH_BODY, 400: (_FIELD_NAME, _VALIDATION, _PAST_TIME, _NOT_JSON)},
    shows_version=True,
    **_request(CreatePostBody, examples.CREATE),
)
DELETED: Final = _route(
    "Delete a post",
    200,
    V1DeletedPostAnswer,
    examples.DELETED_POST,
    {404: (_NOT_FOUND,), 409: (_PUBLISHED_DELETE, _IN_PROGRESS), 412: (_VERSION,)},
    **_request(parameters=(IF_MATCH,)),
)
ACCOUNTS_LISTED: Final = _route("List accounts", 200, V1AccountListAnswer, examples.ACCOUNT_LIST, {})
ACCOUNT_SHOWN: Final = _route("Show an account", 200, V1AccountAnswer, examples.ACCOUNT, {404: (_ACCOUNT_NOT_FOUND,)})

SHAPES: Final = (
    V1PostAnswer,
    V1PostPageAnswer,
    V1DeletedPostAnswer,
    V1AccountAnswer,
    V1AccountListAnswer,
    V1Failure,
)
"""What the documentation above names."""
