"""Publishing a post: what is handed to the networks, and how a post comes out of what they answer."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from app.domain.changes import PostChanges
from app.domain.destination import DestinationStatus
from app.domain.history import EventType, FieldChange, Revision, event_of
from app.domain.kind import PostKind
from app.domain.platforms import Platform
from app.domain.post import Known, Post, PostStatus
from app.domain.publishing import (
    ALWAYS,
    NEVER,
    NotCalled,
    Outcome,
    Outgoing,
    Published,
    Refused,
    Report,
    TryLater,
    Unanswered,
)
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    POST_ID,
    YESTERDAY,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_published_post,
    a_publishing_post,
    a_scheduled_post,
    an_account,
    an_image,
    failed,
    on_the_wire,
    published,
    queued,
    stored_once_more,
    unknown,
)

OUT = Published(platform_post_id="17", platform_post_url="https://platform.test/p/17")
REFUSED = Refused(reason="The token has expired.")
TOO_LONG = Refused(reason="The text is too long.")
BUSY = TryLater(reason="The network is busy.")
SILENCE = Unanswered(reason="No answer came.")
MAY_BE_OUT = "The post may be out: look at the account, and retry with confirm only if it is not."


def report(account_id: int, outcome: Outcome, *, attempt: int = 1, repeatable_for: timedelta = ALWAYS) -> Report:
    return Report(
        account_id=account_id,
        attempt=attempt,
        outcome=outcome,
        repeatable_for=repeatable_for,
        pause=timedelta(seconds=7),
    )


def after(post: Post, *reports: Report) -> Post:
    """What the reports make of the post, which is seen to be untouched."""
    before = deepcopy(post)
    revised = post.after(reports, now=NOW)
    assert post == before
    return revised


def silent(account_id: int) -> Report:
    """Nobody knows what came of the call, and nobody may try again."""
    return report(account_id, SILENCE, attempt=8)


def out(account_id: int = 1) -> Any:
    """A destination that has just come out."""
    return replace(
        published(account_id),
        platform_post_id=OUT.platform_post_id,
        platform_post_url=OUT.platform_post_url,
        published_at=NOW,
    )


def last_try(account_id: int) -> Any:
    return replace(on_the_wire(account_id), attempts=8, error=BUSY.reason)


def gave_up(account_id: int) -> Any:
    return replace(unknown(account_id), attempts=8, error=f"{SILENCE.reason} {MAY_BE_OUT}", called_at=NOW)


def refused(account_id: int, outcome: Refused = REFUSED) -> Any:
    return replace(failed(account_id), error=outcome.reason, attempts=1, next_attempt_at=None)


def test_what_goes_out_is_what_the_post_says() -> None:
    account = an_account(7, platform=Platform.MASTODON)
    post = a_publishing_post(
        on_the_wire(7),
        kind=PostKind.SLIDESHOW,
        title="Three slides",
        media=(an_image(2), an_image(1)),
        social_audio_id="audio-7",
        platform_content={"x": {"content": "For another platform"}},
    )

    assert Outgoing.of(post, account, attempt=3) == Outgoing(
        key=f"post_{POST_ID.hex}_7",
        post_id=POST_ID,
        account=account,
        attempt=3,
        kind=PostKind.SLIDESHOW,
        text="Launch day",
        title="Three slides",
        description=None,
        first_comment=None,
        social_audio_id="audio-7",
        media=(an_image(2), an_image(1)),
    )


@pytest.mark.parametrize(
    ("said", "different"),
    [
        ({}, {}),
        ({"content": "Shorter."}, {"text": "Shorter."}),
        ({"content": ""}, {"text": ""}),
        ({"title": "Another"}, {"title": "Another"}),
        ({"description": "What it is"}, {"description": "What it is"}),
        ({"first_comment": "First!"}, {"first_comment": "First!"}),
        (
            {"content": "a", "title": "b", "description": "c", "first_comment": "d"},
            {"text": "a", "title": "b", "description": "c", "first_comment": "d"},
        ),
    ],
)
def test_what_is_said_for_the_accounts_platform_goes_before_what_the_post_says(
    said: dict[str, str], different: dict[str, Any]
) -> None:
    account = an_account(1, platform=Platform.X)
    plain = a_publishing_post(title="Three slides")
    post = plain._replace(platform_content={"x": said, "mastodon": {"content": "Not here"}})

    expected = replace(Outgoing.of(plain, account, attempt=1), **different)
    assert Outgoing.of(post, account, attempt=1) == expected


def test_the_key_is_the_same_for_every_attempt_and_no_other_destinations() -> None:
    post, another = a_publishing_post(), a_publishing_post(id=UUID(int=1))
    keys = [Outgoing.of(post, an_account(1), attempt=attempt).key for attempt in (1, 2, 30)]
    others = {
        Outgoing.of(post, an_account(2**31 - 1), attempt=1).key,
        Outgoing.of(another, an_account(1), attempt=1).key,
    }

    assert len({*keys}) == 1
    assert len({*keys} | others) == 3
    assert all(re.fullmatch(r"[a-z0-9_]{1,64}", key) for key in {*keys} | others)


@pytest.mark.parametrize(
    ("post", "reports", "status", "destinations", "reason"),
    [
        (a_publishing_post(), [report(1, OUT)], PostStatus.PUBLISHED, (out(1),), None),
        (
            a_publishing_post(on_the_wire(1), on_the_wire(2), failure_reason="Of another time."),
            [report(1, OUT), report(2, OUT)],
            PostStatus.PUBLISHED,
            (out(1), out(2)),
            None,
        ),
        (
            a_publishing_post(on_the_wire(1), on_the_wire(2)),
            [report(1, OUT), report(2, REFUSED)],
            PostStatus.PARTIALLY_FAILED,
            (out(1), refused(2)),
            REFUSED.reason,
        ),
        (
            a_publishing_post(on_the_wire(1), on_the_wire(2), on_the_wire(3)),
            [report(3, REFUSED), report(2, TOO_LONG), report(1, REFUSED)],
            PostStatus.FAILED,
            (refused(1), refused(2, TOO_LONG), refused(3)),
            f"{REFUSED.reason} {TOO_LONG.reason}",
        ),
        (
            a_publishing_post(published(1), last_try(2)),
            [silent(2)],
            PostStatus.PARTIALLY_FAILED,
            (published(1), gave_up(2)),
            f"{SILENCE.reason} {MAY_BE_OUT}",
        ),
        (
            a_publishing_post(on_the_wire(1), last_try(2)),
            [report(1, REFUSED), silent(2)],
            PostStatus.FAILED,
            (refused(1), gave_up(2)),
            f"{REFUSED.reason} {SILENCE.reason} {MAY_BE_OUT}",
        ),
    ],
)
def test_the_last_answer_settles_the_post_and_says_why_it_failed(
    post: Post, reports: list[Report], status: PostStatus, destinations: Any, reason: str | None
) -> None:
    expected = stored_once_more(post, status=status, destinations=destinations, failure_reason=reason)

    assert after(post, *reports) == expected


@pytest.mark.parametrize("rest", [on_the_wire(2), queued(2), replace(queued(2), next_attempt_at=IN_A_WEEK)])
def test_a_post_is_being_published_while_anything_is_on_the_wire_or_waits_for_it(rest: Any) -> None:
    post = a_publishing_post(on_the_wire(1), rest)

    assert after(post, report(1, OUT)) == stored_once_more(post, destinations=(out(1), rest))
    assert after(post, report(1, REFUSED)) == stored_once_more(
        post, destinations=(refused(1), rest), failure_reason=REFUSED.reason
    )


@pytest.mark.parametrize("outcome", [BUSY, SILENCE, NotCalled()])
def test_what_is_to_be_tried_again_keeps_the_post_on_its_way(outcome: Outcome) -> None:
    post = a_publishing_post()

    revised = after(post, report(1, outcome))

    assert (revised.status, revised.failure_reason) == (PostStatus.PUBLISHING, None)
    assert revised.destinations[0].status is DestinationStatus.QUEUED


@pytest.mark.parametrize(
    "reports",
    [
        [],
        [report(1, OUT, attempt=3)],
        [report(1, REFUSED, attempt=1)],
        [report(9, OUT)],
        [report(2, OUT), report(3, REFUSED), report(4, REFUSED, attempt=3)],
    ],
)
def test_reports_of_nothing_that_is_waited_for_leave_the_very_same_post(reports: list[Report]) -> None:
    post = a_publishing_post(replace(on_the_wire(1), attempts=2), published(2), queued(3), failed(4))

    assert after(post, *reports) is post


@pytest.mark.parametrize("late", [OUT, REFUSED, BUSY, SILENCE, NotCalled()])
def test_a_late_answer_told_together_with_the_one_that_counts_does_not_hide_it(late: Outcome) -> None:
    post = a_publishing_post(replace(on_the_wire(1), attempts=2))
    counts, lost = report(1, OUT, attempt=2), report(1, late, attempt=1)
    expected = stored_once_more(
        post, status=PostStatus.PUBLISHED, destinations=(replace(out(1), attempts=2),), failure_reason=None
    )

    assert after(post, counts, lost) == after(post, lost, counts) == expected


@pytest.mark.parametrize(
    "later",
    [
        replace(on_the_wire(1), attempts=2, called_at=NOW),
        replace(queued(1), attempts=2, error=BUSY.reason, next_attempt_at=IN_A_WEEK),
    ],
)
def test_an_earlier_attempt_that_turns_out_to_be_out_settles_the_post_and_the_later_one_changes_nothing(
    later: Any,
) -> None:
    post = a_publishing_post(later)

    settled = after(post, report(1, OUT, attempt=1))

    is_out = replace(out(1), attempts=2)
    assert settled == stored_once_more(post, status=PostStatus.PUBLISHED, destinations=(is_out,))
    for late in (Published(platform_post_id="18"), REFUSED, BUSY, SILENCE, NotCalled()):
        assert after(settled, report(1, late, attempt=2)) is settled
    assert not settled.is_due(IN_A_WEEK)


def test_an_earlier_attempt_that_turns_out_to_be_out_settles_a_failed_post_anew() -> None:
    post = a_failed_post(failed(1), failed(2))

    assert after(post, report(1, OUT, attempt=2)) == stored_once_more(
        post, status=PostStatus.PARTIALLY_FAILED, destinations=(replace(out(1), attempts=3), failed(2))
    )
    alone = a_partially_failed_post(published(1), failed(2))
    assert after(alone, report(2, OUT, attempt=1)) == stored_once_more(
        alone,
        status=PostStatus.PUBLISHED,
        destinations=(published(1), replace(out(2), attempts=3)),
        failure_reason=None,
    )


@pytest.mark.parametrize(
    ("rest", "status", "reason"),
    [
        ((), PostStatus.PUBLISHED, None),
        ((queued(2),), PostStatus.SCHEDULED, None),
        ((failed(2),), PostStatus.PARTIALLY_FAILED, "The token has expired."),
        ((unknown(2),), PostStatus.PARTIALLY_FAILED, "No answer came."),
    ],
)
def test_a_post_whose_retry_turns_out_to_be_needless_is_scheduled_only_while_something_is_queued(
    rest: Any, status: PostStatus, reason: str | None
) -> None:
    again = replace(queued(1), attempts=1)
    post = a_scheduled_post(again, *rest)

    assert after(post, report(1, OUT)) == stored_once_more(
        post, status=status, destinations=(out(1), *rest), failure_reason=reason
    )


def test_a_late_answer_settles_a_failed_post_anew() -> None:
    post = a_failed_post(failed(1), unknown(2), failure_reason="Both.")

    assert after(post, report(2, OUT)) == stored_once_more(
        post,
        status=PostStatus.PARTIALLY_FAILED,
        destinations=(failed(1), out(2)),
        failure_reason="The token has expired.",
    )
    assert after(post, report(2, TOO_LONG)) == stored_once_more(
        post,
        destinations=(failed(1), refused(2, TOO_LONG)),
        failure_reason=f"The token has expired. {TOO_LONG.reason}",
    )
    alone = a_partially_failed_post(published(1), unknown(2))
    assert after(alone, report(2, OUT)) == stored_once_more(
        alone, status=PostStatus.PUBLISHED, destinations=(published(1), out(2)), failure_reason=None
    )


def test_a_late_answer_to_a_post_that_is_queued_again_leaves_it_queued() -> None:
    post = a_scheduled_post(queued(1), unknown(2))

    assert after(post, report(2, OUT)) == stored_once_more(post, destinations=(queued(1), out(2)))
    assert after(post, report(2, REFUSED)) == stored_once_more(
        post, destinations=(queued(1), refused(2)), failure_reason=REFUSED.reason
    )


def test_a_late_answer_to_a_draft_leaves_a_draft_that_can_be_queued_whole() -> None:
    post = a_draft(queued(1), unknown(2))

    came_out = after(post, report(2, OUT))
    assert came_out == stored_once_more(post, destinations=(queued(1), out(2)))

    did_not = after(post, report(2, REFUSED))
    assert did_not == stored_once_more(post, destinations=(queued(1), replace(queued(2), attempts=1)))
    scheduled = did_not.apply(PostChanges(status=PostStatus.SCHEDULED), Known(), now=NOW)
    assert [item.status for item in scheduled.destinations] == [DestinationStatus.QUEUED] * 2


def test_a_draft_that_turns_out_to_be_out_everywhere_is_published() -> None:
    post = a_draft(published(1), unknown(2))

    assert after(post, report(2, OUT)) == stored_once_more(
        post, status=PostStatus.PUBLISHED, destinations=(published(1), out(2))
    )


def test_nothing_that_is_said_of_a_published_post_changes_it() -> None:
    post = a_published_post()

    for outcome in (OUT, REFUSED, BUSY, SILENCE, NotCalled()):
        assert after(post, report(1, outcome)) is post


_EVENTS = {
    (None, PostStatus.DRAFT): EventType.UPDATED,
    (None, PostStatus.SCHEDULED): EventType.SCHEDULED,
    (PostStatus.DRAFT, PostStatus.DRAFT): EventType.UPDATED,
    (PostStatus.DRAFT, PostStatus.SCHEDULED): EventType.SCHEDULED,
    (PostStatus.DRAFT, PostStatus.PUBLISHED): EventType.PUBLISHED,
    (PostStatus.SCHEDULED, PostStatus.DRAFT): EventType.UPDATED,
    (PostStatus.SCHEDULED, PostStatus.SCHEDULED): EventType.UPDATED,
    (PostStatus.SCHEDULED, PostStatus.PUBLISHING): EventType.PUBLISHING,
    (PostStatus.SCHEDULED, PostStatus.PUBLISHED): EventType.PUBLISHED,
    (PostStatus.SCHEDULED, PostStatus.PARTIALLY_FAILED): EventType.PARTIALLY_FAILED,
    (PostStatus.PUBLISHING, PostStatus.PUBLISHING): EventType.UPDATED,
    (PostStatus.PUBLISHING, PostStatus.PUBLISHED): EventType.PUBLISHED,
    (PostStatus.PUBLISHING, PostStatus.PARTIALLY_FAILED): EventType.PARTIALLY_FAILED,
    (PostStatus.PUBLISHING, PostStatus.FAILED): EventType.FAILED,
    (PostStatus.FAILED, PostStatus.FAILED): EventType.UPDATED,
    (PostStatus.FAILED, PostStatus.PUBLISHED): EventType.PUBLISHED,
    (PostStatus.FAILED, PostStatus.PARTIALLY_FAILED): EventType.PARTIALLY_FAILED,
    (PostStatus.FAILED, PostStatus.SCHEDULED): EventType.SCHEDULED,
    (PostStatus.FAILED, PostStatus.DRAFT): EventType.UPDATED,
    (PostStatus.PARTIALLY_FAILED, PostStatus.PARTIALLY_FAILED): EventType.UPDATED,
    (PostStatus.PARTIALLY_FAILED, PostStatus.PUBLISHED): EventType.PUBLISHED,
    (PostStatus.PARTIALLY_FAILED, PostStatus.SCHEDULED): EventType.SCHEDULED,
    (PostStatus.PARTIALLY_FAILED, PostStatus.DRAFT): EventType.UPDATED,
}


@pytest.mark.parametrize(("before", "to"), _EVENTS)
def test_every_change_of_status_is_the_event_of_where_it_leads(before: PostStatus | None, to: PostStatus) -> None:
    assert event_of(before, to) is _EVENTS[before, to]


def test_every_status_is_reached_in_the_table_of_events_and_every_type_but_deletion_comes_of_one() -> None:
    assert {to for _, to in _EVENTS} == {before for before, _ in _EVENTS if before} | {PostStatus.PUBLISHED}
    assert {to for _, to in _EVENTS} == set(PostStatus)
    assert set(_EVENTS.values()) == set(EventType) - {EventType.DELETED}


def test_the_history_tells_of_a_claim_and_of_its_outcome() -> None:
    post = a_scheduled_post(queued(1), scheduled_for=YESTERDAY)
    claimed = post.claim(now=NOW)
    settled = claimed.after([report(1, OUT)], now=NOW)
    record = {
        "account_id": 1,
        "status": "queued",
        "platform_post_id": None,
        "platform_post_url": None,
        "published_at": None,
        "error": None,
        "attempts": 0,
    }
    on_its_way = record | {"status": "publishing", "attempts": 1}
    is_out = on_its_way | {
        "status": "published",
        "platform_post_id": "17",
        "platform_post_url": "https://platform.test/p/17",
        "published_at": "2026-04-12T08:30:00.000Z",
    }

    first, second = Revision.of(post, claimed, by="publisher"), Revision.of(claimed, settled, by="publisher")

    assert (first.event, first.status, first.version) == (EventType.PUBLISHING, PostStatus.PUBLISHING, 8)
    assert first.changes == (
        FieldChange(field="status", before="scheduled", after="publishing"),
        FieldChange(field="destinations", before=[record], after=[on_its_way]),
    )
    assert (second.event, second.status, second.version) == (EventType.PUBLISHED, PostStatus.PUBLISHED, 9)
    assert second.changes == (
        FieldChange(field="status", before="publishing", after="published"),
        FieldChange(field="destinations", before=[on_its_way], after=[is_out]),
    )


def test_a_call_that_nobody_may_repeat_is_unknown_until_somebody_confirms() -> None:
    called = replace(on_the_wire(1), called_at=NOW)
    lost = after(a_publishing_post(called), report(1, SILENCE, repeatable_for=NEVER))
    assert (lost.status, lost.unknown_account_ids) == (PostStatus.FAILED, [1])

    again, _ = lost.retried(None, now=NOW, confirm=True)
    claimed = again.claim(now=NOW, repeatable_for=lambda _: NEVER)

    assert (claimed.status, claimed.destinations[0].attempts, claimed.destinations[0].called_at) == (
        PostStatus.PUBLISHING,
        2,
        None,
    )


def test_a_call_that_nobody_may_repeat_is_made_once_though_the_clock_is_set_back_while_it_is_open() -> None:
    began = NOW + timedelta(seconds=3)
    post = a_publishing_post(replace(on_the_wire(1), called_at=began, lease_until=began + timedelta(minutes=1)))

    lost = after(post, report(1, SILENCE, repeatable_for=NEVER))

    assert lost == stored_once_more(
        post,
        status=PostStatus.FAILED,
        destinations=(replace(unknown(1), error=f"{SILENCE.reason} {MAY_BE_OUT}", called_at=began),),
        failure_reason=f"{SILENCE.reason} {MAY_BE_OUT}",
    )
    assert not lost.is_due(IN_A_WEEK)


def test_what_a_worker_that_was_killed_may_have_called_is_unknown_when_it_is_refused_then() -> None:
    post = a_publishing_post(replace(on_the_wire(1), lease_until=NOW))

    taken_over = post.claim(now=NOW)
    since = taken_over.destinations[0].called_at
    refused_then = taken_over.after([replace(report(1, REFUSED, attempt=2), open_since=since)], now=NOW)

    assert (since, refused_then.status, refused_then.failure_reason) == (
        NOW,
        PostStatus.FAILED,
        f"{REFUSED.reason} {MAY_BE_OUT}",
    )
    assert refused_then.unknown_account_ids == [1]
