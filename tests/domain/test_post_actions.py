"""What can be done with a post besides updating it: deleting, claiming, and being told what is possible."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace

import pytest

from app.domain.destination import DestinationStatus
from app.domain.errors import AlreadyPublished, PublishingInProgress, VersionConflict
from app.domain.post import Post, PostAction, PostStatus
from app.domain.publishing import LEASE
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    YESTERDAY,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_published_post,
    a_publishing_post,
    a_scheduled_post,
    failed,
    published,
    queued,
    stored_once_more,
    unknown,
    updated,
)

_TABLE: list[tuple[Post, list[PostAction]]] = [
    (a_draft(), [PostAction.UPDATE, PostAction.DELETE, PostAction.SCHEDULE]),
    (a_draft(published(1)), [PostAction.UPDATE, PostAction.SCHEDULE]),
    (a_scheduled_post(), [PostAction.UPDATE, PostAction.DELETE, PostAction.UNSCHEDULE]),
    (a_scheduled_post(published(1), queued(2)), [PostAction.UPDATE, PostAction.UNSCHEDULE]),
    (a_publishing_post(), []),
    (a_published_post(), []),
    (a_partially_failed_post(), [PostAction.UPDATE, PostAction.RETRY, PostAction.UNSCHEDULE]),
    (a_failed_post(), [PostAction.UPDATE, PostAction.DELETE, PostAction.RETRY, PostAction.UNSCHEDULE]),
]


@pytest.mark.parametrize(("post", "actions"), _TABLE, ids=lambda value: getattr(value, "status", None))
def test_a_post_tells_what_can_be_done_with_it(post: Post, actions: list[PostAction]) -> None:
    assert post.allowed_actions == actions


def test_every_status_has_its_actions_in_the_table() -> None:
    assert {post.status for post, _ in _TABLE} == set(PostStatus)


@pytest.mark.parametrize("post", [post for post, _ in _TABLE], ids=lambda post: post.status)
def test_what_is_told_is_what_is_allowed(post: Post) -> None:
    if PostAction.UNSCHEDULE in post.allowed_actions:
        assert updated(post, status=PostStatus.DRAFT).status is PostStatus.DRAFT
    if PostAction.UPDATE in post.allowed_actions:
        assert updated(post, timezone="Asia/Tokyo").timezone == "Asia/Tokyo"
    if PostAction.DELETE in post.allowed_actions:
        post.refuse_unless_deletable()
    else:
        with pytest.raises((AlreadyPublished, PublishingInProgress)):
            post.refuse_unless_deletable()


@pytest.mark.parametrize("post", [a_draft(), a_scheduled_post(), a_failed_post()], ids=lambda post: post.status)
def test_a_post_of_which_nothing_is_out_can_be_deleted(post: Post) -> None:
    before = deepcopy(post)
    post.refuse_unless_deletable()
    assert post == before


@pytest.mark.parametrize(
    "post",
    [a_published_post(), a_partially_failed_post(), a_draft(published(1)), a_scheduled_post(published(1), queued(2))],
    ids=lambda post: post.status,
)
def test_a_post_of_which_anything_is_out_cannot_be_deleted(post: Post) -> None:
    with pytest.raises(AlreadyPublished) as refused:
        post.refuse_unless_deletable()
    assert refused.value.post is post


def test_a_post_on_the_wire_cannot_be_deleted() -> None:
    post = a_publishing_post()
    with pytest.raises(PublishingInProgress) as refused:
        post.refuse_unless_deletable()
    assert refused.value.post is post


def test_a_version_can_be_expected_of_any_post() -> None:
    post = a_published_post()
    post.expect_version(None)
    post.expect_version({7})
    with pytest.raises(VersionConflict) as refused:
        post.expect_version({8})
    assert refused.value.current_version == 7


@pytest.mark.parametrize(
    ("post", "is_due"),
    [
        (a_scheduled_post(scheduled_for=YESTERDAY), True),
        (a_scheduled_post(scheduled_for=NOW), True),
        (a_scheduled_post(scheduled_for=IN_A_WEEK), False),
        (a_draft(queued(1), scheduled_for=YESTERDAY), False),
        (a_failed_post(scheduled_for=YESTERDAY), False),
        (a_published_post(scheduled_for=YESTERDAY), False),
    ],
)
def test_a_scheduled_post_is_due_from_its_time_on(post: Post, is_due: bool) -> None:
    assert post.is_due(NOW) is is_due


def test_a_claim_puts_every_queued_destination_on_the_wire_one_attempt_further() -> None:
    post = a_scheduled_post(
        published(1), replace(queued(2), attempts=3), queued(3), unknown(4), scheduled_for=YESTERDAY
    )
    claimed = post.claim(now=NOW)
    assert claimed == stored_once_more(
        post,
        status=PostStatus.PUBLISHING,
        destinations=(
            published(1),
            replace(queued(2), status=DestinationStatus.PUBLISHING, attempts=4, lease_until=NOW + LEASE),
            replace(queued(3), status=DestinationStatus.PUBLISHING, attempts=1, lease_until=NOW + LEASE),
            unknown(4),
        ),
    )
    assert post.status is PostStatus.SCHEDULED


@pytest.mark.parametrize(
    ("post", "refusal"),
    [
        (a_published_post(), AlreadyPublished),
        (a_publishing_post(), PublishingInProgress),
        (a_scheduled_post(), ValueError),
        (a_draft(queued(1), scheduled_for=YESTERDAY), ValueError),
        (a_failed_post(failed(1)), ValueError),
    ],
)
def test_only_a_post_that_is_due_can_be_claimed(post: Post, refusal: type[Exception]) -> None:
    before = deepcopy(post)
    with pytest.raises(refusal):
        post.claim(now=NOW)
    assert post == before


def test_a_claim_that_comes_first_refuses_the_update_and_one_that_comes_later_takes_it_along() -> None:
    post = a_scheduled_post(scheduled_for=YESTERDAY)
    with pytest.raises(PublishingInProgress):
        updated(post.claim(now=NOW), content="Other words")
    claimed = updated(post, content="Other words").claim(now=NOW)
    assert (claimed.content, claimed.version, claimed.status) == ("Other words", 9, PostStatus.PUBLISHING)
