"""How the `/post/…` routes answer: their envelope and their messages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import orjson
from fastapi import Request, Response

from app.domain.errors import (
    ErrorCode,
    InputIssue,
    InvalidFieldName,
    InvalidInput,
    IssueCode,
    Refusal,
)
from app.domain.names import respelled
from app.http.access import allowance_headers, refusal_headers
from app.http.body import UnreadableRequest
from app.rest.route import EnvelopedRoute
from app.rest.ugc.names import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.exceptions import HTTPException

NOT_EDITABLE: Final = "Cannot update post — only scheduled or failed posts can be updated"

TABLE: Final[Mapping[ErrorCode, tuple[int, str | None]]] = {
    ErrorCode.NOT_FOUND: (404, "Post not found"),
    ErrorCode.ALREADY_PUBLISHED: (400, NOT_EDITABLE),
    ErrorCode.PUBLISHING_IN_PROGRESS: (400, NOT_EDITABLE),
    ErrorCode.ACCOUNT_ALREADY_PUBLISHED: (400, None),
    ErrorCode.INVALID_FIELD_NAME: (400, None),
    ErrorCode.INVALID_INPUT: (400, None),
    ErrorCode.VERSION_CONFLICT: (409, None),
    ErrorCode.MEDIA_IN_USE: (409, None),
    ErrorCode.IDEMPOTENCY_KEY_REUSED: (422, None),
    ErrorCode.REQUEST_IN_PROGRESS: (409, None),
    ErrorCode.UNAUTHENTICATED: (401, None),
    ErrorCode.FORBIDDEN: (403, None),
    ErrorCode.RATE_LIMITED: (429, None),
    ErrorCode.UNAVAILABLE: (503, None),
    ErrorCode.INTERNAL: (500, None),
}
"""Status and message; None: the refusal's own words. No route here can expect a version, so none conflicts."""


def success(request: Request, data: object, *, message: str = "Success") -> Response:
    body = {"ok": True, "code": 200, "message": message, "data": data}
    return Response(orjson.dumps(body), media_type="application/json", headers=allowance_headers(request))


def failure(request: Request, status: int, message: str, *, headers: Mapping[str, str] | None = None) -> Response:
    body = {"ok": False, "code": status, "message": message}
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={**allowance_headers(request), **(headers or {})},
    )


def http_failure(request: Request, error: HTTPException) -> Response:
    """The answer to a path or a method that does not exist here."""
    message = {404: "There is no such route", 405: "Every route here is called with POST"}
    return failure(request, error.status_code, message.get(error.status_code, error.detail), headers=error.headers)


class UgcRoute(EnvelopedRoute):
    """Answers every failure in the envelope."""

    @staticmethod
    def refused(request: Request, refusal: Refusal) -> Response:
        status, message = TABLE[refusal.code]
        spell = partial(spelled, route=request.url.path)
        match refusal:
            case InvalidInput():
                message = _said(refusal.issues, spell)
            case InvalidFieldName():
                message = refusal.described(spell)
        return failure(request, status, message or refusal.message, headers=refusal_headers(refusal))

    @staticmethod
    def unreadable(request: Request, error: UnreadableRequest) -> Response:
        return failure(request, error.status, error.message, headers=error.headers)

    @staticmethod
    def failed(request: Request, message: str) -> Response:
        status, _ = TABLE[ErrorCode.INTERNAL]
        return failure(request, status, message)


def _said(issues: Sequence[InputIssue], spell: Callable[[str], str]) -> str:
    if any(issue.code is IssueCode.DRAFT_NEEDS_ACCOUNT_AND_TIME for issue in issues):
        return NOT_EDITABLE
    return " ".join(issue.message if issue.is_spelled else respelled(issue.message, spell) for issue in issues)
