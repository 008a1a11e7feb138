"""What holds for every post and every update: nothing is changed in place, by halves, or behind anybody's back."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from app.domain.changes import LEAVE, NAMES, PostChanges
from app.domain.destination import DestinationStatus
from app.domain.errors import AlreadyPublished, PublishingInProgress, Refusal
from app.domain.kind import PostKind
from app.domain.post import Post, PostAction, PostStatus, settled_status
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    YESTERDAY,
    a_post,
    a_video,
    an_account,
    an_image,
    failed,
    known,
    on_the_wire,
    published,
    queued,
    unknown,
)

_IMAGES = [an_image(number) for number in range(1, 4)]
_VIDEO = a_video()
_HELD = known(*(an_account(id) for id in range(1, 6)), an_account(6, is_active=False), *_IMAGES, _VIDEO)
_TIMES = st.sampled_from([YESTERDAY, NOW, NOW + timedelta(milliseconds=1), IN_A_WEEK, NOW + timedelta(days=9999)])
_TEXTS = st.sampled_from(["", "Launch day", "Other words", "NUL \0"]) | st.text(max_size=5)
_OVERRIDES: st.SearchStrategy[Any] = st.sampled_from(
    [{}, {"x": {"content": "C"}}, {"x": {"content": None}}, {"x": []}, {"nowhere": {}}, {"x": {"mood": ""}}, "text"]
)

_DESTINATIONS_OF = {
    PostStatus.DRAFT: [queued, published, unknown],
    PostStatus.SCHEDULED: [queued, published, unknown],
    PostStatus.PUBLISHING: [on_the_wire, published, unknown, failed],
    PostStatus.PUBLISHED: [published],
    PostStatus.PARTIALLY_FAILED: [published, failed, unknown],
    PostStatus.FAILED: [failed, unknown],
}


@st.composite
def _posts(draw: st.DrawFn) -> Post:
    """Posts as they can be stored."""
    status = draw(st.sampled_from(PostStatus))
    kind = draw(st.sampled_from(PostKind))
    may_lack = status is PostStatus.DRAFT
    accounts = draw(st.sets(st.integers(1, 4), min_size=0 if may_lack else 1))
    destinations = tuple(draw(st.sampled_from(_DESTINATIONS_OF[status]))(id) for id in sorted(accounts))
    if status is PostStatus.SCHEDULED:
        assume(any(destination.is_queued for destination in destinations))
    if status in (PostStatus.PARTIALLY_FAILED, PostStatus.FAILED):
        assume(settled_status(destinations) is status)
    media = (_VIDEO,) if kind is PostKind.VIDEO else tuple(draw(st.lists(st.sampled_from(_IMAGES), unique=True)))
    if may_lack:
        media = draw(st.sampled_from([(), media]))
    elif kind is PostKind.SLIDESHOW:
        assume(media)
    content = draw(st.sampled_from(["", "Launch day"] if media or may_lack else ["Launch day"]))
    return a_post(
        status,
        *destinations,
        kind=kind,
        content=content,
        title=draw(st.sampled_from([None, "A title"])) if kind is PostKind.SLIDESHOW else None,
        scheduled_for=draw(st.sampled_from([YESTERDAY, IN_A_WEEK] + [None] * may_lack)),
        media=media,
        platform_content=draw(st.sampled_from([{}, {"x": {"content": "C"}}])),
        social_audio_id=draw(st.sampled_from([None, "audio-1"])),
        failure_reason="It failed." if status in (PostStatus.FAILED, PostStatus.PARTIALLY_FAILED) else None,
    )


def _left_or(*values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(LEAVE), st.just(LEAVE), *values)


_CHANGES = st.builds(
    PostChanges,
    content=_left_or(st.none(), _TEXTS),
    account_ids=_left_or(st.none(), st.frozensets(st.integers(1, 7)), st.frozensets(st.integers(1, 4))),
    scheduled_for=_left_or(st.none(), _TIMES),
    scheduled_at=_left_or(st.just(LEAVE), st.none(), _TIMES),
    timezone=_left_or(st.none(), st.sampled_from(["UTC", "Asia/Tokyo", "Nowhere"])),
    media_ids=_left_or(
        st.none(),
        st.lists(st.sampled_from([*(image.id for image in _IMAGES), _VIDEO.id]), max_size=3).map(tuple),
        st.just((an_image(9).id,)),
    ),
    platform_content=_left_or(st.none(), _OVERRIDES),
    status=_left_or(st.none(), st.sampled_from(PostStatus)),
    title=_left_or(st.none(), st.sampled_from(["A title", "T" * 91])),
    social_audio_id=_left_or(st.none(), _TEXTS),
    expected_versions=st.sampled_from([None, None, None, frozenset({7}), frozenset({6})]),
)

_GENTLE_CHANGES = st.builds(
    PostChanges,
    content=_left_or(st.sampled_from(["Launch day", "Other words"])),
    account_ids=_left_or(st.frozensets(st.integers(1, 5))),
    scheduled_for=_left_or(st.just(IN_A_WEEK)),
    timezone=_left_or(st.sampled_from(["UTC", "Asia/Tokyo"])),
    platform_content=_left_or(st.none(), st.just({"x": {"content": "C"}})),
    status=_left_or(st.sampled_from([PostStatus.DRAFT, PostStatus.SCHEDULED])),
    social_audio_id=_left_or(st.none(), st.just("audio-2")),
)
"""Changes that are mostly accepted."""

_ANY_CHANGES = _CHANGES | _GENTLE_CHANGES


def _try_apply(post: Post, changes: PostChanges) -> Post | None:
    """The revised post, or None when the update is refused."""
    try:
        revised = post.apply(changes, _HELD, now=NOW)
    except Refusal as refusal:
        event(type(refusal).__name__)
        return None
    event("unchanged" if revised is post else "changed")
    return revised


@given(_posts(), _ANY_CHANGES)
def test_an_update_changes_neither_the_post_it_was_given_nor_the_changes(post: Post, changes: PostChanges) -> None:
    post_before, changes_before = deepcopy(post), deepcopy(changes)
    _try_apply(post, changes)
    assert post == post_before
    assert changes == changes_before


@given(_posts(), _ANY_CHANGES)
def test_the_same_update_of_the_same_post_has_the_same_outcome(post: Post, changes: PostChanges) -> None:
    assert _try_apply(post, changes) == _try_apply(post, changes)


@given(_posts(), _ANY_CHANGES)
def test_no_field_is_listed_as_changed_exactly_when_the_very_post_is_the_answer(
    post: Post, changes: PostChanges
) -> None:
    revised = _try_apply(post, changes)
    if revised is not None:
        assert (post.changed_fields(revised) == []) is (revised is post)


@given(_posts(), _ANY_CHANGES)
def test_a_change_is_one_version_and_nothing_is_none(post: Post, changes: PostChanges) -> None:
    revised = _try_apply(post, changes)
    if revised is not None and revised is not post:
        assert (revised.version, revised.updated_at) == (post.version + 1, NOW)
        assert revised._replace(version=post.version, updated_at=post.updated_at) != post


@given(_posts(), _ANY_CHANGES)
def test_what_is_left_out_stays_and_what_never_changes_stays_too(post: Post, changes: PostChanges) -> None:
    revised = _try_apply(post, changes)
    if revised is None:
        return
    for name in NAMES:
        is_left_out = getattr(changes, name) is LEAVE
        if name == "scheduled_for":
            is_left_out = is_left_out and changes.scheduled_at is LEAVE
        if is_left_out and name != "status":
            assert getattr(revised, name) == getattr(post, name)
    unchanging = ("id", "kind", "music_post_id", "created_at")
    assert [getattr(revised, name) for name in unchanging] == [getattr(post, name) for name in unchanging]


@given(_posts(), _GENTLE_CHANGES)
def test_the_same_changes_again_change_nothing(post: Post, changes: PostChanges) -> None:
    once = _try_apply(post, changes)
    if once is None:
        return
    if once.status is PostStatus.PUBLISHED:
        with pytest.raises(AlreadyPublished):
            once.apply(changes, _HELD, now=NOW)
    else:
        assert once.apply(changes, _HELD, now=NOW) is once


@given(_posts(), _ANY_CHANGES)
def test_what_is_out_or_may_be_keeps_its_record(post: Post, changes: PostChanges) -> None:
    revised = _try_apply(post, changes)
    if revised is None:
        return
    after = {destination.account.id: destination for destination in revised.destinations}
    for destination in post.destinations:
        if destination.is_published:
            assert after[destination.account.id] is destination
        elif destination.status is DestinationStatus.UNKNOWN:
            assert after.get(destination.account.id, destination) is destination
        elif destination.account.id in after:
            assert after[destination.account.id].attempts == destination.attempts


@given(_posts(), _ANY_CHANGES)
def test_a_revised_post_is_whole(post: Post, changes: PostChanges) -> None:
    revised = _try_apply(post, changes)
    if revised is None:
        return
    assert revised.account_ids == sorted(set(revised.account_ids))
    assert len(revised.media_ids) == len(set(revised.media_ids))
    if revised.status is PostStatus.DRAFT:
        assert revised.failure_reason is None
        return
    assert revised.scheduled_for is not None
    assert revised.destinations != ()
    assert revised.content or revised.media
    if revised.status is PostStatus.SCHEDULED:
        assert any(destination.is_queued for destination in revised.destinations)
        assert not any(destination.status is DestinationStatus.FAILED for destination in revised.destinations)
        assert revised.failure_reason is None
    else:
        assert revised.status is settled_status(revised.destinations)


@given(_posts(), _ANY_CHANGES)
def test_only_a_post_that_allows_it_is_ever_updated(post: Post, changes: PostChanges) -> None:
    if PostAction.UPDATE in post.allowed_actions:
        assert post.apply(PostChanges(), _HELD, now=NOW) is post
    else:
        refusal = AlreadyPublished if post.status is PostStatus.PUBLISHED else PublishingInProgress
        with pytest.raises(refusal):
            post.apply(changes, _HELD, now=NOW)


@given(_posts())
def test_a_post_sent_back_whole_changes_nothing(post: Post) -> None:
    assume(PostAction.UPDATE in post.allowed_actions)
    whole = PostChanges(
        content=post.content,
        account_ids=frozenset(post.account_ids),
        scheduled_for=post.scheduled_for,
        scheduled_at=post.scheduled_for,
        timezone=post.timezone,
        media_ids=tuple(post.media_ids),
        platform_content=deepcopy(post.platform_content),
        status=post.status,
        title=post.title,
        social_audio_id=post.social_audio_id,
        expected_versions=frozenset({post.version}),
    )
    assert post.apply(whole, known(), now=NOW) is post
