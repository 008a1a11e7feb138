"""Tell when posts would go out, and book nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads
from app.domain.errors import InputIssue, InvalidInput, IssueCode
from app.domain.schedule import YEARS_AHEAD, latest_time

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from app.domain.account import Account


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPost:
    """One post on one account, at the time that is wanted for it."""

    account_id: int
    time: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewedSlot:
    """scheduled_time: when the post would go out; never before requested_time."""

    account_id: int
    requested_time: datetime
    scheduled_time: datetime


@reads
def preview_schedule(unit: Unit, *, plan: Sequence[PlannedPost], without: Collection[UUID] = ()) -> list[PreviewedSlot]:
    """The slot of each planned post, in the plan's order; an earlier one takes its slot from a later one.

    without: posts that are looked at as if they were not there. Raises InvalidInput for accounts and times that
    a new post could not be given.
    """
    accounts = unit.accounts.find({planned.account_id for planned in plan})
    issues = [issue for number, planned in enumerate(plan) for issue in _problems(number, planned, accounts, unit.now)]
    if issues:
        raise InvalidInput(issues)

    slots = unit.preview_slots(without=without)
    slots.look_around([planned.time for planned in plan], accounts.values(), now=unit.now)
    previewed = []
    for number, planned in enumerate(plan):
        free = slots.first_free(planned.time, [accounts[planned.account_id]])
        if free > latest_time(unit.now):
            raise InvalidInput([_too_far(number, "moves to")])
        slots.book_for(unit.new_id(), [planned.account_id], free)
        previewed.append(PreviewedSlot(account_id=planned.account_id, requested_time=planned.time, scheduled_time=free))
    return previewed


def _problems(
    number: int, planned: PlannedPost, accounts: Mapping[int, Account], now: datetime
) -> Iterator[InputIssue]:
    path = ("entries", str(number))
    if planned.account_id not in accounts:
        message = f"There is no account {planned.account_id}."
        yield InputIssue(path=(*path, "account_id"), code=IssueCode.UNKNOWN_ID, message=message)
    elif not accounts[planned.account_id].is_active:
        message = f"Account {planned.account_id} is not active."
        yield InputIssue(path=(*path, "account_id"), code=IssueCode.INACTIVE_ACCOUNT, message=message)
    if planned.time <= now:
        message = f"Entry {number} (counted from 0) is for a time that has passed."
        yield InputIssue(path=(*path, "scheduled_for"), code=IssueCode.PAST_SCHEDULE_TIME, message=message)
    elif planned.time > latest_time(now):
        yield _too_far(number, "is for")


def _too_far(number: int, what: str) -> InputIssue:
    message = f"Entry {number} (counted from 0) {what} a time more than {YEARS_AHEAD} years ahead."
    return InputIssue(path=("entries", str(number), "scheduled_for"), code=IssueCode.TOO_FAR_AHEAD, message=message)
