"""The first free instant on accounts that keep a gap between their posts, and which posts are moved to it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from app.domain.account import Account
from app.domain.changes import PostChanges
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import IssueCode
from app.domain.kind import PostKind
from app.domain.post import Known, Post, PostStatus
from app.domain.schedule import latest_time
from app.domain.slots import WINDOW, Booking, Slots, all_free
from tests.support.clock import NOW
from tests.support.posts import (
    IN_A_WEEK,
    POST_ID,
    YESTERDAY,
    a_draft,
    a_failed_post,
    a_partially_failed_post,
    a_scheduled_post,
    an_account,
    an_image,
    failed,
    issue,
    issues_of,
    published,
    queued,
    stored_once_more,
    unknown,
    updated,
)

MILLISECOND = timedelta(milliseconds=1)
MINUTE = timedelta(minutes=1)
OTHER = UUID(int=7)


def keeping(minutes: int, id: int = 1) -> Account:
    return an_account(id, minimum_gap_minutes=minutes)


def keeping_milliseconds(gap: int, id: int = 1) -> Account:
    """A gap no account has, so fine that every instant between two posts can be tried."""
    account = an_account(id, minimum_gap_minutes=gap / 60_000)
    assert account.minimum_gap == gap * MILLISECOND
    return account


class Diary:
    """A calendar in memory, which notes what it was asked for."""

    def __init__(self, *bookings: Booking) -> None:
        self._bookings = bookings
        self.asked: list[tuple[frozenset[int], datetime, datetime]] = []

    def bookings(self, account_ids: Collection[int], since: datetime, until: datetime) -> Collection[Booking]:
        self.asked.append((frozenset(account_ids), since, until))
        return [item for item in self._bookings if item.account_id in account_ids and since <= item.time <= until]


def booked(time: datetime, account_id: int = 1, post_id: UUID = OTHER) -> Booking:
    return Booking(account_id=account_id, post_id=post_id, time=time)


def is_free(time: datetime, accounts: Collection[Account], bookings: Collection[Booking], post_id: UUID) -> bool:
    """The rule itself: no other post on the account is nearer than its gap."""
    return not any(
        item.account_id == account.id and item.post_id != post_id and abs(item.time - time) < account.minimum_gap
        for account in accounts
        for item in bookings
    )


def first_free_by_trying(
    asked: datetime, accounts: Collection[Account], bookings: Collection[Booking], post_id: UUID
) -> datetime:
    time = asked
    while not is_free(time, accounts, bookings, post_id):
        time += MILLISECOND
    return time


_ACCOUNTS = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(
    lambda gaps: [keeping_milliseconds(gap, id) for id, gap in enumerate(gaps, start=1)]
)
_BOOKINGS = st.lists(
    st.builds(
        Booking,
        account_id=st.integers(1, 4),
        post_id=st.sampled_from([POST_ID, OTHER, UUID(int=8)]),
        time=st.integers(-15, 120).map(lambda at: IN_A_WEEK + at * MILLISECOND),
    ),
    max_size=40,
)


@given(_ACCOUNTS, _BOOKINGS, st.integers(-5, 60))
def test_the_slot_is_the_first_millisecond_that_is_free_on_every_account(
    accounts: list[Account], bookings: list[Booking], at: int
) -> None:
    asked = IN_A_WEEK + at * MILLISECOND

    found = Slots(Diary(*bookings)).first_free(asked, accounts, post_id=POST_ID)

    assert found == first_free_by_trying(asked, accounts, bookings, POST_ID)
    assert found >= asked


@settings(max_examples=25)  # each tries some hundred instants against some hundred posts
@given(
    st.lists(st.integers(1, 2), min_size=1, max_size=5),
    st.integers(WINDOW, 2 * WINDOW),
    st.lists(st.integers(0, 8), max_size=10),
)
def test_it_is_so_beyond_the_first_window_too(pattern: list[int], row: int, then: list[int]) -> None:
    accounts = [keeping_milliseconds(2, 1), keeping_milliseconds(3, 2)]
    bookings, at = [], IN_A_WEEK
    for number, distance in enumerate([*(pattern * row)[: 2 * row], *then]):
        at += distance * MILLISECOND
        bookings.append(booked(at, account_id=1 + number % 2))
    diary = Diary(*bookings)

    found = Slots(diary).first_free(IN_A_WEEK, accounts)

    assert found == first_free_by_trying(IN_A_WEEK, accounts, bookings, POST_ID)
    event(f"{len(diary.asked)} looks")


@given(_ACCOUNTS, _BOOKINGS, st.lists(st.integers(-5, 60), min_size=2, max_size=6))
def test_posts_that_are_booked_one_after_the_other_keep_apart(
    accounts: list[Account], bookings: list[Booking], times: list[int]
) -> None:
    slots = Slots(Diary(*bookings))
    known = list(bookings)
    for number, at in enumerate(times):
        post_id = UUID(int=100 + number)
        asked = IN_A_WEEK + at * MILLISECOND

        found = slots.first_free(asked, accounts, post_id=post_id)

        assert found == first_free_by_trying(asked, accounts, known, post_id)
        slots.book_for(post_id, [account.id for account in accounts], found)
        known += [booked(found, account.id, post_id) for account in accounts]


@pytest.mark.parametrize(
    ("taken", "asked", "slot"),
    [
        ([], 0, 0),
        ([0], 0, 30),
        ([0], 29, 30),
        ([0], 30, 30),
        ([0], -29, 30),
        ([0], -30, -30),
        ([0, 30, 60], 10, 90),
        ([0, 59], 0, 89),
        ([0, 60], 0, 30),
        ([-500, 500], 0, 0),
    ],
)
def test_thirty_minutes_between_two_posts_are_enough_and_less_is_not(taken: list[int], asked: int, slot: int) -> None:
    slots = Slots(Diary(*(booked(IN_A_WEEK + minutes * MINUTE) for minutes in taken)))

    assert slots.first_free(IN_A_WEEK + asked * MINUTE, [keeping(30)]) == IN_A_WEEK + slot * MINUTE


def test_one_account_may_be_free_when_the_other_is_not() -> None:
    slots = Slots(Diary(booked(IN_A_WEEK), booked(IN_A_WEEK + 30 * MINUTE, account_id=2)))

    assert slots.first_free(IN_A_WEEK, [keeping(30, 1)]) == IN_A_WEEK + 30 * MINUTE
    assert slots.first_free(IN_A_WEEK, [keeping(10, 2)]) == IN_A_WEEK
    assert slots.first_free(IN_A_WEEK, [keeping(30, 1), keeping(10, 2)]) == IN_A_WEEK + 40 * MINUTE


def test_accounts_without_a_gap_are_not_even_looked_up() -> None:
    diary = Diary(booked(IN_A_WEEK))

    assert Slots(diary).first_free(IN_A_WEEK, [keeping(0), an_account(2)]) == IN_A_WEEK
    assert Slots(diary).first_free(IN_A_WEEK, []) == IN_A_WEEK
    assert diary.asked == []


def test_ten_thousand_posts_in_a_row_are_passed_in_seven_looks() -> None:
    diary = Diary(*(booked(IN_A_WEEK + number * MINUTE) for number in range(10_000)))

    assert Slots(diary).first_free(IN_A_WEEK, [keeping(1)]) == IN_A_WEEK + 10_000 * MINUTE
    looks = [(until - IN_A_WEEK) // MINUTE for _, _, until in diary.asked]
    assert looks == [200, 400, 800, 1600, 3200, 6400, 12_800]


def test_what_one_post_has_looked_at_is_not_read_again_for_the_next() -> None:
    diary = Diary(*(booked(IN_A_WEEK + number * MINUTE) for number in range(300)))
    slots = Slots(diary)
    for number in range(50):
        post_id = UUID(int=100 + number)
        found = slots.first_free(IN_A_WEEK, [keeping(1)], post_id=post_id)
        assert found == IN_A_WEEK + (300 + number) * MINUTE
        slots.book_for(post_id, [1], found)

    assert len(diary.asked) == 2


def test_a_look_that_other_accounts_or_times_need_keeps_what_was_seen_before() -> None:
    diary = Diary(booked(IN_A_WEEK), booked(IN_A_WEEK, account_id=2))
    slots = Slots(diary)
    slots.look_at([1], IN_A_WEEK, IN_A_WEEK + MINUTE)
    slots.look_at([1], IN_A_WEEK, IN_A_WEEK + MINUTE)
    slots.look_at([2], IN_A_WEEK + MINUTE, IN_A_WEEK + 2 * MINUTE)
    slots.look_at([1, 2], IN_A_WEEK, IN_A_WEEK + 2 * MINUTE)

    assert diary.asked == [
        (frozenset({1}), IN_A_WEEK, IN_A_WEEK + MINUTE),
        (frozenset({1, 2}), IN_A_WEEK, IN_A_WEEK + 2 * MINUTE),
    ]


def test_a_post_that_was_booked_is_where_it_was_booked_last_whatever_is_stored() -> None:
    slots = Slots(Diary(booked(IN_A_WEEK)))
    slots.book_for(OTHER, [1], IN_A_WEEK + 60 * MINUTE)

    assert slots.first_free(IN_A_WEEK, [keeping(30)]) == IN_A_WEEK
    assert slots.first_free(IN_A_WEEK + 60 * MINUTE, [keeping(30)]) == IN_A_WEEK + 90 * MINUTE

    slots.book_for(OTHER, [1], None)
    assert slots.first_free(IN_A_WEEK + 60 * MINUTE, [keeping(30)]) == IN_A_WEEK + 60 * MINUTE


def test_posts_may_be_looked_at_as_if_they_were_not_there() -> None:
    diary = Diary(booked(IN_A_WEEK), booked(IN_A_WEEK, post_id=UUID(int=8)))

    assert Slots(diary, without=[OTHER, UUID(int=8)]).first_free(IN_A_WEEK, [keeping(30)]) == IN_A_WEEK
    assert Slots(diary, without=[OTHER]).first_free(IN_A_WEEK, [keeping(30)]) == IN_A_WEEK + 30 * MINUTE


def test_in_an_empty_calendar_everything_is_free() -> None:
    assert all_free().first_free(IN_A_WEEK, [keeping(30)]) == IN_A_WEEK


def going_to(account: Account, **different: Any) -> Destination:
    return Destination(account=account, **different)


GAP = keeping(30)


def taken(*times: datetime, also: Collection[Account] = ()) -> Known:
    """What the caller's organisation holds: account 1 with other posts at these times."""
    return Known(slots=Slots(Diary(*(booked(time) for time in times))), accounts={item.id: item for item in also})


