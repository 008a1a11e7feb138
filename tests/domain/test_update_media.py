"""The media set of a post, and what each kind of post carries."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.errors import InputIssue, IssueCode
from app.domain.kind import PostKind
from app.domain.media import Media
from app.domain.post import PostStatus
from tests.support.posts import (
    a_draft,
    a_scheduled_post,
    a_video,
    an_image,
    issue,
    issues_of,
    known,
    queued,
    stored_once_more,
    updated,
)

_ONE_VIDEO = issue("media_ids", code=IssueCode.INVALID_VALUE, message="A video post has exactly one video.")
_IMAGES_ONLY = issue("media_ids", code=IssueCode.INVALID_VALUE, message="A slideshow post has images only.")
_DUPLICATE = issue("media_ids", code=IssueCode.DUPLICATE, message="`media_ids` must not name the same media twice.")


def test_the_whole_set_is_replaced_in_the_order_asked_for() -> None:
    post = a_scheduled_post(media=(an_image(1), an_image(2)))
    ids = (an_image(3).id, an_image(1).id)
    assert updated(post, known(an_image(3)), media_ids=ids) == stored_once_more(post, media=(an_image(3), an_image(1)))


def test_another_order_is_a_change() -> None:
    post = a_scheduled_post(media=(an_image(1), an_image(2)))
    revised = updated(post, media_ids=(an_image(2).id, an_image(1).id))
    assert revised.media_ids == [an_image(2).id, an_image(1).id]
    assert post.changed_fields(revised) == ["media_ids"]


def test_an_empty_list_removes_all_media() -> None:
    post = a_scheduled_post(media=(an_image(1),))
    assert updated(post, media_ids=()) == stored_once_more(post, media=())


def test_media_that_does_not_exist_for_the_caller_is_named() -> None:
    assert issues_of(a_draft(media=(an_image(1),)), media_ids=(UUID(int=8), an_image(1).id, UUID(int=9))) == [
        issue(
            "media_ids",
            code=IssueCode.UNKNOWN_ID,
            message="There is no media 00000000-0000-0000-0000-000000000008.",
        ),
        issue(
            "media_ids",
            code=IssueCode.UNKNOWN_ID,
            message="There is no media 00000000-0000-0000-0000-000000000009.",
        ),
    ]


def test_media_that_does_not_exist_is_named_once() -> None:
    unknown = issue(
        "media_ids", code=IssueCode.UNKNOWN_ID, message="There is no media 00000000-0000-0000-0000-000000000009."
    )
    assert issues_of(a_draft(), media_ids=(UUID(int=9), UUID(int=9))) == [unknown, _DUPLICATE]


def test_duplicates_are_refused_even_beside_the_stored_set() -> None:
    post = a_draft(media=(an_image(1),))
    assert issues_of(post, media_ids=(an_image(1).id, an_image(1).id)) == [_DUPLICATE]


@pytest.mark.parametrize(
    ("kind", "media", "problems"),
    [
        (PostKind.STANDARD, [an_image(1), a_video(101), an_image(2)], []),
        (PostKind.VIDEO, [a_video(101)], []),
        (PostKind.VIDEO, [], []),
        (PostKind.VIDEO, [an_image(1)], [_ONE_VIDEO]),
        (PostKind.VIDEO, [a_video(101), a_video(102)], [_ONE_VIDEO]),
        (PostKind.VIDEO, [a_video(101), a_video(101)], [_DUPLICATE, _ONE_VIDEO]),
        (PostKind.SLIDESHOW, [an_image(1)], []),
        (PostKind.SLIDESHOW, [an_image(number) for number in range(35)], []),
        (PostKind.SLIDESHOW, [], []),
        (PostKind.SLIDESHOW, [an_image(1), a_video(101)], [_IMAGES_ONLY]),
    ],
)
def test_a_draft_of_each_kind_carries_only_what_suits_it(
    kind: PostKind, media: list[Media], problems: list[InputIssue]
) -> None:
    post = a_draft(kind=kind, media=(an_image(77),) if kind is PostKind.SLIDESHOW else (a_video(177),))
    ids = tuple(item.id for item in media)
    if problems:
        assert issues_of(post, known(*media), media_ids=ids) == problems
    else:
        assert updated(post, known(*media), media_ids=ids) == stored_once_more(post, media=tuple(media))


@pytest.mark.parametrize(
    ("kind", "media", "message"),
    [
        (PostKind.VIDEO, (a_video(),), "A video post has exactly one video."),
        (PostKind.SLIDESHOW, (an_image(),), "A slideshow post has one or more images."),
    ],
)
def test_a_scheduled_post_keeps_the_media_its_kind_needs(
    kind: PostKind, media: tuple[Media, ...], message: str
) -> None:
    missing = [issue("media_ids", code=IssueCode.REQUIRED, message=message)]
    assert issues_of(a_scheduled_post(kind=kind, media=media), media_ids=None) == missing
    assert issues_of(a_draft(queued(1), kind=kind), status=PostStatus.SCHEDULED) == missing


@pytest.mark.parametrize(("kind", "media"), [(PostKind.VIDEO, (a_video(),)), (PostKind.SLIDESHOW, (an_image(),))])
def test_media_suffices_without_content(kind: PostKind, media: tuple[Media, ...]) -> None:
    post = a_scheduled_post(kind=kind, media=media)
    assert updated(post, content=None) == stored_once_more(post, content="")
    draft = a_draft(queued(1), kind=kind, media=media, content="")
    assert updated(draft, status=PostStatus.SCHEDULED) == stored_once_more(draft, status=PostStatus.SCHEDULED)


def test_media_that_was_found_wrong_is_not_also_called_missing() -> None:
    video = a_draft(queued(1), kind=PostKind.VIDEO)
    wrong = issues_of(video, media_ids=(UUID(int=9),), status=PostStatus.SCHEDULED)
    assert [found.code for found in wrong] == [IssueCode.UNKNOWN_ID]
    empty = a_scheduled_post(content="", media=(an_image(),))
    assert [found.code for found in issues_of(empty, media_ids=(UUID(int=9),))] == [IssueCode.UNKNOWN_ID]
