"""platform_content: the whole object, the names it may hold, and the values under them."""

from __future__ import annotations

from typing import Any

import pytest

from app.domain.errors import InvalidFieldName, IssueCode
from app.domain.platforms import OVERRIDE_FIELDS, Platform
from tests.support.posts import a_scheduled_post, issue, issues_of, refusal_of, stored_once_more, updated

_PLATFORMS = (
    "bluesky",
    "discord",
    "facebook",
    "instagram",
    "linkedin",
    "mastodon",
    "pinterest",
    "threads",
    "tiktok",
    "webhook",
    "x",
    "youtube",
)


def test_the_platforms_are_these() -> None:
    assert tuple(Platform) == _PLATFORMS


@pytest.mark.parametrize("platform", _PLATFORMS)
def test_every_platform_may_be_told_something_else(platform: str) -> None:
    post = a_scheduled_post()
    overrides = {platform: dict.fromkeys(OVERRIDE_FIELDS, "Said differently")}
    assert updated(post, platform_content=overrides) == stored_once_more(post, platform_content=overrides)


def test_the_whole_object_is_replaced() -> None:
    post = a_scheduled_post(platform_content={"x": {"content": "For X", "title": "T"}, "discord": {"content": "D"}})
    revised = updated(post, platform_content={"x": {"content": "For X"}})
    assert revised.platform_content == {"x": {"content": "For X"}}


def test_another_order_of_names_changes_nothing() -> None:
    post = a_scheduled_post(platform_content={"x": {"content": "C", "title": "T"}, "discord": {}})
    assert updated(post, platform_content={"discord": {}, "x": {"title": "T", "content": "C"}}) is post


@pytest.mark.parametrize(
    ("written", "suggestion"),
    [
        ("instgram", "instagram"),
        ("Instagram", "instagram"),
        ("X", "x"),
        ("linked_in", "linkedin"),
        ("You-Tube", "youtube"),
        ("mastadon", "mastodon"),
    ],
)
def test_an_unknown_platform_is_refused_with_the_nearest_name(written: str, suggestion: str) -> None:
    refusal = refusal_of(a_scheduled_post(), platform_content={"x": {}, written: {}})
    assert isinstance(refusal, InvalidFieldName)
    assert (refusal.field, refusal.suggestion) == (f"platform_content.{written}", suggestion)
    assert refusal.message == f"Unknown field platform_content.{written}: did you mean {suggestion}?"


def test_an_unknown_platform_near_to_none_is_refused_with_the_list_of_names() -> None:
    refusal = refusal_of(a_scheduled_post(), platform_content={"reddit": {}})
    assert isinstance(refusal, InvalidFieldName)
    assert (refusal.field, refusal.suggestion, refusal.known) == ("platform_content.reddit", None, _PLATFORMS)
    assert refusal.message == f"Unknown field platform_content.reddit: known names are {', '.join(_PLATFORMS)}."


@pytest.mark.parametrize(
    ("written", "suggestion"), [("firstComment", "first_comment"), ("contents", "content"), ("mood", None)]
)
def test_an_unknown_override_is_refused_by_its_whole_name(written: str, suggestion: str | None) -> None:
    refusal = refusal_of(a_scheduled_post(), platform_content={"x": {"content": "C", written: "text"}})
    assert isinstance(refusal, InvalidFieldName)
    assert (refusal.field, refusal.suggestion) == (f"platform_content.x.{written}", suggestion)
    assert refusal.known == ("content", "title", "description", "first_comment")


@pytest.mark.parametrize("value", [[], "text", 1, True, [{"x": {}}]])
def test_it_must_be_an_object(value: object) -> None:
    assert issues_of(a_scheduled_post(), platform_content=value) == [
        issue("platform_content", code=IssueCode.INVALID_VALUE, message="`platform_content` must be an object.")
    ]


@pytest.mark.parametrize("value", [None, [], "text", 1])
def test_each_platform_holds_an_object(value: object) -> None:
    assert issues_of(a_scheduled_post(), platform_content={"x": value, "discord": {}, "tiktok": value}) == [
        issue(
            "platform_content",
            platform,
            code=IssueCode.INVALID_VALUE,
            message=f"`platform_content.{platform}` must be an object.",
        )
        for platform in ("x", "tiktok")
    ]


@pytest.mark.parametrize("value", [None, 1, True, [], {}, "NUL \0", "\ud800"])
def test_each_override_is_text_that_can_be_kept(value: object) -> None:
    overrides: dict[str, Any] = {"x": {"content": value, "title": "T"}, "discord": {"content": value}}
    assert issues_of(a_scheduled_post(), platform_content=overrides) == [
        issue(
            "platform_content",
            platform,
            "content",
            code=IssueCode.INVALID_VALUE,
            message=f"`platform_content.{platform}.content` must be text without NUL characters.",
        )
        for platform in ("x", "discord")
    ]
