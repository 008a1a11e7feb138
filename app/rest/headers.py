"""The headers of requests and answers, as OpenAPI describes them."""

from __future__ import annotations

from typing import Any, Final


def _header(description: str, kind: str, example: object, *, always: bool = False, **schema: object) -> dict[str, Any]:
    """A header of an answer. always: of every answer for which it is documented."""
    required = {"required": True} if always else {}
    return {"description": description, **required, "schema": {"type": kind, **schema}, "example": example}


_REQUEST_ID: Final = {
    "X-Request-Id": _header(
        "The request's id, as it is in the server's log.",
        "string",
        "a1b2c3d4",
        always=True,
        pattern="^[a-z0-9]{8}$",
    )
}
_ALLOWANCE: Final = {
    "RateLimit-Policy": _header(
        "Each limit's name, its requests (q) and its window in seconds (w). Sent where this server limits requests.",
        "string",
        '"10/second";q=10;w=1, "1000/hour";q=1000;w=3600',
    ),
    "RateLimit": _header(
        "Of each limit the requests that the key has left (r), and the seconds until it has more (t).",
        "string",
        '"10/second";r=9;t=1, "1000/hour";r=420;t=1800',
    ),
    "X-RateLimit-Limit": _header("Requests per window, of the limit that is nearest.", "integer", 10),
    "X-RateLimit-Remaining": _header("Requests that the key has left of it.", "integer", 9),
    "X-RateLimit-Reset": _header("When the key has more of them, in Unix seconds.", "integer", 1776069000),
}
_RETRY_AFTER: Final = {
    "Retry-After": _header("Seconds to wait before the next request.", "integer", 12, always=True, minimum=1)
}
_OF_STATUS: Final = {
    401: {"WWW-Authenticate": _header("How to show a key.", "string", "Bearer", always=True)},
    429: _RETRY_AFTER,
    503: _RETRY_AFTER,
}

VERSION_TAG: Final = {
    "ETag": _header(
        "The post's version. Send it as If-Match with the next change.", "string", '"1"', pattern='^"[0-9]+"$'
    )
}
ALLOWED_METHODS: Final = {"Allow": _header("Answered with 405: the methods there are.", "string", "GET")}

IF_MATCH: Final[dict[str, Any]] = {
    "name": "If-Match",
    "in": "header",
    "required": False,
    "description": "The ETag of the answer that the change is based on: a post that has changed since is left alone.",
    "schema": {"type": "string"},
    "example": '"1"',
}
"""A parameter."""

IDEMPOTENCY_KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": (
        "Makes the request safe to repeat: for 24 hours the same request under the same key has its effect once, "
        "and gets the first answer again."
    ),
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]([ -~]*[!-~])?$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
"""A parameter of every request that writes."""


def headers_of(status: int | None) -> dict[str, Any]:
    """The headers of every answer with a status; None: of one that no route gave, which counts no request."""
    is_counted = status not in (None, 401)
    return _REQUEST_ID | (_ALLOWANCE if is_counted else {}) | (_OF_STATUS.get(status, {}) if status else {})
