"""The routes of publishing in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Any, Final

from app.rest.headers import IF_MATCH
from app.rest.v1.documentation import NOT_JSON, WITH_BODY, refusal, request, route
from app.rest.v1.posts.envelopes import V1PostAnswer
from app.rest.v1.posts.publishing import examples
from app.rest.v1.posts.publishing.bodies import RetryBody, ScheduleBody
from app.rest.v1.posts.publishing.envelopes import V1PostResultsAnswer, V1RetriedPostAnswer
from app.rest.v1.posts.refusals import IN_PROGRESS, NOT_FOUND, PAST_TIME, PUBLISHED, VERSION

_NOTHING_FAILED = "No destination that was chosen has failed: there is nothing to retry."
_NOTHING_TO_RETRY = refusal(
    "conflict",
    _NOTHING_FAILED,
    [{"path": ["account_ids"], "code": "NOTHING_TO_RETRY", "message": _NOTHING_FAILED}],
)
_NOBODY_KNOWS = (
    "On account 2285 the post may be out already: the network never answered. "
    "Look there first; `confirm` set to true sends it again."
)
_OUTCOME_UNKNOWN = refusal(
    "conflict", _NOBODY_KNOWS, [{"path": ["confirm"], "code": "OUTCOME_UNKNOWN", "message": _NOBODY_KNOWS}]
)
_NOT_ITS_ACCOUNT = "The post does not go to account 3100."
_UNKNOWN_ACCOUNT = refusal(
    "validation_error",
    _NOT_ITS_ACCOUNT,
    [{"path": ["account_ids"], "code": "UNKNOWN_ID", "message": _NOT_ITS_ACCOUNT}],
)
_RETRY_FIELD_NAME = refusal(
    "invalid_field_name",
    "Unknown field accountIds: did you mean account_ids?",
    {"field": "accountIds", "suggestion": "account_ids"},
)
_ALREADY_SCHEDULED = "Only a draft can be scheduled. The post is scheduled: update it to give it another time."
_NOT_A_DRAFT = refusal(
    "conflict", _ALREADY_SCHEDULED, [{"path": ["status"], "code": "NOT_A_DRAFT", "message": _ALREADY_SCHEDULED}]
)
_NO_TIME = "Say when the post goes out: send `scheduled_for`, or `publish_now`: true."
_TIME_MISSING = refusal(
    "validation_error", _NO_TIME, [{"path": ["scheduled_for"], "code": "REQUIRED", "message": _NO_TIME}]
)
_SCHEDULE_FIELD_NAME = refusal(
    "invalid_field_name",
    "Unknown field scheduledFor: did you mean scheduled_for?",
    {"field": "scheduledFor", "suggestion": "scheduled_for"},
)


def _optional(request: dict[str, Any]) -> dict[str, Any]:
    """The same request, whose body may be left out."""
    request["openapi_extra"]["requestBody"]["required"] = False
    return request


RESULTS_SHOWN: Final = route(
    "Show how publishing went", 200, V1PostResultsAnswer, examples.POST_RESULTS, {404: (NOT_FOUND,)}
)
RETRIED: Final = route(
    "Retry what failed",
    200,
    V1RetriedPostAnswer,
    examples.RETRIED_POST,
    {
        **WITH_BODY,
        400: (_RETRY_FIELD_NAME, _UNKNOWN_ACCOUNT, NOT_JSON),
        404: (NOT_FOUND,),
        409: (_NOTHING_TO_RETRY, _OUTCOME_UNKNOWN, PUBLISHED, IN_PROGRESS),
        412: (VERSION,),
    },
    shows_version=True,
    writes=True,
    **_optional(request(RetryBody, examples.RETRY, parameters=(IF_MATCH,))),
)
SCHEDULED: Final = route(
    "Schedule a draft",
    200,
    V1PostAnswer,
    examples.SCHEDULED_POST,
    {
        **WITH_BODY,
        400: (_SCHEDULE_FIELD_NAME, _TIME_MISSING, PAST_TIME, NOT_JSON),
        404: (NOT_FOUND,),
        409: (_NOT_A_DRAFT, PUBLISHED, IN_PROGRESS),
        412: (VERSION,),
    },
    shows_version=True,
    writes=True,
    **request(ScheduleBody, examples.SCHEDULE, parameters=(IF_MATCH,)),
)

SHAPES: Final = (V1PostResultsAnswer, V1RetriedPostAnswer)
"""What the documentation above names, beside what that of posts does."""
