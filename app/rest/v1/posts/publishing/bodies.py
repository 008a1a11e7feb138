"""What REST v1 accepts where posts are tried again and drafts are queued."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import Field

from app.domain.changes import PostChanges
from app.domain.errors import InputIssue, InvalidFieldName, IssueCode
from app.rest.fields import Fields, InstantText, read_fields, sent
from app.rest.v1.posts.bodies import AccountNumber, invalid_name

if TYPE_CHECKING:
    from collections.abc import Mapping


class RetryBody(Fields):
    """Without account_ids, or with null, everything that failed is tried again."""

    account_ids: list[AccountNumber] | None = Field(
        None, description="The accounts on which to try again; each must have failed.", examples=[[2282]]
    )
    confirm: bool | None = Field(
        None,
        description="true also sends it where the status is unknown. The post may be out there already: look first.",
        examples=[True],
    )


class ScheduleBody(Fields):
    """One of scheduled_for and publish_now says when; null says nothing."""

    scheduled_for: InstantText | None = Field(
        None, description="When the post goes out: RFC 3339 with an offset.", examples=["2026-04-20T09:00:00Z"]
    )
    scheduled_at: InstantText | None = Field(
        None, description="Deprecated alias of scheduled_for.", deprecated=True, examples=["2026-04-20T09:00:00Z"]
    )
    publish_now: bool | None = Field(None, description="true makes the post due at once.", examples=[True])


_TIMES: Final = ("scheduled_for", "scheduled_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """account_ids None: everything that failed. confirm: also where the outcome is unknown. invalid_field and found:
    what could not be read."""

    account_ids: frozenset[int] | None
    confirm: bool
    invalid_field: InvalidFieldName | None
    found: tuple[InputIssue, ...]


def read_retry(body: Mapping[str, Any]) -> Retry:
    fields, issues = read_fields(RetryBody, body)
    return Retry(
        account_ids=None if fields.account_ids is None else frozenset(fields.account_ids),
        confirm=bool(fields.confirm),
        invalid_field=invalid_name(
            [name for name in body if name not in RetryBody.model_fields], RetryBody.model_fields
        ),
        found=issues,
    )


def read_schedule(body: Mapping[str, Any], *, expected_versions: frozenset[int] | None) -> tuple[PostChanges, bool]:
    """The changes that queue a draft, and whether it is due at once."""
    fields, issues = read_fields(ScheduleBody, body)
    times = {name: value for name, value in sent(fields).items() if name in _TIMES and value is not None}
    publish_now = bool(fields.publish_now)
    unknown = [name for name in body if name not in ScheduleBody.model_fields]
    if not any(issue.path[:1] == ("publish_now",) for issue in issues):
        issues += _other_than_one_time(
            names_time=any(body.get(name) is not None for name in _TIMES), publish_now=publish_now
        )
    changes = PostChanges(
        **times,
        expected_versions=expected_versions,
        invalid_field=invalid_name(unknown, ScheduleBody.model_fields),
        issues=issues,
    )
    return changes, publish_now


def _other_than_one_time(*, names_time: bool, publish_now: bool) -> tuple[InputIssue, ...]:
    """A draft that has a time is not queued for it unless that is said: nothing goes out by accident."""
    if names_time and publish_now:
        message = "`scheduled_for` and `publish_now` say two different times: send one of them."
        return (InputIssue(path=("publish_now",), code=IssueCode.CONFLICTING_VALUES, message=message),)
    if not names_time and not publish_now:
        message = "Say when the post goes out: send `scheduled_for`, or `publish_now`: true."
        return (InputIssue(path=("scheduled_for",), code=IssueCode.REQUIRED, message=message),)
    return ()
