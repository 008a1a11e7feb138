"""Media that is kept elsewhere, as a caller describes it: every problem is told at once."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.errors import InvalidInput, IssueCode
from app.domain.issues import Issues
from app.domain.media import ALT_TEXT_LIMIT, URL_LIMIT, LinkedMedia, Media, MediaType, check_alt_text
from tests.support.posts import issue

URL = "https://media.test/a.jpg"


def test_media_may_be_known_by_its_address_alone() -> None:
    described = LinkedMedia(url=URL, type=MediaType.IMAGE)

    described.refuse_unless_sound()

    assert described.recorded_as(UUID(int=7)) == Media(id=UUID(int=7), type=MediaType.IMAGE, url=URL)


def test_what_is_said_of_media_is_what_is_recorded() -> None:
    described = LinkedMedia(
        url=URL, type=MediaType.VIDEO, width=1, height=2**31 - 1, duration_ms=0, alt_text="é" * ALT_TEXT_LIMIT
    )

    described.refuse_unless_sound()

    assert described.recorded_as(UUID(int=7)) == Media(
        id=UUID(int=7),
        type=MediaType.VIDEO,
        url=URL,
        width=1,
        height=2**31 - 1,
        duration_ms=0,
        alt_text="é" * ALT_TEXT_LIMIT,
    )


def test_every_problem_is_told_at_once() -> None:
    described = LinkedMedia(
        url="media.test/a.jpg", type=MediaType.IMAGE, width=0, height=-1, duration_ms=-1, alt_text="x" * 2001
    )

    with pytest.raises(InvalidInput) as refused:
        described.refuse_unless_sound()

    assert refused.value.issues == (
        issue(
            "url",
            code=IssueCode.INVALID_VALUE,
            message=f"`url` must be an http or https URL of at most {URL_LIMIT} bytes.",
        ),
        issue("width", code=IssueCode.INVALID_VALUE, message="`width` must be at least 1."),
        issue("height", code=IssueCode.INVALID_VALUE, message="`height` must be at least 1."),
        issue("duration_ms", code=IssueCode.INVALID_VALUE, message="`duration_ms` must be at least 0."),
        issue(
            "alt_text",
            code=IssueCode.TOO_LONG,
            message="`alt_text` must be at most 2000 characters.",
            limit=2000,
            actual=2001,
        ),
    )


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_an_alternative_text_that_no_database_keeps_is_refused(text: str) -> None:
    issues = Issues()

    check_alt_text(text, issues)

    with pytest.raises(InvalidInput) as refused:
        issues.refuse_if_any()
    message = "`alt_text` must not contain NUL characters."
    assert refused.value.issues == (issue("alt_text", code=IssueCode.INVALID_VALUE, message=message),)
