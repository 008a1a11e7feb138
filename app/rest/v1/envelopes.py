"""REST v1's envelope, as OpenAPI describes it: around each kind of data, and around an error."""

from __future__ import annotations

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from app.domain.errors import IssueCode
from app.domain.platforms import Platform
from app.rest.described import described
from app.rest.v1.answers import CODES
from app.rest.v1.examples import META

_MESSAGE = "`timezone` must be an IANA time zone name such as America/New_York."
_ISSUE = {"path": ["timezone"], "code": "INVALID_VALUE", "message": _MESSAGE}


class V1Meta(TypedDict):
    """About the answer itself."""

    request_id: Annotated[str, described("The request's id, also in X-Request-Id.", "a1b2c3d4")]
    timestamp: Annotated[str, described("When it was answered, in UTC.", "2026-04-12T08:30:00.000Z")]


class V1Issue(TypedDict):
    """One thing wrong with a request: an entry of details where code is validation_error or past_schedule_time."""

    path: Annotated[list[str], described("The field, then what is inside it.", ["timezone"])]
    code: Annotated[str, described("What is wrong with it.", "INVALID_VALUE", among=IssueCode)]
    message: Annotated[str, described("The same as a sentence.", _MESSAGE)]
    platform: NotRequired[Annotated[str, described("The platform whose rule it is.", "x", among=Platform)]]
    limit: NotRequired[Annotated[int, described("The most that is allowed.", 90)]]
    actual: NotRequired[Annotated[int, described("How much was sent.", 91)]]


class V1FieldName(TypedDict):
    """Details where code is invalid_field_name."""

    field: Annotated[str, described("The unknown name, as it was sent.", "media")]
    suggestion: Annotated[str | None, described("The known name nearest to it.", "media_ids")]


class V1Version(TypedDict):
    """Details where code is version_conflict."""

    current_version: Annotated[int, described("The version that the post has now.", 3)]


class V1PublishedAccounts(TypedDict):
    """Details where code is conflict, and published accounts were left out."""

    account_ids: Annotated[list[int], described("The accounts that cannot be left out.", [2280])]


class V1Error(TypedDict):
    """Why a request was refused."""

    message: Annotated[str, described("A sentence that says what is wrong.", _MESSAGE)]
    code: Annotated[str, described("The same for a program.", "validation_error", among=CODES)]
    details: NotRequired[
        Annotated[
            list[V1Issue] | V1FieldName | V1Version | V1PublishedAccounts,
            described("What the code needs to be acted on; left out where it says everything.", [_ISSUE]),
        ]
    ]


class V1Failure(TypedDict):
    """An answer that holds an error."""

    data: Annotated[None, described("null: there is none.", None)]
    error: Annotated[
        V1Error,
        described("What is wrong.", {"message": _MESSAGE, "code": "validation_error", "details": [_ISSUE]}),
    ]
    meta: Annotated[V1Meta, described("About the answer.", META)]


class V1Success(TypedDict):
    """What every answer without an error holds beside its data."""

    error: Annotated[None, described("null: nothing is wrong.", None)]
    meta: Annotated[V1Meta, described("About the answer.", META)]
