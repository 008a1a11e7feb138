"""Asking for a status: unscheduling, queueing, and giving a failed post another go."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import IssueCode
from app.domain.post import Post, PostStatus, settled_status
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    POST_OF_EACH_STATUS,
    YESTERDAY,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_scheduled_post,
    an_account,
    failed,
    issue,
    issues_of,
    known,
    on_the_wire,
    published,
    queued,
    stored_once_more,
    unknown,
    updated,
)

_UPDATABLE = [PostStatus.DRAFT, PostStatus.SCHEDULED, PostStatus.FAILED, PostStatus.PARTIALLY_FAILED]
_NOT_REQUESTABLE = [PostStatus.PUBLISHING, PostStatus.PUBLISHED, PostStatus.PARTIALLY_FAILED, PostStatus.FAILED]
_NOTHING_TO_PUBLISH = issue(
    "status",
    code=IssueCode.NOTHING_TO_PUBLISH,
    message="No destination of the post is waiting to be published: each is published, or may be.",
)


def test_draft_unschedules_and_keeps_the_time() -> None:
    post = a_scheduled_post()
    assert updated(post, status=PostStatus.DRAFT) == stored_once_more(post, status=PostStatus.DRAFT)


def test_scheduled_queues_a_draft() -> None:
    post = a_draft(queued(1))
    assert updated(post, status=PostStatus.SCHEDULED) == stored_once_more(post, status=PostStatus.SCHEDULED)


def test_a_draft_stays_one_unless_asked_otherwise() -> None:
    post = a_draft(queued(1))
    assert updated(post, content="Other words") == stored_once_more(post, content="Other words")


def test_a_draft_whose_time_has_passed_is_due_at_once_when_it_is_queued() -> None:
    revised = updated(a_draft(queued(1), scheduled_for=YESTERDAY), status=PostStatus.SCHEDULED)
    assert revised.scheduled_for == YESTERDAY
    assert revised.is_due(NOW)


def test_an_incomplete_draft_is_told_everything_it_needs_to_be_scheduled() -> None:
    post = a_draft(content="", scheduled_for=None)
    assert issues_of(post, status=PostStatus.SCHEDULED) == [
        issue("scheduled_for", code=IssueCode.REQUIRED, message="A scheduled post needs a time."),
        issue("account_ids", code=IssueCode.REQUIRED, message="A scheduled post needs at least one account."),
        issue("content", code=IssueCode.REQUIRED, message="A scheduled post needs content or media."),
    ]


def test_what_a_draft_lacks_may_come_with_the_update_that_queues_it() -> None:
    post = a_draft(content="", scheduled_for=None)
    revised = updated(
        post,
        known(an_account(1)),
        content="Words",
        account_ids=frozenset({1}),
        scheduled_for=IN_A_WEEK,
        status=PostStatus.SCHEDULED,
    )
    assert revised == stored_once_more(
        post, content="Words", destinations=(queued(1),), scheduled_for=IN_A_WEEK, status=PostStatus.SCHEDULED
    )


@pytest.mark.parametrize("status", _UPDATABLE)
def test_the_own_status_sent_back_asks_for_nothing(status: PostStatus) -> None:
    post = POST_OF_EACH_STATUS[status]
    assert updated(post, status=status) is post
    assert updated(post, status=status, content="Other words") == updated(post, content="Other words")


@pytest.mark.parametrize(
    ("own", "asked"), [(own, asked) for own in _UPDATABLE for asked in _NOT_REQUESTABLE if own is not asked]
)
def test_no_other_status_can_be_asked_for(own: PostStatus, asked: PostStatus) -> None:
    assert issues_of(POST_OF_EACH_STATUS[own], status=asked) == [
        issue("status", code=IssueCode.INVALID_VALUE, message="`status` can be set to draft or scheduled only.")
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"status": PostStatus.SCHEDULED},
        {"content": "Mended"},
        {"scheduled_for": IN_A_WEEK},
        {"timezone": "Asia/Tokyo"},
        {"platform_content": {"x": {"content": "Mended"}}},
        {"status": PostStatus.SCHEDULED, "content": "Mended", "scheduled_for": IN_A_WEEK},
    ],
    ids=lambda changes: "+".join(changes),
)
@pytest.mark.parametrize("post", [a_failed_post(), a_partially_failed_post()], ids=lambda post: post.status)
def test_a_change_gives_a_failed_post_another_go_and_clears_its_failure(post: Post, changes: dict[str, Any]) -> None:
    again = tuple(
        replace(destination, status=DestinationStatus.QUEUED, error=None, next_attempt_at=None)
        if destination.status is DestinationStatus.FAILED
        else destination
        for destination in post.destinations
    )
    values = {name: value for name, value in changes.items() if name != "status"}
    revised = updated(post, **changes)
    assert revised == stored_once_more(
        post, **values, status=PostStatus.SCHEDULED, failure_reason=None, destinations=again
    )
    assert post.changed_fields(revised) == [
        name for name in ("content", "scheduled_for", "timezone", "platform_content") if name in values
    ] + ["status"]


def test_a_requeued_destination_remembers_how_often_it_was_tried() -> None:
    assert failed(1).requeued() == replace(queued(1), attempts=3)


def test_a_failed_post_whose_time_has_passed_is_due_at_once() -> None:
    revised = updated(a_failed_post(), status=PostStatus.SCHEDULED)
    assert revised.scheduled_for == YESTERDAY
    assert revised.is_due(NOW)


def test_a_failed_post_that_is_told_nothing_new_stays_failed() -> None:
    for post in (a_failed_post(), a_partially_failed_post()):
        assert updated(post) is post
        assert updated(post, content="Launch day", scheduled_for=YESTERDAY, timezone="UTC") is post


@pytest.mark.parametrize("content", ["Launch day", "Mended"])
def test_a_failed_post_becomes_a_draft_when_asked_to(content: str) -> None:
    post = a_partially_failed_post()
    assert updated(post, status=PostStatus.DRAFT, content=content) == stored_once_more(
        post,
        status=PostStatus.DRAFT,
        content=content,
        failure_reason=None,
        destinations=(published(1), replace(queued(2), attempts=3)),
    )


def test_a_failed_post_that_becomes_a_draft_without_accounts_has_no_failure_either() -> None:
    post = a_failed_post()
    assert updated(post, status=PostStatus.DRAFT, account_ids=frozenset()) == stored_once_more(
        post, status=PostStatus.DRAFT, destinations=(), failure_reason=None
    )


@pytest.mark.parametrize("changes", [{"status": PostStatus.SCHEDULED}, {"content": "Mended"}], ids=str)
def test_a_destination_that_may_be_out_is_never_queued_again(changes: dict[str, Any]) -> None:
    post = a_partially_failed_post(published(1), failed(2), unknown(3))
    revised = updated(post, **changes)
    assert revised.destinations == (published(1), replace(queued(2), attempts=3), unknown(3))
    assert revised.status is PostStatus.SCHEDULED


@pytest.mark.parametrize(
    "post",
    [a_failed_post(unknown(1)), a_partially_failed_post(published(1), unknown(2))],
    ids=lambda post: post.status,
)
def test_where_nothing_can_be_queued_again_the_status_stays_what_the_destinations_say(post: Post) -> None:
    assert updated(post, content="Mended") == stored_once_more(post, content="Mended")
    assert issues_of(post, status=PostStatus.SCHEDULED) == [_NOTHING_TO_PUBLISH]
    assert issues_of(post, status=PostStatus.SCHEDULED, content="Mended") == [_NOTHING_TO_PUBLISH]


@pytest.mark.parametrize("destinations", [(published(1),), (unknown(1),), (published(1), unknown(2))])
def test_a_draft_of_which_nothing_waits_cannot_be_scheduled(destinations: tuple[Destination, ...]) -> None:
    assert issues_of(a_draft(*destinations), status=PostStatus.SCHEDULED) == [_NOTHING_TO_PUBLISH]


@pytest.mark.parametrize(
    ("destinations", "status"),
    [
        ((published(1),), PostStatus.PUBLISHED),
        ((published(1), published(2)), PostStatus.PUBLISHED),
        ((published(1), failed(2)), PostStatus.PARTIALLY_FAILED),
        ((published(1), unknown(2)), PostStatus.PARTIALLY_FAILED),
        ((failed(1),), PostStatus.FAILED),
        ((unknown(1),), PostStatus.FAILED),
        ((failed(1), unknown(2)), PostStatus.FAILED),
    ],
)
def test_the_status_of_a_post_that_was_published_is_what_its_destinations_say(
    destinations: tuple[Destination, ...], status: PostStatus
) -> None:
    assert settled_status(destinations) is status


@pytest.mark.parametrize("destination", [queued(1), on_the_wire(1), published(1), unknown(1)])
def test_only_a_failed_destination_is_requeued(destination: Destination) -> None:
    assert destination.requeued() is destination


def test_a_wrong_account_is_not_also_called_a_post_without_destinations() -> None:
    post = a_partially_failed_post(published(1), failed(2))

    issues = issues_of(post, account_ids=frozenset([1, 999]), status=PostStatus.SCHEDULED)

    assert [issue.code for issue in issues] == [IssueCode.UNKNOWN_ID]
