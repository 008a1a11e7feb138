"""Who may be updated at all, and which refusal wins where several are due."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.changes import PostChanges
from app.domain.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    InvalidFieldName,
    InvalidInput,
    IssueCode,
    PublishingInProgress,
    VersionConflict,
)
from app.domain.post import Post, PostStatus
from tests.support.clock import NOW
from tests.support.posts import (
    NOTHING_KNOWN,
    POST_OF_EACH_STATUS,
    YESTERDAY,
    a_partially_failed_post,
    a_published_post,
    a_publishing_post,
    a_scheduled_post,
    issue,
    refusal_of,
    stored_once_more,
    updated,
)

_UNKNOWN_NAME = InvalidFieldName("contents", suggestion="content")
_MALFORMED = issue("title", code=IssueCode.INVALID_VALUE, message="`title` must be text.")


def _never_asked(post: Post) -> InvalidFieldName | None:
    raise AssertionError("a post that cannot be updated is not compared with the request")


_BODIES: list[dict[str, Any]] = [
    {},
    {"content": "Other words"},
    {"content": "Launch day"},
    {"status": PostStatus.DRAFT},
    {"status": None},
    {"scheduled_for": YESTERDAY},
    {"account_ids": frozenset()},
    {"account_ids": None},
    {"platform_content": {"nowhere": {}}},
    {"expected_versions": frozenset({1})},
    {"invalid_field": _UNKNOWN_NAME},
    {"issues": (_MALFORMED,)},
    {"echoed": _never_asked},
]


@pytest.mark.parametrize("body", _BODIES, ids=lambda body: "+".join(body) or "empty")
def test_a_published_post_says_so_whatever_the_body(body: dict[str, Any]) -> None:
    post = a_published_post()
    refusal = refusal_of(post, **body)
    assert isinstance(refusal, AlreadyPublished)
    assert refusal.post is post


@pytest.mark.parametrize("body", _BODIES, ids=lambda body: "+".join(body) or "empty")
def test_a_post_on_the_wire_says_so_whatever_the_body(body: dict[str, Any]) -> None:
    post = a_publishing_post()
    refusal = refusal_of(post, **body)
    assert isinstance(refusal, PublishingInProgress)
    assert refusal.post is post


@pytest.mark.parametrize(
    "status", [PostStatus.DRAFT, PostStatus.SCHEDULED, PostStatus.FAILED, PostStatus.PARTIALLY_FAILED]
)
def test_a_post_in_any_other_state_can_be_updated(status: PostStatus) -> None:
    revised = updated(POST_OF_EACH_STATUS[status], content="Other words")
    assert revised.content == "Other words"


def test_refusals_come_in_one_order() -> None:
    """Each step mends what the step before was refused for."""
    post = a_partially_failed_post()
    wrong: dict[str, Any] = {
        "expected_versions": frozenset({6}),
        "invalid_field": _UNKNOWN_NAME,
        "platform_content": {"x": {"texts": ""}},
        "account_ids": frozenset({2}),
        "timezone": "Nowhere",
    }
    assert isinstance(refusal_of(post, **wrong), VersionConflict)
    wrong["expected_versions"] = frozenset({7})
    assert refusal_of(post, **wrong) is _UNKNOWN_NAME
    del wrong["invalid_field"]
    nested = refusal_of(post, **wrong)
    assert isinstance(nested, InvalidFieldName)
    assert nested.field == "platform_content.x.texts"
    wrong["platform_content"] = {"x": {"content": ""}}
    assert isinstance(refusal_of(post, **wrong), AccountAlreadyPublished)
    wrong["account_ids"] = frozenset({1, 2})
    assert isinstance(refusal_of(post, **wrong), InvalidInput)
    wrong["timezone"] = "Europe/Rome"
    assert updated(post, **wrong).timezone == "Europe/Rome"


def test_another_version_than_the_expected_one_is_a_conflict_that_tells_the_current_one() -> None:
    post = a_scheduled_post()
    refusal = refusal_of(post, content="Other words", expected_versions=frozenset({6, 8}))
    assert isinstance(refusal, VersionConflict)
    assert refusal.current_version == 7
    assert refusal.post is post
    assert refusal.message == "The post has changed: its current version is 7."


def test_a_conflict_is_told_even_where_the_update_would_change_nothing() -> None:
    assert isinstance(refusal_of(a_scheduled_post(), expected_versions=frozenset({6})), VersionConflict)


def test_expecting_no_version_that_exists_is_a_conflict() -> None:
    assert isinstance(refusal_of(a_scheduled_post(), expected_versions=frozenset()), VersionConflict)


@pytest.mark.parametrize("expected", [None, frozenset({7}), frozenset({1, 7})])
def test_the_expected_version_lets_the_update_through(expected: frozenset[int] | None) -> None:
    post = a_scheduled_post()
    revised = updated(post, content="Other words", expected_versions=expected)
    assert revised == stored_once_more(post, content="Other words")


def test_a_name_that_may_only_repeat_what_the_post_shows_is_judged_by_the_stored_post() -> None:
    post = a_scheduled_post()
    seen: list[Post] = []

    def repeats(stored: Post) -> InvalidFieldName | None:
        seen.append(stored)
        return None

    assert post.apply(PostChanges(echoed=repeats), NOTHING_KNOWN, now=NOW) is post
    assert seen == [post]
    assert refusal_of(post, content="Other words", echoed=lambda _: _UNKNOWN_NAME) is _UNKNOWN_NAME


def test_a_name_nobody_knows_wins_over_a_name_that_should_repeat_the_post() -> None:
    repeated_wrongly = InvalidFieldName("media", suggestion="media_ids")
    refusal = refusal_of(a_scheduled_post(), invalid_field=_UNKNOWN_NAME, echoed=lambda _: repeated_wrongly)
    assert refusal is _UNKNOWN_NAME


def test_an_account_already_published_to_is_named() -> None:
    refusal = refusal_of(a_partially_failed_post(), account_ids=frozenset({2}))
    assert isinstance(refusal, AccountAlreadyPublished)
    assert refusal.account_ids == [1]
    assert refusal.message == "The post has already been published to account 1, which cannot be left out."