TOMORROW = NOW + timedelta(days=1)
HALF_AN_HOUR_LATER = TOMORROW + timedelta(minutes=30)


def test_a_post_whose_time_is_taken_moves_to_the_first_free_one_and_the_answer_tells_both() -> None:
    post = a_scheduled_post(going_to(GAP))
    changes = PostChanges(scheduled_for=TOMORROW)

    revised = post.apply(changes, taken(TOMORROW), now=NOW)

    assert revised == stored_once_more(post, scheduled_for=HALF_AN_HOUR_LATER)
    assert changes.moved_from(post.scheduled_for, revised) == TOMORROW


def test_a_post_whose_time_is_free_gets_it_and_no_other_time_is_told() -> None:
    post = a_scheduled_post(going_to(GAP))
    for changes in (PostChanges(scheduled_for=TOMORROW), PostChanges(scheduled_at=TOMORROW)):
        revised = post.apply(changes, taken(HALF_AN_HOUR_LATER), now=NOW)

        assert revised.scheduled_for == TOMORROW
        assert changes.moved_from(post.scheduled_for, revised) is None


def test_a_post_that_is_already_where_it_would_be_moved_to_is_left_alone_and_the_time_asked_for_is_told() -> None:
    post = a_scheduled_post(going_to(GAP), scheduled_for=HALF_AN_HOUR_LATER)
    changes = PostChanges(scheduled_for=TOMORROW)

    revised = post.apply(changes, taken(TOMORROW), now=NOW)

    assert revised is post
    assert changes.moved_from(post.scheduled_for, revised) == TOMORROW


