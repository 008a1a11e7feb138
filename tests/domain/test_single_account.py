"""Where a post has one account and is always scheduled: which updates and retries such an API accepts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.changes import PostChanges
from app.domain.errors import AccountAlreadyPublished, AlreadyPublished, InvalidInput, IssueCode, Refusal
from app.domain.post import Known, Post, PostStatus
from app.domain.single_account import refuse_unless_single_account, retried_now
from app.domain.slots import all_free
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    NOTHING_KNOWN,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_published_post,
    a_publishing_post,
    a_scheduled_post,
    an_account,
    failed,
    issue,
    known,
    published,
    queued,
    stored_once_more,
    unknown,
)

_NEEDS_BOTH = issue(
    "status",
    code=IssueCode.DRAFT_NEEDS_ACCOUNT_AND_TIME,
    message="A draft can be updated here only together with its account and its time.",
)
_MALFORMED = issue("title", code=IssueCode.INVALID_VALUE, message="`title` must be text.")


def _update(post: Post, known: Known = NOTHING_KNOWN, **changes: Any) -> Post:
    """An update as such an API makes it: `scheduled` is always asked for."""
    checked = refuse_unless_single_account(post, PostChanges(**changes))
    return post.apply(replace(checked, status=PostStatus.SCHEDULED), known, now=NOW)


def _refusal_of(post: Post, known: Known = NOTHING_KNOWN, **changes: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        _update(post, known, **changes)
    return refused.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"content": "Other words"},
        {"account_ids": frozenset({1})},
        {"scheduled_for": IN_A_WEEK},
    ],
    ids=lambda changes: "+".join(changes) or "nothing",
)
def test_a_draft_needs_its_account_and_its_time(changes: dict[str, Any]) -> None:
    refusal = _refusal_of(a_draft(), known(an_account(1)), **changes)
    assert isinstance(refusal, InvalidInput)
    assert refusal.issues[0] == _NEEDS_BOTH


def test_a_draft_with_both_becomes_scheduled() -> None:
    post = a_draft(scheduled_for=None)
    revised = _update(post, known(an_account(1)), account_ids=frozenset({1}), scheduled_for=IN_A_WEEK)
    assert revised == stored_once_more(
        post, status=PostStatus.SCHEDULED, destinations=(queued(1),), scheduled_for=IN_A_WEEK
    )


def test_a_draft_with_several_accounts_moves_to_the_one_that_is_named() -> None:
    post = a_draft(queued(1), queued(2))
    revised = _update(post, account_ids=frozenset({2}), scheduled_for=IN_A_WEEK)
    assert revised == stored_once_more(post, status=PostStatus.SCHEDULED, destinations=(queued(2),))


@pytest.mark.parametrize("post", [a_scheduled_post(queued(1), queued(2)), a_failed_post(failed(1), failed(2))])
def test_a_post_with_several_accounts_is_updated_only_when_it_is_moved_to_one(post: Post) -> None:
    refusal = _refusal_of(post, content="Other words")
    assert isinstance(refusal, InvalidInput)
    assert refusal.issues == (
        issue(
            "account_ids",
            code=IssueCode.SEVERAL_ACCOUNTS,
            message="The post goes to 2 accounts: name the account that it should move to.",
        ),
    )
    moved = _update(post, known(an_account(3)), content="Other words", account_ids=frozenset({3}))
    assert moved == stored_once_more(
        post, content="Other words", destinations=(queued(3),), status=PostStatus.SCHEDULED, failure_reason=None
    )


def test_a_post_cannot_be_moved_away_from_where_it_is_published() -> None:
    post = a_partially_failed_post(published(1), failed(2))
    refusal = _refusal_of(post, known(an_account(3)), account_ids=frozenset({3}))
    assert isinstance(refusal, AccountAlreadyPublished)
    assert refusal.account_ids == [1]


def test_a_failed_post_is_reset_by_any_update() -> None:
    post = a_failed_post()
    again = (replace(queued(1), attempts=3),)
    assert _update(post) == stored_once_more(post, status=PostStatus.SCHEDULED, destinations=again, failure_reason=None)


def test_a_scheduled_post_that_is_told_nothing_stays_the_very_post() -> None:
    post = a_scheduled_post()
    assert _update(post) is post


@pytest.mark.parametrize(
    "post",
    [a_scheduled_post(), a_failed_post(), a_scheduled_post(queued(1))],
    ids=["scheduled", "failed", "one account"],
)
def test_changes_that_such_an_api_accepts_are_passed_on_as_they_are(post: Post) -> None:
    changes = PostChanges(content="Other words", issues=(_MALFORMED,))
    assert refuse_unless_single_account(post, changes) is changes


def test_its_problem_is_told_together_with_the_others() -> None:
    refusal = _refusal_of(a_draft(), issues=(_MALFORMED,), timezone="Nowhere")
    assert isinstance(refusal, InvalidInput)
    assert [found.code for found in refusal.issues] == [
        IssueCode.DRAFT_NEEDS_ACCOUNT_AND_TIME,
        IssueCode.INVALID_VALUE,
        IssueCode.INVALID_VALUE,
        IssueCode.REQUIRED,
    ]


@pytest.mark.parametrize(
    "post",
    [a_published_post(published(1), published(2)), a_publishing_post()],
    ids=lambda post: post.status,
)
def test_a_post_that_is_out_says_so_before_anything_else(post: Post) -> None:
    refusal = _refusal_of(post)
    assert not isinstance(refusal, InvalidInput)
    assert isinstance(refusal, AlreadyPublished) is (post.status is PostStatus.PUBLISHED)


@pytest.mark.parametrize(
    "post",
    [a_draft(queued(1)), a_scheduled_post(), a_scheduled_post(failed(1)), a_publishing_post(), a_published_post()],
    ids=["draft", "scheduled", "scheduled again", "publishing", "published"],
)
def test_only_a_failed_post_can_be_retried_now(post: Post) -> None:
    with pytest.raises(InvalidInput) as refused:
        retried_now(post, all_free(), now=NOW)
    assert refused.value.issues == (
        issue("status", code=IssueCode.NOTHING_TO_RETRY, message="Only a failed post can be retried."),
    )


def test_a_failed_post_is_retried_now_whatever_its_time_was() -> None:
    post = a_failed_post(failed(1), failed(2))
    again = (replace(queued(1), attempts=3), replace(queued(2), attempts=3))
    assert retried_now(post, all_free(), now=NOW) == stored_once_more(
        post, status=PostStatus.SCHEDULED, scheduled_for=NOW, destinations=again, failure_reason=None
    )


def test_what_is_published_of_a_post_that_is_retried_now_stays_published() -> None:
    post = a_partially_failed_post(published(1), failed(2))
    revised = retried_now(post, all_free(), now=NOW)
    assert revised.destinations == (published(1), replace(queued(2), attempts=3))
    assert revised.is_due(NOW)


def test_a_post_whose_outcome_is_unknown_everywhere_is_not_retried() -> None:
    with pytest.raises(InvalidInput) as refused:
        retried_now(a_failed_post(unknown(1)), all_free(), now=NOW)
    assert [found.code for found in refused.value.issues] == [IssueCode.NOTHING_TO_PUBLISH]


def test_a_post_that_is_retried_while_its_time_is_taken_gets_the_next_free_one() -> None:
    post = a_failed_post(replace(failed(1), account=an_account(1, minimum_gap_minutes=30)))
    slots = all_free()
    slots.book_for(UUID(int=9), [1], NOW - timedelta(minutes=10))
    assert retried_now(post, slots, now=NOW).scheduled_for == NOW + timedelta(minutes=20)
