"""Texts of a post: kept exactly as sent, and refused where an engine could not keep them."""

from __future__ import annotations

import pytest

from app.domain.errors import IssueCode
from app.domain.kind import PostKind
from tests.support.posts import a_draft, a_scheduled_post, an_image, issue, issues_of, stored_once_more, updated

_ODD_TEXTS = [
    "  spaces around\t\r\n",
    "e\u0301 is not \u00e9",
    "👩‍👩‍👧‍👦 🏳️‍🌈",
    "\u202eright to left\u202c \u200b\ufeff",
    "\x01\x1f\x7f\u2028",
    "\U0010ffff",
    "ＦＵＬＬ width ﬁ",
]


@pytest.mark.parametrize("text", _ODD_TEXTS)
def test_content_is_kept_as_sent(text: str) -> None:
    post = a_scheduled_post()
    assert updated(post, content=text) == stored_once_more(post, content=text)


def test_texts_that_only_look_alike_are_a_change() -> None:
    post = a_scheduled_post(content="\u00e9")
    assert updated(post, content="e\u0301").content == "e\u0301"


@pytest.mark.parametrize("text", ["\0", "before\0after", "\ud800", "\udfff after", "\udc00\ud800"])
@pytest.mark.parametrize("name", ["content", "title", "social_audio_id"])
def test_text_that_no_engine_can_keep_is_refused(name: str, text: str) -> None:
    post = a_draft(kind=PostKind.SLIDESHOW)
    assert issues_of(post, **{name: text}) == [
        issue(name, code=IssueCode.INVALID_VALUE, message=f"`{name}` must not contain NUL characters.")
    ]


def test_a_title_has_at_most_90_characters() -> None:
    post = a_draft(kind=PostKind.SLIDESHOW)
    assert updated(post, title="👍" * 90) == stored_once_more(post, title="👍" * 90)
    assert issues_of(post, title="👍" * 91) == [
        issue(
            "title",
            code=IssueCode.TOO_LONG,
            message="`title` has 91 characters; at most 90 are allowed.",
            limit=90,
            actual=91,
        )
    ]


@pytest.mark.parametrize("kind", [PostKind.STANDARD, PostKind.VIDEO])
@pytest.mark.parametrize("title", ["A title", "", "T" * 91])
def test_only_a_slideshow_has_a_title(kind: PostKind, title: str) -> None:
    assert issues_of(a_draft(kind=kind), title=title) == [
        issue("title", code=IssueCode.INVALID_VALUE, message="Only a slideshow post has a title.")
    ]


@pytest.mark.parametrize("kind", [PostKind.STANDARD, PostKind.VIDEO])
def test_a_title_of_null_is_what_every_other_post_has_anyway(kind: PostKind) -> None:
    post = a_draft(kind=kind)
    assert updated(post, title=None) is post


def test_a_stored_title_that_breaks_a_rule_may_be_sent_back() -> None:
    post = a_draft(kind=PostKind.SLIDESHOW, title="T" * 91)
    assert updated(post, title="T" * 91) is post


def test_an_empty_content_is_as_good_as_null() -> None:
    post = a_draft(content="")
    assert updated(post, content=None) is post
    assert updated(a_draft(), content="").content == ""


def test_a_scheduled_post_keeps_content_or_media() -> None:
    needs_either = issue("content", code=IssueCode.REQUIRED, message="A scheduled post needs content or media.")
    assert issues_of(a_scheduled_post(), content=None) == [needs_either]
    assert issues_of(a_scheduled_post(), content="") == [needs_either]
    assert issues_of(a_scheduled_post(content="", media=(an_image(),)), media_ids=()) == [needs_either]
    assert updated(a_scheduled_post(media=(an_image(),)), content=None).content == ""
    assert updated(a_scheduled_post(media=(an_image(),)), media_ids=None).media == ()