def test_a_post_is_not_in_its_own_way() -> None:
    post = a_scheduled_post(going_to(GAP), scheduled_for=TOMORROW)
    known = Known(slots=Slots(Diary(booked(TOMORROW, post_id=POST_ID))))

    assert updated(post, known, scheduled_for=TOMORROW + MINUTE).scheduled_for == TOMORROW + MINUTE


def test_no_edit_of_another_field_moves_a_post() -> None:
    post = a_scheduled_post(going_to(GAP), scheduled_for=TOMORROW, media=(an_image(),))
    edits: list[dict[str, Any]] = [
        {"content": "Other words"},
        {"timezone": "Asia/Tokyo"},
        {"media_ids": None},
        {"platform_content": {"x": {"content": "C"}}},
        {"social_audio_id": "audio"},
        {"content": "Other words", "scheduled_for": TOMORROW, "account_ids": frozenset({1})},
        {"content": "Other words", "status": PostStatus.SCHEDULED},
    ]
    for edit in edits:
        revised = updated(post, taken(TOMORROW, TOMORROW + MINUTE), **edit)

        assert revised.version == post.version + 1
        assert revised.scheduled_for == TOMORROW


def test_a_draft_is_not_moved_until_it_is_scheduled() -> None:
    draft = a_draft(going_to(GAP))

    timed = updated(draft, taken(TOMORROW), scheduled_for=TOMORROW)
    queued_again = PostChanges(status=PostStatus.SCHEDULED)
    scheduled = timed.apply(queued_again, taken(TOMORROW), now=NOW)

    assert timed.scheduled_for == TOMORROW
    assert scheduled.scheduled_for == HALF_AN_HOUR_LATER
    assert queued_again.moved_from(timed.scheduled_for, scheduled) == TOMORROW


