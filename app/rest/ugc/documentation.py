"""What the `/post/…` routes are documented with in OpenAPI: their answers, and the body of every refusal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from app.rest.headers import ALLOWED_METHODS, IDEMPOTENCY_KEY, headers_of
from app.rest.schemas import content_of
from app.rest.ugc.envelopes import SHAPES, PostFailure

if TYPE_CHECKING:
    from app.rest.ugc.fields import UgcFields

__all__ = ["NOT_FOUND", "SHAPES", "route"]

NOT_FOUND: Final = {404: ("Post not found",)}

_NOT_JSON: Final = "The body is not valid JSON in UTF-8."
_ALWAYS: Final = {
    401: ("A valid API key is required: Authorization: Bearer YOUR_API_KEY.",),
    413: ("The body is larger than 1048576 bytes.",),
    415: ("Send the body as Content-Type: application/json.",),
    429: ("Too many requests. Try again in 12 s.",),
    500: ("Something went wrong here. Quote request a1b2c3d4 when you ask about it.",),
}
_READING: Final = {
    403: ("This API key lacks the scope read.",),
    503: ("The database cannot be reached. Try again in a few seconds.",),
}
_BAD_KEY: Final = "Idempotency-Key must have 1 to 255 printable ASCII characters."
_WRITING: Final = {
    403: ("This API key lacks the scope write.",),
    409: ("The request with the idempotency key 8e03978e is still running: repeat it in a moment.",),
    422: ("The idempotency key 8e03978e was used for another request: use a new key for a new request.",),
    503: (
        "The database's disk is full: the change was not stored. Try again in a few seconds.",
        "The connection to the database was lost while the change was being stored: it may have been stored. "
        "Repeat the request with the same Idempotency-Key.",
    ),
}


def route(
    summary: str,
    body: type[UgcFields],
    sent: object,
    shape: Any,
    answered: object,
    refusals: dict[int, tuple[str, ...]],
    *,
    writes: bool,
    message: str = "Success",
) -> dict[str, Any]:
    """The keyword arguments that document one route. sent, answered: an example of the body, and of the answer's data.

    refusals: the messages that are its own, by status.
    """
    errors = {**_ALWAYS, **(_WRITING if writes else _READING), **refusals}
    errors[400] = (*errors[400], _NOT_JSON, *((_BAD_KEY,) if writes else ()))
    responses: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "Done.",
            "headers": headers_of(200),
            "content": content_of(shape, example={"ok": True, "code": 200, "message": message, "data": answered}),
        }
    }
    for status, messages in sorted(errors.items()):
        examples = {
            f"{status}-{number}": {"value": {"ok": False, "code": status, "message": message}}
            for number, message in enumerate(messages, start=1)
        }
        responses[status] = {
            "description": "; ".join(messages),
            "headers": headers_of(status),
            "content": content_of(PostFailure, examples=examples),
        }
    # With a default, FastAPI does not add its own 422, which is never answered here.
    responses["default"] = {
        "description": "Any other failure, in the same envelope.",
        "headers": headers_of(None) | ALLOWED_METHODS,
        "content": content_of(
            PostFailure, example={"ok": False, "code": 405, "message": "Every route here is called with POST"}
        ),
    }
    content = {"application/json": {"schema": body.model_json_schema(), "example": sent}}
    described: dict[str, Any] = {"requestBody": {"required": True, "content": content}}
    if writes:
        described["parameters"] = [IDEMPOTENCY_KEY]
    return {"summary": summary, "response_model": None, "responses": responses, "openapi_extra": described}
