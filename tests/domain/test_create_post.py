"""A new post obeys the rules of an update of an empty draft."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.domain.changes import PostChanges
from app.domain.errors import InvalidFieldName, InvalidInput, IssueCode
from app.domain.kind import PostKind
from app.domain.post import Known, Post, PostStatus
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    NOTHING_KNOWN,
    POST_ID,
    a_video,
    an_account,
    an_image,
    known,
    queued,
)


def _create(
    kind: PostKind = PostKind.STANDARD, known: Known = NOTHING_KNOWN, *, publish_now: bool = False, **changes: Any
) -> Post:
    return Post.create(POST_ID, kind, PostChanges(**changes), known, now=NOW, publish_now=publish_now)


def _empty(kind: PostKind = PostKind.STANDARD, **different: Any) -> Post:
    values: dict[str, Any] = {
        "id": POST_ID,
        "kind": kind,
        "status": PostStatus.DRAFT,
        "content": "",
        "title": None,
        "scheduled_for": None,
        "timezone": "UTC",
        "media": (),
        "platform_content": {},
        "social_audio_id": None,
        "music_post_id": None,
        "destinations": (),
        "failure_reason": None,
        "version": 1,
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Post(**{**values, **different})


@pytest.mark.parametrize("kind", list(PostKind))
def test_a_new_post_of_which_nothing_is_said_is_an_empty_draft(kind: PostKind) -> None:
    assert _create(kind) == _empty(kind)


def test_a_new_post_says_what_it_was_given_and_has_version_1() -> None:
    created = _create(
        PostKind.SLIDESHOW,
        known(an_account(2), an_account(1), an_image(1)),
        content="Words",
        title="A title",
        account_ids=frozenset({2, 1}),
        scheduled_for=IN_A_WEEK,
        timezone="Asia/Tokyo",
        media_ids=(an_image(1).id,),
        platform_content={"x": {"content": "Shorter"}},
        social_audio_id="audio-1",
        status=PostStatus.SCHEDULED,
    )
    assert created == _empty(
        PostKind.SLIDESHOW,
        status=PostStatus.SCHEDULED,
        content="Words",
        title="A title",
        destinations=(queued(1), queued(2)),
        scheduled_for=IN_A_WEEK,
        timezone="Asia/Tokyo",
        media=(an_image(1),),
        platform_content={"x": {"content": "Shorter"}},
        social_audio_id="audio-1",
    )


def test_publishing_now_makes_it_due_at_once() -> None:
    created = _create(
        known=known(an_account(1)),
        publish_now=True,
        content="Words",
        account_ids=frozenset({1}),
        status=PostStatus.SCHEDULED,
    )
    assert created.scheduled_for == NOW
    assert created.is_due(NOW)


def test_a_time_that_is_named_wins_over_publishing_now() -> None:
    assert _create(publish_now=True, scheduled_for=IN_A_WEEK).scheduled_for == IN_A_WEEK
    assert _create(publish_now=True, scheduled_at=IN_A_WEEK).scheduled_for == IN_A_WEEK


@pytest.mark.parametrize(
    ("changes", "problems"),
    [
        ({"status": PostStatus.PUBLISHED}, [("status", IssueCode.INVALID_VALUE)]),
        ({"scheduled_for": NOW - timedelta(seconds=1)}, [("scheduled_for", IssueCode.PAST_SCHEDULE_TIME)]),
        ({"timezone": None}, [("timezone", IssueCode.NOT_NULLABLE)]),
        ({"account_ids": frozenset({1})}, [("account_ids", IssueCode.UNKNOWN_ID)]),
        (
            {"status": PostStatus.SCHEDULED},
            [
                ("scheduled_for", IssueCode.REQUIRED),
                ("account_ids", IssueCode.REQUIRED),
                ("content", IssueCode.REQUIRED),
            ],
        ),
    ],
)
def test_a_new_post_is_refused_for_what_an_update_is_refused_for(
    changes: dict[str, Any], problems: list[tuple[str, IssueCode]]
) -> None:
    with pytest.raises(InvalidInput) as refused:
        _create(**changes)
    assert [(found.path[0], found.code) for found in refused.value.issues] == problems


def test_a_new_post_with_an_unknown_name_is_refused() -> None:
    with pytest.raises(InvalidFieldName, match=r"^Unknown field platform_content\.fb: known names are bluesky, "):
        _create(platform_content={"fb": {}})


@pytest.mark.parametrize("kind", [PostKind.VIDEO, PostKind.SLIDESHOW])
def test_the_kind_asks_for_its_media_from_the_start(kind: PostKind) -> None:
    wrong, right = (an_image(), a_video()) if kind is PostKind.VIDEO else (a_video(), an_image())
    with pytest.raises(InvalidInput):
        _create(kind, known(wrong), media_ids=(wrong.id,))
    assert _create(kind, known(right), media_ids=(right.id,)).media == (right,)
