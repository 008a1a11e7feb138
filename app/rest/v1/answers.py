"""How REST v1 answers: its envelope, its error codes, its headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import orjson
from fastapi import Request, Response

from app.domain.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    ErrorCode,
    InputIssue,
    InvalidFieldName,
    InvalidInput,
    IssueCode,
    Refusal,
    VersionConflict,
)
from app.domain.schedule import format_instant, to_milliseconds
from app.http.access import allowance_headers, refusal_headers
from app.http.body import UnreadableRequest
from app.http.request_id import request_id_of
from app.rest.route import EnvelopedRoute

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.exceptions import HTTPException

TABLE: Final[Mapping[ErrorCode, tuple[int, str]]] = {
    ErrorCode.NOT_FOUND: (404, "not_found"),
    ErrorCode.ALREADY_PUBLISHED: (409, "post_already_published"),
    ErrorCode.PUBLISHING_IN_PROGRESS: (409, "conflict"),
    ErrorCode.ACCOUNT_ALREADY_PUBLISHED: (409, "conflict"),
    ErrorCode.INVALID_FIELD_NAME: (400, "invalid_field_name"),
    ErrorCode.INVALID_INPUT: (400, "validation_error"),
    ErrorCode.VERSION_CONFLICT: (412, "version_conflict"),
    ErrorCode.MEDIA_IN_USE: (409, "conflict"),
    ErrorCode.IDEMPOTENCY_KEY_REUSED: (422, "idempotency_key_reused"),
    ErrorCode.REQUEST_IN_PROGRESS: (409, "request_in_progress"),
    ErrorCode.UNAUTHENTICATED: (401, "unauthorized"),
    ErrorCode.FORBIDDEN: (403, "forbidden"),
    ErrorCode.RATE_LIMITED: (429, "rate_limited"),
    ErrorCode.UNAVAILABLE: (503, "unavailable"),
    ErrorCode.INTERNAL: (500, "internal_error"),
}

_HTTP_CODES: Final = {
    400: "bad_request",
    404: "not_found",
    405: "method_not_allowed",
    413: "bad_request",
    415: "bad_request",
}

_BY_ISSUE: Final = {
    IssueCode.PAST_SCHEDULE_TIME: (400, "past_schedule_time"),
    IssueCode.NOT_A_DRAFT: (409, "conflict"),
    IssueCode.NOTHING_TO_RETRY: (409, "conflict"),
    IssueCode.OUTCOME_UNKNOWN: (409, "conflict"),
}
"""What an input is answered with that has no other problem than this."""

BULK_LIMIT_EXCEEDED: Final = "bulk_limit_exceeded"
"""The code of a bulk request, with status 400, that holds too many posts."""

CODES: Final = tuple(
    dict.fromkeys(
        code
        for code in (
            *(code for _, code in TABLE.values()),
            *(code for _, code in _BY_ISSUE.values()),
            BULK_LIMIT_EXCEEDED,
            *_HTTP_CODES.values(),
        )
    )
)
"""Every code that an error can have."""

_ALREADY_PUBLISHED: Final = "Cannot update a post that has already been published."
_ALREADY_PUBLISHED_DELETE: Final = (
    "Cannot delete a post that has already been published. Delete it from the platform directly."
)


def success(request: Request, data: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return _answer(request, {"data": data, "error": None}, status, headers or {})


def failure(
    request: Request,
    status: int,
    code: str,
    message: str,
    *,
    details: object = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return _answer(request, {"data": None, "error": _error(code, message, details)}, status, headers or {})


def refusal_of(refusal: Refusal, *, method: str) -> tuple[int, dict[str, object]]:
    """The status and the error that a refusal is answered with. method: that of the request."""
    status, code = TABLE[refusal.code]
    message = refusal.message
    details: object = None
    match refusal:
        case InvalidInput(issues=issues):
            details = [_detail(issue) for issue in issues]
            if len(answers := {_BY_ISSUE.get(issue.code, (status, code)) for issue in issues}) == 1:
                [(status, code)] = answers
        case InvalidFieldName():
            details = {"field": refusal.field, "suggestion": refusal.suggestion}
        case VersionConflict():
            details = {"current_version": refusal.current_version}
        case AccountAlreadyPublished():
            details = {"account_ids": refusal.account_ids}
        case AlreadyPublished():
            message = _ALREADY_PUBLISHED_DELETE if method == "DELETE" else _ALREADY_PUBLISHED
    return status, _error(code, message, details)


def http_failure(request: Request, error: HTTPException) -> Response:
    """The answer to a path or a method that does not exist here."""
    message = {404: "There is no such resource.", 405: "This resource does not have that method."}
    return failure(
        request,
        error.status_code,
        _HTTP_CODES.get(error.status_code, "bad_request"),
        message.get(error.status_code, error.detail),
        headers=error.headers,
    )


class V1Route(EnvelopedRoute):
    """Answers every failure in the envelope."""

    @staticmethod
    def refused(request: Request, refusal: Refusal) -> Response:
        status, error = refusal_of(refusal, method=request.method)
        return _answer(request, {"data": None, "error": error}, status, refusal_headers(refusal))

    @staticmethod
    def unreadable(request: Request, error: UnreadableRequest) -> Response:
        return failure(request, error.status, _HTTP_CODES[error.status], error.message, headers=error.headers)

    @staticmethod
    def failed(request: Request, message: str) -> Response:
        status, code = TABLE[ErrorCode.INTERNAL]
        return failure(request, status, code, message)


def _answer(request: Request, body: dict[str, object], status: int, headers: Mapping[str, str]) -> Response:
    now = to_milliseconds(request.app.state.service.clock())
    body["meta"] = {"request_id": request_id_of(request.scope), "timestamp": format_instant(now)}
    return Response(
        orjson.dumps(body),
        status_code=status,
        media_type="application/json",
        headers={**allowance_headers(request), **headers},
    )


def _error(code: str, message: str, details: object) -> dict[str, object]:
    return {"message": message, "code": code} | ({} if details is None else {"details": details})


def _detail(issue: InputIssue) -> dict[str, object]:
    detail: dict[str, object] = {"path": list(issue.path), "code": issue.code, "message": issue.message}
    for name in ("platform", "limit", "actual"):
        if (value := getattr(issue, name)) is not None:
            detail[name] = value
    return detail
