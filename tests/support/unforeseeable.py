"""Refusals of requests that the document allows, for reasons that no schema can say.

What depends on what is stored, on the time, or on two fields at once stands here, as narrowly as it can be named. Any
other refusal of such a request is a finding: either the document promises too much, or the server refuses too much.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import EnsureResourceAvailability, RejectedPositiveData

from app.domain.errors import IssueCode
from app.rest.ugc.answers import NOT_EDITABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from schemathesis import Case, Response
    from schemathesis.core.failures import Failure

_V1_CODES: Final = {
    (404, "not_found"),  # of the id in the path
    (409, "post_already_published"),
    (409, "conflict"),  # with the state of the post, or of the posts that use some media
    (412, "version_conflict"),  # the version is another one than If-Match says
    (422, "idempotency_key_reused"),
    (400, "past_schedule_time"),
}

_ISSUE_CODES: Final = {
    IssueCode.UNKNOWN_ID,
    IssueCode.INACTIVE_ACCOUNT,
    IssueCode.PAST_SCHEDULE_TIME,
    IssueCode.TOO_FAR_AHEAD,
    IssueCode.CONFLICTING_VALUES,  # scheduled_for and its alias, or publish_now, say two times
    IssueCode.NOTHING_TO_PUBLISH,
    IssueCode.NOTHING_TO_RETRY,
    IssueCode.OUTCOME_UNKNOWN,
    IssueCode.NOT_A_DRAFT,
    IssueCode.TOO_MANY_MEDIA,  # of a platform
    IssueCode.UNSUPPORTED_MEDIA,  # by a platform
}
"""What is wrong with a value in this state of the database, or at this time."""

_ISSUES: Final = {
    ("account_ids", IssueCode.REQUIRED),  # by what is scheduled, and not by a draft
    ("scheduled_for", IssueCode.REQUIRED),  # the same; or publish_now instead
    ("content", IssueCode.REQUIRED),  # the same; or media instead
    ("media_ids", IssueCode.REQUIRED),  # by a platform, or by the kind of the post
    ("media_ids", IssueCode.INVALID_VALUE),  # a video where a slideshow shows images, and the other way round
    ("title", IssueCode.INVALID_VALUE),  # of a post that is no slideshow
    ("status", IssueCode.INVALID_VALUE),  # neither draft nor scheduled, nor what the post is anyway
    ("timezone", IssueCode.INVALID_VALUE),  # not among the names that IANA has this year
    ("file", IssueCode.INVALID_VALUE),  # what the bytes are, only the bytes say
}
"""The field, and what is wrong with it."""

_OTHER_CREDENTIALS: Final = re.compile(r"`credentials\.\w+` is (not known here: .*|required: credentials hold .*)")
"""Which of the documented sets publishes to the account depends on its platform."""

_UGC_SENTENCES: Final = (
    "Post not found",
    NOT_EDITABLE,
    r"There is no account \S+\.",
    r"Account \d+ is not active\.",
    r"`postTime` must be (in the future|at most 5 years ahead)\.",
    r"Entry \d+ \(counted from 0\) (is for|moves to) a time (that has passed|more than 5 years ahead)\.",
    r"`post_[0-9a-f]{32}`: (Only a failed post can be retried|The post has already been published)\.",
    r"`post_[0-9a-f]{32}`: The post is being published right now\. Try again when its status has settled\.",
    r"The post has already been published to account \d+, which cannot be left out\.",
    r"The post goes to \d+ accounts: name the account that it should move to\.",
    r"A scheduled post needs (a time|content or media|at least one account)\.",
    r"A (video|slideshow) post has (exactly one video|one or more images|images only)\.",
    r"Only a slideshow post has a title\.",
    # What a platform takes:
    r"`\w+` (has|holds) [\w ,]+ where \w+ (takes|needs) [\w ]+: [^.]*\.",
    r"The idempotency key \S.* was used for another request: use a new key for a new request\.",
)
_UGC: Final = re.compile("({0})( ({0}))*".format("|".join(_UGC_SENTENCES)))


def is_finding(failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether what a check of the REST edges has found is wrong."""
    if isinstance(failure, EnsureResourceAvailability):
        # Every route there is a POST, and this one lists: what it answers was not created by it.
        return failure.created_with != "POST /post"
    if isinstance(failure, AcceptedNegativeData) and case.media_type == "multipart/form-data":
        # A form knows text only: what should have been an object has become its JSON on the way.
        return not isinstance(case.body, dict) or isinstance(case.body.get("alt_text", ""), str)
    if not isinstance(failure, RejectedPositiveData):
        return True
    answer = response.json()
    if case.operation.path.startswith("/v1/"):
        return not _is_v1_unforeseeable(response.status_code, answer)
    return _UGC.fullmatch(answer["message"]) is None


def _is_v1_unforeseeable(status: int, answer: Mapping[str, Any]) -> bool:
    if answer["error"] is None:  # of a bulk request, in which each post has an error of its own
        results = answer["data"]["results"]
        return status == 422 and all(_is_error_unforeseeable(400, result["error"]) for result in results)
    return _is_error_unforeseeable(status, answer["error"])


def _is_error_unforeseeable(status: int, error: Mapping[str, Any]) -> bool:
    if (status, error["code"]) == (400, "validation_error"):
        return all(_is_issue_unforeseeable(issue) for issue in error["details"])
    return (status, error["code"]) in _V1_CODES


def _is_issue_unforeseeable(issue: Mapping[str, Any]) -> bool:
    return (
        issue["code"] in _ISSUE_CODES
        or (issue["path"][0], issue["code"]) in _ISSUES
        or "platform" in issue  # longer than that platform takes
        or _OTHER_CREDENTIALS.fullmatch(issue["message"]) is not None
    )


_GRAPHQL_MESSAGES: Final = (
    # GraphQL's Int and String know no bounds.
    r"`first` must be between 0 and 100\.",
    r"`after` must be a cursor of (a list in the same order|a post's history)\.",
    r"`after` must be the cursor of an event\.",
    r"`search` must be at most \d+ characters without NUL\.",
    # Times that the generator writes, and that no calendar has.
    r"A DateTime is not a date and time that exists\.",
)


def is_graphql_finding(failure: Failure, case: Case[Any], response: Response) -> bool:
    """Whether what a check of the GraphQL edge has found is wrong."""
    messages = [error["message"] for error in response.json().get("errors", ())]
    return not messages or not all(re.fullmatch("|".join(_GRAPHQL_MESSAGES), message) for message in messages)