def test_an_account_that_is_added_brings_its_gap() -> None:
    post = a_scheduled_post(queued(2), scheduled_for=TOMORROW)

    revised = updated(post, taken(TOMORROW, also=[GAP]), account_ids=frozenset({1, 2}))

    assert (revised.account_ids, revised.scheduled_for) == ([1, 2], HALF_AN_HOUR_LATER)


def test_what_is_due_already_is_not_moved() -> None:
    draft = a_draft(going_to(GAP), scheduled_for=YESTERDAY)
    post = a_failed_post(going_to(GAP, status=DestinationStatus.FAILED, error="It failed.", attempts=1))

    assert updated(draft, taken(YESTERDAY), status=PostStatus.SCHEDULED).scheduled_for == YESTERDAY
    assert updated(post, taken(YESTERDAY), content="Again").scheduled_for == YESTERDAY
    assert updated(a_draft(going_to(GAP), scheduled_for=NOW), taken(NOW), status=PostStatus.SCHEDULED) == (
        stored_once_more(a_draft(going_to(GAP)), status=PostStatus.SCHEDULED, scheduled_for=NOW + timedelta(minutes=30))
    )


def test_where_a_post_is_out_already_it_needs_no_slot() -> None:
    post = a_partially_failed_post(replace(published(1), account=GAP), failed(2))

    assert updated(post, taken(TOMORROW), scheduled_for=TOMORROW).scheduled_for == TOMORROW


def test_a_new_post_finds_its_slot_like_any_other() -> None:
    known = taken(TOMORROW, also=[GAP])
    changes = PostChanges(
        content="New", account_ids=frozenset({1}), scheduled_for=TOMORROW, status=PostStatus.SCHEDULED
    )

    post = Post.create(POST_ID, PostKind.STANDARD, changes, known, now=NOW)
    draft = Post.create(POST_ID, PostKind.STANDARD, replace(changes, status=PostStatus.DRAFT), known, now=NOW)

    assert (post.scheduled_for, post.version) == (HALF_AN_HOUR_LATER, 1)
    assert draft.scheduled_for == TOMORROW


def test_a_post_that_would_have_to_move_beyond_five_years_is_refused() -> None:
    latest = latest_time(NOW)
    post = a_scheduled_post(going_to(GAP))

    assert issues_of(post, taken(latest), scheduled_for=latest) == [
        issue(
            "scheduled_for",
            code=IssueCode.TOO_FAR_AHEAD,
            message="`scheduled_for` is taken, and so is every later time within 5 years.",
        )
    ]
    just_before = updated(post, taken(latest - 30 * MINUTE), scheduled_for=latest - 30 * MINUTE)
    assert just_before.scheduled_for == latest


def test_a_refused_update_looks_for_no_slot() -> None:
    diary = Diary(booked(TOMORROW))

    issues_of(a_scheduled_post(going_to(GAP)), Known(slots=Slots(diary)), scheduled_for=TOMORROW, timezone="Nowhere")

    assert diary.asked == []


@pytest.mark.parametrize(
    ("post", "account_ids"),
    [
        (a_draft(queued(1), queued(2)), []),
        (a_scheduled_post(queued(1), unknown(3), failed(2)), [1, 3]),
        (a_partially_failed_post(published(1), failed(2)), [1]),
        (a_failed_post(failed(1), unknown(2)), [2]),
    ],
)
def test_a_draft_takes_no_slot_and_neither_does_what_failed(post: Post, account_ids: list[int]) -> None:
    assert post.slot_account_ids == account_ids
