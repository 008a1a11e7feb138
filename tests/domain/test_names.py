"""Names in messages: the one that was meant, and an edge's own spelling of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.changes import NAMES
from app.domain.errors import InvalidFieldName
from app.domain.names import nearest_name, respelled


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("scheduledFor", "scheduled_for"),
        ("SCHEDULED_FOR", "scheduled_for"),
        ("scheduled-for", "scheduled_for"),
        ("schedule_for", "scheduled_for"),
        ("mediaIds", "media_ids"),
        ("media", "media_ids"),
        ("accountIds", "account_ids"),
        ("accounts", "account_ids"),
        ("conten", "content"),
        ("contnet", "content"),
        ("time_zone", "timezone"),
        ("platformContent", "platform_content"),
        ("socialAudioId", "social_audio_id"),
        ("Title", "title"),
    ],
)
def test_the_name_that_was_meant_is_found(written: str, meant: str) -> None:
    assert nearest_name(written, NAMES) == meant


@pytest.mark.parametrize(
    "written", ["", "_", "caption", "tags", "publish_at", "attachments", "🙂", "\ud800", "a" * 999]
)
def test_no_name_is_suggested_where_none_is_near(written: str) -> None:
    assert nearest_name(written, NAMES) is None


@given(st.text())
def test_a_suggestion_is_always_a_known_name(written: str) -> None:
    assert nearest_name(written, NAMES) in (None, *NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_a_known_name_is_nearest_to_itself(name: str) -> None:
    assert nearest_name(name, NAMES) == name


def test_only_names_between_backticks_are_respelled() -> None:
    message = "`scheduled_for` and `platform_content.x` differ from scheduled_for: see `."
    assert respelled(message, str.upper) == (
        "`SCHEDULED_FOR` and `PLATFORM_CONTENT.X` differ from scheduled_for: see `."
    )


def test_a_name_is_put_in_place_as_it_is() -> None:
    assert respelled("`content` must be text.", lambda _: r"\1\g<0>") == r"`\1\g<0>` must be text."


def test_an_unknown_name_is_described_in_the_spelling_of_an_edge() -> None:
    near = InvalidFieldName("mediaId", suggestion="media_ids", known=("content", "media_ids"))
    assert near.message == "Unknown field mediaId: did you mean media_ids?"
    assert near.described(str.upper) == "Unknown field mediaId: did you mean MEDIA_IDS?"
    far = InvalidFieldName("tags", suggestion=None, known=("content", "media_ids"))
    assert far.message == "Unknown field tags: known names are content, media_ids."
    assert far.described(str.upper) == "Unknown field tags: known names are CONTENT, MEDIA_IDS."
