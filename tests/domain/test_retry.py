"""A retry queues again what failed, and leaves alone what is out, or may be."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.account import Account
from app.domain.changes import PostChanges
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import (
    AlreadyPublished,
    InputIssue,
    InvalidInput,
    IssueCode,
    PublishingInProgress,
    Refusal,
    VersionConflict,
)
from app.domain.platforms import Platform
from app.domain.post import Known, Post, PostStatus
from app.domain.slots import Slots, all_free
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
    an_account,
    failed,
    issue,
    on_the_wire,
    published,
    queued,
    stored_once_more,
    unknown,
)

REASON = "One account failed."


def retried(post: Post, *account_ids: int, confirm: bool = False) -> tuple[Post, int]:
    """The post after a retry that is accepted; the post itself is seen to be untouched."""
    before = deepcopy(post)
    answer = post.retried(frozenset(account_ids) or None, now=NOW, confirm=confirm)
    assert post == before
    return answer


def issues_of(post: Post, account_ids: frozenset[int] | None = None, *, confirm: bool = False) -> list[InputIssue]:
    before = deepcopy(post)
    with pytest.raises(InvalidInput) as refused:
        post.retried(account_ids, now=NOW, confirm=confirm)
    assert post == before
    return list(refused.value.issues)


def again(destination: Destination) -> Destination:
    """What a retry makes of a destination that failed: the calls that were made stay counted."""
    return replace(destination, status=DestinationStatus.QUEUED, error=None, next_attempt_at=None, called_at=None)


NOT_FAILED = "On account {} the post has not failed."
ELSEWHERE = "The post does not go to account {}."
MAY_BE_OUT = (
    "On {} the post may be out already: the network never answered. "
    "Look there first; `confirm` set to true sends it again."
)
NOTHING = "No destination that was chosen has failed: there is nothing to retry."


def test_everything_that_failed_is_queued_again_and_the_rest_is_untouched() -> None:
    post = a_partially_failed_post(published(1), failed(2), unknown(3), failed(4))

    revised, count = retried(post)

    assert count == 2
    assert revised == stored_once_more(
        post,
        status=PostStatus.SCHEDULED,
        destinations=(published(1), again(failed(2)), unknown(3), again(failed(4))),
        failure_reason=None,
    )
    assert revised.destinations[0] is post.destinations[0]
    assert revised.destinations[2] is post.destinations[2]


def test_a_post_that_failed_everywhere_is_due_at_once() -> None:
    post = a_failed_post(failed(1), failed(2))

    revised, count = retried(post)

    assert count == 2
    assert revised.is_due(NOW)
    assert revised.scheduled_for == YESTERDAY


def test_accounts_may_be_chosen_and_what_failed_elsewhere_keeps_its_reason() -> None:
    post = a_partially_failed_post(published(1), failed(2), failed(3))

    some, count = retried(post, 3)
    assert count == 1
    assert some == stored_once_more(
        post, status=PostStatus.SCHEDULED, destinations=(published(1), failed(2), again(failed(3)))
    )
    assert some.failure_reason == REASON

    rest, count = retried(some)
    assert count == 1
    assert rest == stored_once_more(
        some, destinations=(published(1), again(failed(2)), again(failed(3))), failure_reason=None
    )


@pytest.mark.parametrize(
    ("account_ids", "issues"),
    [
        ({1}, [(IssueCode.NOTHING_TO_RETRY, NOT_FAILED.format(1))]),
        ({3}, [(IssueCode.OUTCOME_UNKNOWN, MAY_BE_OUT.format("account 3"))]),
        ({2, 3}, [(IssueCode.OUTCOME_UNKNOWN, MAY_BE_OUT.format("account 3"))]),
        ({9}, [(IssueCode.UNKNOWN_ID, ELSEWHERE.format(9))]),
        ({2, 9}, [(IssueCode.UNKNOWN_ID, ELSEWHERE.format(9))]),
        ({1, 2}, [(IssueCode.NOTHING_TO_RETRY, NOT_FAILED.format(1))]),
        (
            {-1, 1, 2, 3, 2**31},
            [
                (IssueCode.UNKNOWN_ID, ELSEWHERE.format(-1)),
                (IssueCode.NOTHING_TO_RETRY, NOT_FAILED.format(1)),
                (IssueCode.OUTCOME_UNKNOWN, MAY_BE_OUT.format("account 3")),
                (IssueCode.UNKNOWN_ID, ELSEWHERE.format(2**31)),
            ],
        ),
        (set(), [(IssueCode.NOTHING_TO_RETRY, NOTHING)]),
    ],
)
def test_an_account_on_which_the_post_has_not_failed_is_refused(
    account_ids: set[int], issues: list[tuple[IssueCode, str]]
) -> None:
    post = a_partially_failed_post(published(1), failed(2), unknown(3))

    found = issues_of(post, frozenset(account_ids))

    assert found == [issue("account_ids", code=code, message=message) for code, message in issues]


@pytest.mark.parametrize("post", [a_draft(queued(1)), a_draft(), a_scheduled_post(queued(1))])
@pytest.mark.parametrize("confirm", [False, True])
def test_where_nothing_failed_there_is_nothing_to_retry(post: Post, confirm: bool) -> None:
    assert issues_of(post, confirm=confirm) == [issue("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=NOTHING)]


@pytest.mark.parametrize(
    ("post", "accounts"),
    [
        (a_failed_post(unknown(1)), "account 1"),
        (a_failed_post(unknown(1), unknown(4)), "account 1, account 4"),
        (a_partially_failed_post(published(1), unknown(2)), "account 2"),
        (a_scheduled_post(queued(1), unknown(2)), "account 2"),
    ],
)
def test_where_the_outcome_is_unknown_and_nothing_failed_a_retry_asks_to_confirm(post: Post, accounts: str) -> None:
    asked = MAY_BE_OUT.format(accounts)

    assert issues_of(post) == [issue("confirm", code=IssueCode.OUTCOME_UNKNOWN, message=asked)]
    assert issues_of(post, frozenset()) == [issue("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=NOTHING)]


def test_a_confirmed_retry_also_queues_what_is_unknown_as_if_no_call_had_been_begun() -> None:
    open = replace(unknown(3), attempts=5, called_at=YESTERDAY)
    post = a_partially_failed_post(published(1), failed(2), open)

    everything, count = retried(post, confirm=True)
    assert count == 2
    assert everything == stored_once_more(
        post,
        status=PostStatus.SCHEDULED,
        destinations=(published(1), again(failed(2)), replace(queued(3), attempts=5)),
        failure_reason=None,
    )

    chosen, count = retried(post, 3, confirm=True)
    assert count == 1
    assert chosen == stored_once_more(
        post,
        status=PostStatus.SCHEDULED,
        destinations=(published(1), failed(2), replace(queued(3), attempts=5)),
    )

    only_failed, count = retried(post, 2, confirm=True)
    assert count == 1
    assert only_failed.destinations == (published(1), again(failed(2)), open)


def test_a_confirmed_retry_still_refuses_what_is_out_or_queued_or_elsewhere() -> None:
    post = a_scheduled_post(published(1), queued(2), unknown(3))

    assert issues_of(post, frozenset({1, 2, 3, 9}), confirm=True) == [
        issue("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=NOT_FAILED.format(1)),
        issue("account_ids", code=IssueCode.NOTHING_TO_RETRY, message=NOT_FAILED.format(2)),
        issue("account_ids", code=IssueCode.UNKNOWN_ID, message=ELSEWHERE.format(9)),
    ]


@pytest.mark.parametrize(
    ("post", "refusal"),
    [
        (a_published_post(), AlreadyPublished),
        (a_publishing_post(on_the_wire(1), failed(2)), PublishingInProgress),
    ],
)
@pytest.mark.parametrize("account_ids", [None, frozenset(), frozenset({2}), frozenset({9})])
def test_a_post_that_is_out_or_on_the_wire_says_so_whatever_is_asked(
    post: Post, refusal: type[Refusal], account_ids: frozenset[int] | None
) -> None:
    with pytest.raises(refusal):
        post.retried(account_ids, now=NOW)


def on(platform: Platform, status: DestinationStatus, id: int) -> Destination:
    account: Account = an_account(id, platform=platform)
    return Destination(account=account, status=status, attempts=1)


def test_what_is_queued_again_must_keep_its_platforms_rules_and_what_is_out_need_not() -> None:
    post = a_partially_failed_post(
        on(Platform.X, DestinationStatus.PUBLISHED, 1),
        on(Platform.X, DestinationStatus.FAILED, 2),
        on(Platform.LINKEDIN, DestinationStatus.FAILED, 3),
        content="a" * 281,
    )

    assert retried(post, 3)[1] == 1
    for account_ids in (frozenset({2}), frozenset({2, 3}), None):
        [found] = issues_of(post, account_ids)
        assert (found.path, found.code, found.platform) == (("content",), IssueCode.TOO_LONG, Platform.X)
        assert (found.limit, found.actual) == (280, 281)


def test_what_is_late_goes_out_at_once_and_what_is_not_waits_for_its_slot() -> None:
    account = an_account(1, minimum_gap_minutes=30)
    late = a_failed_post(replace(failed(1), account=account))
    early = late._replace(scheduled_for=IN_A_WEEK)

    def taken(post: Post) -> Slots:
        slots = all_free()
        slots.book_for(UUID(int=7), [1], post.scheduled_for)
        return slots

    assert late.retried(None, now=NOW, slots=taken(late))[0].scheduled_for == YESTERDAY
    assert early.retried(None, now=NOW, slots=taken(early))[0].scheduled_for == IN_A_WEEK + timedelta(minutes=30)
    assert early.retried(None, now=NOW)[0].scheduled_for == IN_A_WEEK


def test_another_version_than_the_expected_one_is_not_retried() -> None:
    post = a_failed_post()

    for expected in (frozenset[int](), frozenset({6, 8})):
        with pytest.raises(VersionConflict) as refused:
            post.retried(frozenset({9}), now=NOW, expected_versions=expected)
        assert refused.value.post is post
    assert post.retried(None, now=NOW, expected_versions=frozenset({6, 7}))[1] == 1


_STATUSES = st.sampled_from(
    [DestinationStatus.PUBLISHED, DestinationStatus.FAILED, DestinationStatus.UNKNOWN, DestinationStatus.QUEUED]
)
_MAKERS = {
    DestinationStatus.PUBLISHED: published,
    DestinationStatus.FAILED: failed,
    DestinationStatus.UNKNOWN: unknown,
    DestinationStatus.QUEUED: queued,
}


@given(st.lists(_STATUSES, min_size=1, max_size=6), st.none() | st.frozensets(st.integers(1, 7)), st.booleans())
def test_a_retry_touches_what_failed_and_was_chosen_and_nothing_else(
    statuses: list[DestinationStatus], chosen: frozenset[int] | None, confirm: bool
) -> None:
    destinations = tuple(_MAKERS[status](id) for id, status in enumerate(statuses, start=1))
    post = a_scheduled_post(*destinations, failure_reason=REASON)
    may_be_retried = {DestinationStatus.FAILED} | ({DestinationStatus.UNKNOWN} if confirm else set())
    have_failed = {item.account.id for item in destinations if item.status in may_be_retried}
    wanted = have_failed if chosen is None else chosen
    if not wanted or not wanted <= have_failed:
        with pytest.raises(InvalidInput):
            post.retried(chosen, now=NOW, confirm=confirm)
        return

    revised, count = post.retried(chosen, now=NOW, confirm=confirm)

    assert count == len(wanted)
    assert revised == stored_once_more(
        post,
        destinations=tuple(again(item) if item.account.id in wanted else item for item in destinations),
        failure_reason=REASON
        if any(item.has_failed and item.account.id not in wanted for item in destinations)
        else None,
    )


def test_a_partly_retried_post_that_becomes_a_draft_starts_over() -> None:
    post = a_failed_post(failed(1), failed(2))
    partly, _ = post.retried(frozenset({1}), now=NOW)
    assert [item.status for item in partly.destinations] == [DestinationStatus.QUEUED, DestinationStatus.FAILED]

    draft = partly.apply(PostChanges(status=PostStatus.DRAFT), Known(), now=NOW)

    assert [item.status for item in draft.destinations] == [DestinationStatus.QUEUED, DestinationStatus.QUEUED]
    assert draft.failure_reason is None
