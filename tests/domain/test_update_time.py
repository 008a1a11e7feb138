"""When a post goes out: what an update may ask for, under either of the field's two names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from app.domain.changes import PostChanges
from app.domain.errors import InvalidInput, IssueCode
from app.domain.post import Post, PostStatus
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    NOTHING_KNOWN,
    YESTERDAY,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_scheduled_post,
    issue,
    issues_of,
    queued,
    stored_once_more,
    updated,
)

_MILLISECOND = timedelta(milliseconds=1)


@pytest.mark.parametrize("name", ["scheduled_for", "scheduled_at"])
def test_a_time_lies_in_the_future(name: str) -> None:
    post = a_scheduled_post()
    soonest = NOW + _MILLISECOND
    assert updated(post, **{name: soonest}) == stored_once_more(post, scheduled_for=soonest)
    for past in (NOW, NOW - _MILLISECOND, datetime(1, 1, 1, tzinfo=UTC)):
        assert issues_of(post, **{name: past}) == [
            issue(name, code=IssueCode.PAST_SCHEDULE_TIME, message=f"`{name}` must be in the future.")
        ]


@pytest.mark.parametrize("name", ["scheduled_for", "scheduled_at"])
def test_a_time_is_at_most_five_years_ahead(name: str) -> None:
    post = a_scheduled_post()
    latest = datetime(2031, 4, 12, 8, 30, tzinfo=UTC)
    assert updated(post, **{name: latest}) == stored_once_more(post, scheduled_for=latest)
    assert issues_of(post, **{name: latest + _MILLISECOND}) == [
        issue(name, code=IssueCode.TOO_FAR_AHEAD, message=f"`{name}` must be at most 5 years ahead.")
    ]


def test_five_years_from_a_29_february_end_on_the_28th() -> None:
    leap_day = datetime(2028, 2, 29, 12, tzinfo=UTC)
    latest = datetime(2033, 2, 28, 12, tzinfo=UTC)
    post = a_draft()
    revised = post.apply(PostChanges(scheduled_for=latest), NOTHING_KNOWN, now=leap_day)
    assert revised.scheduled_for == latest
    with pytest.raises(InvalidInput) as refused:
        post.apply(PostChanges(scheduled_for=latest + _MILLISECOND), NOTHING_KNOWN, now=leap_day)
    assert [found.code for found in refused.value.issues] == [IssueCode.TOO_FAR_AHEAD]


@pytest.mark.parametrize(
    "post", [a_draft(scheduled_for=YESTERDAY), a_scheduled_post(scheduled_for=YESTERDAY)], ids=lambda post: post.status
)
@pytest.mark.parametrize("name", ["scheduled_for", "scheduled_at"])
def test_the_stored_time_sent_back_is_never_refused_as_past(post: Post, name: str) -> None:
    assert updated(post, **{name: YESTERDAY}) is post
    assert updated(post, **{name: YESTERDAY.astimezone(timezone(timedelta(hours=-7)))}) is post
    assert updated(post, content="Other words", **{name: YESTERDAY}).content == "Other words"


@pytest.mark.parametrize("name", ["scheduled_for", "scheduled_at"])
@pytest.mark.parametrize(
    "post", [a_scheduled_post(), a_failed_post(), a_partially_failed_post()], ids=lambda post: post.status
)
def test_clearing_the_time_is_for_drafts_and_for_posts_that_become_one(post: Post, name: str) -> None:
    assert issues_of(post, **{name: None}) == [
        issue("scheduled_for", code=IssueCode.REQUIRED, message="A scheduled post needs a time.")
    ]
    assert issues_of(a_draft(queued(1)), status=PostStatus.SCHEDULED, **{name: None}) == [
        issue("scheduled_for", code=IssueCode.REQUIRED, message="A scheduled post needs a time.")
    ]
    unscheduled = updated(post, status=PostStatus.DRAFT, **{name: None})
    assert (unscheduled.status, unscheduled.scheduled_for) == (PostStatus.DRAFT, None)
    assert updated(a_draft(), **{name: None}).scheduled_for is None


def test_both_names_may_say_the_same_instant() -> None:
    post = a_scheduled_post()
    later = IN_A_WEEK + timedelta(days=1)
    elsewhere = later.astimezone(timezone(timedelta(hours=9)))
    assert updated(post, scheduled_for=later, scheduled_at=elsewhere) == stored_once_more(post, scheduled_for=later)
    assert updated(a_draft(), scheduled_for=None, scheduled_at=None).scheduled_for is None


@pytest.mark.parametrize(
    "times",
    [
        {"scheduled_for": IN_A_WEEK, "scheduled_at": IN_A_WEEK + _MILLISECOND},
        {"scheduled_for": IN_A_WEEK, "scheduled_at": None},
    ],
)
def test_both_names_may_not_differ(times: dict[str, Any]) -> None:
    differ = issue(
        "scheduled_at",
        code=IssueCode.CONFLICTING_VALUES,
        message="`scheduled_for` and its deprecated alias `scheduled_at` differ: send `scheduled_for` alone.",
    )
    assert issues_of(a_scheduled_post(), **times) == [differ]
    swapped = {"scheduled_for": times["scheduled_at"], "scheduled_at": times["scheduled_for"]}
    assert issues_of(a_draft(), **swapped) == [differ]


def test_a_time_that_could_not_be_read_is_not_also_called_missing() -> None:
    for name in ("scheduled_for", "scheduled_at"):
        malformed = issue(name, code=IssueCode.INVALID_VALUE, message=f"`{name}` is not a date and time that exists.")
        post = a_draft(queued(1), scheduled_for=None)
        assert issues_of(post, issues=(malformed,), status=PostStatus.SCHEDULED) == [malformed]


def test_the_timezone_is_for_display_and_moves_no_instant() -> None:
    post = a_scheduled_post()
    assert updated(post, timezone="Asia/Tokyo") == stored_once_more(post, timezone="Asia/Tokyo")


@pytest.mark.parametrize(
    "name", ["Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5", "EST", "US/Eastern", "GMT"]
)
def test_an_iana_name_is_a_timezone(name: str) -> None:
    assert updated(a_scheduled_post(), timezone=name).timezone == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "utc",
        "europe/berlin",
        " UTC",
        "UTC\0",
        "Europe",
        "Mars/Olympus_Mons",
        "+02:00",
        "UTC+2",
        "localtime",
        "posixrules",
        "posix/UTC",
        "zone.tab",
        "../../etc/passwd",
        "/usr/share/zoneinfo/UTC",
    ],
)
def test_anything_else_is_not(name: str) -> None:
    assert issues_of(a_scheduled_post(), timezone=name) == [
        issue(
            "timezone",
            code=IssueCode.INVALID_VALUE,
            message="`timezone` must be an IANA time zone name such as America/New_York.",
        )
    ]


def test_a_stored_timezone_that_is_no_longer_known_may_be_sent_back() -> None:
    post = a_scheduled_post(timezone="Old/Name")
    assert updated(post, timezone="Old/Name") is post
