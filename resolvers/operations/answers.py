"""Answers: what came of a request, as a client may see it, and the status that goes with it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from graphql import ExecutionResult, GraphQLError

from app.domain.errors import ErrorCode, Refusal
from app.http.access import refusal_headers
from app.http.body import UnreadableRequest
from app.http.failures import report_failure
from resolvers.operations.deadlines import OutOfTime
from resolvers.operations.media_types import MediaType
from resolvers.operations.preparing import InvalidOperation
from resolvers.operations.requests import UnclearRequest
from resolvers.persisted.refusals import DocumentRefused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

STATUSES: Final = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.REQUEST_IN_PROGRESS: 409,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
}
"""Refusals that concern the request, not a post: they are answered with a status and a top-level error."""

_QUOTED: Final = re.compile(r"(,|\?) found: .*", re.DOTALL | re.IGNORECASE)
"""Where a message about an input object quotes the object: it may hold credentials."""

BAD_REQUEST: Final = "BAD_REQUEST"
TIMEOUT: Final = "TIMEOUT"


class Statuses(StrEnum):
    """Which statuses answers of MediaType.GRAPHQL have. Those of MediaType.JSON have 200 for all of this.

    AUDIT: what `auditServer` of graphql-http looks for: 400 for an operation that is not valid, 200 for one that was
    executed. DRAFT: the specification's draft of August 2026: 422 for what could be parsed and cannot be executed, be
    it a document or a request that does not name its operation; 294 for an answer that holds errors besides data, be
    they null.
    """

    AUDIT = "audit"
    DRAFT = "draft"

    @property
    def invalid(self) -> int:
        return 400 if self is Statuses.AUDIT else 422

    @property
    def partial(self) -> int:
        return 200 if self is Statuses.AUDIT else 294

    @property
    def usual_type(self) -> MediaType:
        """What a client gets that says nothing of what it takes, or takes anything."""
        return MediaType.JSON if self is Statuses.AUDIT else MediaType.GRAPHQL


@dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """How one request is answered. most_errors: how many are shown at most."""

    request_id: str
    media_type: MediaType
    statuses: Statuses = Statuses.AUDIT
    most_errors: int = 20

    @property
    def is_told(self) -> bool:
        """Whether the client reads the status of a GraphQL answer."""
        return self.media_type is MediaType.GRAPHQL


@dataclass(frozen=True, slots=True)
class Answer:
    """body: what the answer says, as JSON values."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


def answer_to(result: ExecutionResult, manner: Manner, *, cost: int | None = None) -> Answer:
    """cost: what the operation was reckoned to cost; None where nobody is to be told."""
    extensions = {} if cost is None else {"extensions": {"cost": cost}}
    if not result.errors:
        return Answer(200, {"data": result.data, **extensions})
    errors = result.errors
    if is_refused(result):  # the variables are not those of the operation
        return answer_to_failure(InvalidOperation(errors), manner)
    status, data, headers = manner.statuses.partial if manner.is_told else 200, result.data, {}
    for error in errors:
        refusal = error.original_error
        if isinstance(refusal, Refusal) and refusal.code in STATUSES:
            status, data, headers = STATUSES[refusal.code], None, refusal_headers(refusal)
    return Answer(status, {"errors": _shown(errors, manner), "data": data, **extensions}, headers)


def answer_to_failure(failure: Exception, manner: Manner) -> Answer:
    """The answer to a request of which nothing was executed, or of which nobody can say what came of it."""
    match failure:
        case InvalidOperation():
            told = manner.statuses.invalid if failure.is_parsed else 400
            return Answer(told if manner.is_told else 200, {"errors": _shown(failure.errors, manner)})
        case Refusal():
            status = STATUSES.get(failure.code, 400)
            return _failed(status, failure.message, failure.code, manner, refusal_headers(failure))
        case UnclearRequest():
            # 200 is what the specification would have it be as MediaType.JSON, where the text is one. It has been 400.
            status = manner.statuses.invalid if manner.is_told else failure.status
            return _failed(status, failure.message, BAD_REQUEST, manner)
        case UnreadableRequest():
            return _failed(failure.status, failure.message, BAD_REQUEST, manner, failure.headers)
        case DocumentRefused():
            status = failure.status if manner.is_told else failure.json_status
            return _failed(status, failure.message, failure.code, manner, failure.headers)
        case OutOfTime():
            return _failed(504, failure.message, TIMEOUT, manner)
        case _:
            message = report_failure(manner.request_id, failure)
            return _failed(500, message, ErrorCode.INTERNAL, manner)


def as_result(failure: Exception) -> ExecutionResult:
    """A failure in the shape of a result, for a stream that has begun: there, every answer is one."""
    if isinstance(failure, InvalidOperation):
        return ExecutionResult(None, failure.errors)
    return ExecutionResult(None, [GraphQLError(str(failure), original_error=failure)])


def is_refused(result: Any) -> bool:
    """Whether nothing was executed."""
    return result.data is None and all(error.path is None for error in result.errors or ())


def _failed(status: int, message: str, code: str, manner: Manner, headers: Mapping[str, str] | None = None) -> Answer:
    shown = {"message": message, "extensions": {"code": code, "requestId": manner.request_id}}
    return Answer(status, {"errors": [shown]}, headers or {})


def _shown(errors: Sequence[GraphQLError], manner: Manner) -> list[dict[str, Any]]:
    return [_shown_error(error, manner.request_id) for error in errors[: manner.most_errors]]


def _shown_error(error: GraphQLError, request_id: str) -> dict[str, Any]:
    """An error as a client may see it: its own mistakes in full, ours as no more than the request's id."""
    shown: dict[str, Any] = dict(error.formatted)
    extensions = dict(error.extensions or {})
    original = error.original_error
    if isinstance(original, Refusal | DocumentRefused):
        extensions["code"] = original.code
    elif isinstance(original, UnreadableRequest):
        extensions["code"] = BAD_REQUEST
    elif isinstance(original, OutOfTime):
        extensions["code"] = TIMEOUT
    elif original is None or isinstance(original, GraphQLError):
        extensions.setdefault("code", "BAD_USER_INPUT")
        shown["message"] = _QUOTED.sub(lambda quoted: "?" if quoted[1] == "?" else ".", error.message)
    else:
        shown["message"] = report_failure(request_id, original)
        extensions = {"code": ErrorCode.INTERNAL}
    shown["extensions"] = {**extensions, "requestId": request_id}
    return shown
