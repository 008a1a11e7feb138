"""The set of target accounts: what is kept, what is new, and what cannot be left out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.domain.destination import Destination
from app.domain.errors import AccountAlreadyPublished, InputIssue, IssueCode
from app.domain.post import Post, PostStatus
from tests.support.posts import (
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_scheduled_post,
    an_account,
    failed,
    issue,
    issues_of,
    known,
    published,
    queued,
    refusal_of,
    stored_once_more,
    unknown,
    updated,
)


def test_new_accounts_start_queued_and_are_served_in_ascending_order() -> None:
    post = a_scheduled_post(queued(5))
    revised = updated(post, known(an_account(9), an_account(2)), account_ids=frozenset({9, 5, 2}))
    assert revised == stored_once_more(post, destinations=(queued(2), queued(5), queued(9)))
    assert revised.account_ids == [2, 5, 9]


def test_a_kept_account_keeps_its_record_and_one_left_out_is_gone() -> None:
    record = replace(queued(2), attempts=3)
    post = a_scheduled_post(queued(1), record)
    assert updated(post, account_ids=frozenset({2})) == stored_once_more(post, destinations=(record,))


def test_an_account_that_does_not_exist_for_the_caller_is_named() -> None:
    assert issues_of(a_scheduled_post(), account_ids=frozenset({104, 1, 99})) == [
        issue("account_ids", code=IssueCode.UNKNOWN_ID, message="There is no account 99."),
        issue("account_ids", code=IssueCode.UNKNOWN_ID, message="There is no account 104."),
    ]


@pytest.mark.parametrize("post", [a_scheduled_post(published(1), queued(2)), a_partially_failed_post()])
def test_of_a_set_that_was_read_in_part_every_id_is_checked_and_nothing_is_called_left_out(post: Post) -> None:
    malformed = InputIssue(
        path=("account_ids", "0"), code=IssueCode.INVALID_VALUE, message="`account_ids.0` must be a whole number."
    )
    missing = issue("account_ids", code=IssueCode.UNKNOWN_ID, message="There is no account 99.")
    assert issues_of(post, issues=(malformed,), account_ids=frozenset()) == [malformed]
    assert issues_of(post, issues=(malformed,), account_ids=frozenset({99})) == [malformed, missing]


def test_a_new_account_must_be_active() -> None:
    inactive = known(an_account(2, is_active=False))
    assert issues_of(a_draft(), inactive, account_ids=frozenset({2})) == [
        issue("account_ids", code=IssueCode.INACTIVE_ACCOUNT, message="Account 2 is not active.")
    ]


def test_an_account_that_has_become_inactive_may_be_sent_back() -> None:
    resting = Destination(account=an_account(1, is_active=False))
    post = a_scheduled_post(resting, queued(2))
    assert updated(post, account_ids=frozenset({1, 2})) is post
    assert updated(post, account_ids=frozenset({1})).destinations == (resting,)


def test_a_draft_may_have_no_accounts_and_a_scheduled_post_may_not() -> None:
    draft = a_draft(queued(1))
    assert updated(draft, account_ids=frozenset()) == stored_once_more(draft, destinations=())
    assert issues_of(a_scheduled_post(), account_ids=frozenset()) == [
        issue("account_ids", code=IssueCode.REQUIRED, message="A scheduled post needs at least one account.")
    ]


@pytest.mark.parametrize(
    "post",
    [
        a_partially_failed_post(published(1), published(2), failed(3)),
        a_scheduled_post(published(1), published(2), queued(3)),
        a_draft(published(1), published(2), queued(3)),
    ],
    ids=lambda post: post.status,
)
def test_published_destinations_cannot_be_left_out_in_any_state(post: Post) -> None:
    for kept, missing in (({3}, [1, 2]), ({1, 3}, [2]), (set(), [1, 2]), ({2, 99}, [1])):
        refusal = refusal_of(post, account_ids=frozenset(kept))
        assert isinstance(refusal, AccountAlreadyPublished)
        assert refusal.account_ids == missing


def test_a_published_destination_keeps_its_record_when_others_change() -> None:
    post = a_partially_failed_post(published(1), failed(2))
    revised = updated(post, known(an_account(3)), account_ids=frozenset({1, 3}))
    assert revised.destinations == (published(1), queued(3))
    assert revised.status is PostStatus.SCHEDULED


def test_leaving_out_every_failed_account_settles_what_the_rest_says() -> None:
    """Nothing is left to send, so nothing is scheduled."""
    all_out = a_partially_failed_post(published(1), failed(2))
    assert updated(all_out, account_ids=frozenset({1})) == stored_once_more(
        all_out, destinations=(published(1),), status=PostStatus.PUBLISHED, failure_reason=None
    )
    one_unknown = a_partially_failed_post(published(1), failed(2), unknown(3))
    assert updated(one_unknown, account_ids=frozenset({1, 3})) == stored_once_more(
        one_unknown, destinations=(published(1), unknown(3))
    )
    none_out = a_failed_post(failed(1), unknown(2))
    assert updated(none_out, account_ids=frozenset({2})) == stored_once_more(none_out, destinations=(unknown(2),))
    waiting = a_scheduled_post(published(1), queued(2))
    assert updated(waiting, account_ids=frozenset({1})) == stored_once_more(
        waiting, destinations=(published(1),), status=PostStatus.PUBLISHED
    )


def test_a_post_that_settles_as_published_is_still_whole() -> None:
    post = a_partially_failed_post(published(1), failed(2))
    assert issues_of(post, account_ids=frozenset({1}), scheduled_for=None, content=None) == [
        issue("scheduled_for", code=IssueCode.REQUIRED, message="A scheduled post needs a time."),
        issue("content", code=IssueCode.REQUIRED, message="A scheduled post needs content or media."),
    ]
