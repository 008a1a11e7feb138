"""What REST v1's routes are documented with in OpenAPI: their answers, and the body of every refusal."""

from __future__ import annotations

from typing import Any, Final

from app.rest.headers import ALLOWED_METHODS, IDEMPOTENCY_KEY, VERSION_TAG, headers_of
from app.rest.schemas import content_of
from app.rest.v1 import examples
from app.rest.v1.envelopes import V1Failure


def refusal(code: str, message: str, details: object = None) -> dict[str, object]:
    return {"message": message, "code": code} | ({} if details is None else {"details": details})


NOT_JSON = refusal("bad_request", "The body is not valid JSON in UTF-8.")
_TIMEZONE = "`timezone` must be an IANA time zone name such as America/New_York."
VALIDATION = refusal(
    "validation_error", _TIMEZONE, [{"path": ["timezone"], "code": "INVALID_VALUE", "message": _TIMEZONE}]
)
_UNAUTHORIZED = refusal("unauthorized", "A valid API key is required: Authorization: Bearer YOUR_API_KEY.")
_FORBIDDEN = refusal("forbidden", "This API key lacks the scope write.")
_TOO_LARGE = refusal("bad_request", "The body is larger than 1048576 bytes.")
_CONTENT_TYPE = refusal("bad_request", "Send the body as Content-Type: application/json.")
_RATE_LIMITED = refusal("rate_limited", "Too many requests. Try again in 12 s.")
_NO_METHOD = refusal("method_not_allowed", "This resource does not have that method.")
_INTERNAL = refusal("internal_error", "Something went wrong here. Quote request a1b2c3d4 when you ask about it.")
_UNAVAILABLE = refusal("unavailable", "The database cannot be reached. Try again in a few seconds.")
_NOT_STORED = refusal(
    "unavailable", "The database's disk is full: the change was not stored. Try again in a few seconds."
)
_MAY_BE_STORED = refusal(
    "unavailable",
    "The connection to the database was lost while the change was being stored: it may have been stored. "
    "Repeat the request with the same Idempotency-Key.",
)

_BAD_KEY = refusal("bad_request", "Idempotency-Key must have 1 to 255 printable ASCII characters.")
_KEY_REUSED = refusal(
    "idempotency_key_reused",
    "The idempotency key 8e03978e was used for another request: use a new key for a new request.",
)
_STILL_RUNNING = refusal(
    "request_in_progress",
    "The request with the idempotency key 8e03978e is still running: repeat it in a moment.",
)
_WRITING: Final = {
    400: (_BAD_KEY,),
    409: (_STILL_RUNNING,),
    422: (_KEY_REUSED,),
    503: (_NOT_STORED, _MAY_BE_STORED),
}
_ALWAYS: Final = {
    401: (_UNAUTHORIZED,),
    403: (_FORBIDDEN,),
    429: (_RATE_LIMITED,),
    500: (_INTERNAL,),
    503: (_UNAVAILABLE,),
}
WITH_BODY: Final = {413: (_TOO_LARGE,), 415: (_CONTENT_TYPE,)}


def route(
    summary: str,
    status: int,
    shape: Any,
    example: object,
    errors: dict[int, tuple[dict[str, object], ...]],
    *,
    shows_version: bool = False,
    writes: bool = False,
    **more: Any,
) -> dict[str, Any]:
    """The keyword arguments that document one route. errors: the refusals that are its own, by status."""
    if writes:
        errors = {status: (*errors.get(status, ()), *_WRITING.get(status, ())) for status in {*errors, *_WRITING}}
        described = more.setdefault("openapi_extra", {})
        described["parameters"] = [*described.get("parameters", ()), IDEMPOTENCY_KEY]
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


def request(model: Any = None, example: object = None, *, parameters: tuple[dict[str, Any], ...] = ()) -> Any:
    described: dict[str, Any] = {"parameters": list(parameters)} if parameters else {}
    if model is not None:
        content = {"application/json": {"schema": model.model_json_schema(), "example": example}}
        described["requestBody"] = {"required": True, "content": content}
    return {"openapi_extra": described}
