"""Every field of an update: left out it stays, null clears it or is refused, and a value sets it."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from app.domain.changes import LEAVE, NAMES, PostChanges
from app.domain.errors import IssueCode
from app.domain.kind import PostKind
from app.domain.post import Known, Post, PostStatus
from tests.support.posts import (
    IN_A_WEEK,
    NOTHING_KNOWN,
    a_draft,
    a_scheduled_post,
    an_account,
    an_image,
    issue,
    issues_of,
    known,
    queued,
    stored_once_more,
    updated,
)

_EVERYTHING = a_scheduled_post(
    queued(1),
    queued(2),
    kind=PostKind.SLIDESHOW,
    title="A title",
    media=(an_image(1), an_image(2)),
    platform_content={"x": {"content": "Shorter"}},
    social_audio_id="audio-1",
    music_post_id="music-1",
)
_A_DAY_LATER = IN_A_WEEK + timedelta(days=1)

_SETS: list[tuple[str, Any, Known, dict[str, Any]]] = [
    ("content", "Other words", NOTHING_KNOWN, {"content": "Other words"}),
    ("account_ids", frozenset({1, 3}), known(an_account(3)), {"destinations": (queued(1), queued(3))}),
    ("scheduled_for", _A_DAY_LATER, NOTHING_KNOWN, {"scheduled_for": _A_DAY_LATER}),
    ("timezone", "America/New_York", NOTHING_KNOWN, {"timezone": "America/New_York"}),
    ("media_ids", (an_image(3).id,), known(an_image(3)), {"media": (an_image(3),)}),
    ("platform_content", {"x": {"title": "T"}}, NOTHING_KNOWN, {"platform_content": {"x": {"title": "T"}}}),
    ("status", PostStatus.DRAFT, NOTHING_KNOWN, {"status": PostStatus.DRAFT}),
    ("title", "Another", NOTHING_KNOWN, {"title": "Another"}),
    ("social_audio_id", "audio-2", NOTHING_KNOWN, {"social_audio_id": "audio-2"}),
]


def test_every_field_of_an_update_has_a_case_here() -> None:
    assert [name for name, *_ in _SETS] == list(NAMES)
    read_with_the_request = {"expected_versions", "echoed", "invalid_field", "issues"}
    assert {field.name for field in fields(PostChanges)} == {*NAMES, "scheduled_at", *read_with_the_request}


@pytest.mark.parametrize(("name", "value", "holds", "stored"), _SETS, ids=[name for name, *_ in _SETS])
def test_a_value_sets_its_field_and_leaves_every_other(
    name: str, value: object, holds: Known, stored: dict[str, Any]
) -> None:
    revised = updated(_EVERYTHING, holds, **{name: value})
    assert revised == stored_once_more(_EVERYTHING, **stored)
    assert _EVERYTHING.changed_fields(revised) == [name]


def test_an_update_that_says_nothing_answers_with_the_very_post() -> None:
    assert updated(_EVERYTHING) is _EVERYTHING
    assert all(getattr(PostChanges(), name) is LEAVE for name in (*NAMES, "scheduled_at"))


def test_a_stored_post_that_lacks_something_is_not_refused_while_nothing_changes() -> None:
    post = a_scheduled_post(content="", scheduled_for=None)
    assert updated(post) is post
    assert updated(post, content="", timezone="UTC", status=PostStatus.SCHEDULED) is post


@pytest.mark.parametrize(
    ("name", "stored"),
    [
        ("content", {"content": ""}),
        ("media_ids", {"media": ()}),
        ("platform_content", {"platform_content": {}}),
        ("title", {"title": None}),
        ("social_audio_id", {"social_audio_id": None}),
        ("scheduled_for", {"scheduled_for": None}),
        ("scheduled_at", {"scheduled_for": None}),
    ],
)
def test_null_clears_where_empty_is_a_legal_value(name: str, stored: dict[str, Any]) -> None:
    post = a_draft(
        queued(1),
        media=(an_image(1),),
        kind=PostKind.SLIDESHOW,
        title="A title",
        platform_content={"x": {"content": "Shorter"}},
        social_audio_id="audio-1",
    )
    assert updated(post, **{name: None}) == stored_once_more(post, **stored)


@pytest.mark.parametrize("name", ["account_ids", "timezone", "status"])
@pytest.mark.parametrize("post", [a_draft(queued(1)), a_scheduled_post()], ids=["draft", "scheduled"])
def test_null_is_refused_where_nothing_is_no_value(name: str, post: Post) -> None:
    assert issues_of(post, **{name: None}) == [
        issue(
            name,
            code=IssueCode.NOT_NULLABLE,
            message=f"`{name}` cannot be null: leave it out instead.",
        )
    ]


@pytest.mark.parametrize(
    "sent_back",
    [
        {"content": "Launch day"},
        {"account_ids": frozenset({2, 1})},
        {"scheduled_for": IN_A_WEEK},
        {"scheduled_at": IN_A_WEEK},
        {"timezone": "UTC"},
        {"media_ids": (an_image(1).id, an_image(2).id)},
        {"platform_content": {"x": {"content": "Shorter"}}},
        {"status": PostStatus.SCHEDULED},
        {"title": "A title"},
        {"social_audio_id": "audio-1"},
    ],
    ids=lambda sent: next(iter(sent)),
)
def test_a_stored_value_sent_back_changes_nothing(sent_back: dict[str, Any]) -> None:
    assert updated(_EVERYTHING, **sent_back) is _EVERYTHING


def test_changed_fields_are_listed_in_one_order() -> None:
    revised = updated(
        _EVERYTHING,
        social_audio_id=None,
        title=None,
        media_ids=(an_image(2).id,),
        content="Other words",
        timezone="UTC",
    )
    assert _EVERYTHING.changed_fields(revised) == ["content", "media_ids", "title", "social_audio_id"]


def test_all_problems_are_told_at_once_those_found_while_reading_first() -> None:
    malformed = issue("title", code=IssueCode.INVALID_VALUE, message="`title` must be text.")
    found = issues_of(
        _EVERYTHING,
        issues=(malformed,),
        content="NUL \0",
        account_ids=frozenset({1, 98, 99}),
        scheduled_for=None,
        timezone=None,
        media_ids=(an_image(9).id,),
        platform_content={"x": {"content": 1}},
        status=PostStatus.PUBLISHED,
        social_audio_id="\0",
    )
    assert [(found_issue.path, found_issue.code) for found_issue in found] == [
        (("title",), IssueCode.INVALID_VALUE),
        (("content",), IssueCode.INVALID_VALUE),
        (("timezone",), IssueCode.NOT_NULLABLE),
        (("media_ids",), IssueCode.UNKNOWN_ID),
        (("platform_content", "x", "content"), IssueCode.INVALID_VALUE),
        (("social_audio_id",), IssueCode.INVALID_VALUE),
        (("account_ids",), IssueCode.UNKNOWN_ID),
        (("account_ids",), IssueCode.UNKNOWN_ID),
        (("status",), IssueCode.INVALID_VALUE),
        (("scheduled_for",), IssueCode.REQUIRED),
    ]
