"""Tell when posts would go out, and book nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads
from app.domain.errors import InputIssue, InvalidInput, IssueCode

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID


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

    without: posts that are looked at as if they were not there. Raises InvalidInput for accounts that do not exist.
    """
    accounts = unit.accounts.find({planned.account_id for planned in plan})
    unknown = [
        InputIssue(
            path=("entries", str(number), "account_id"),
            code=IssueCode.UNKNOWN_ID,
            message=f"There is no account {planned.account_id}.",
        )
        for number, planned in enumerate(plan)
        if planned.account_id not in accounts
    ]
    if unknown:
        raise InvalidInput(unknown)

    slots = unit.preview_slots(without=without)
    previewed = []
    for planned in plan:
        free = slots.first_free(planned.time, [accounts[planned.account_id]])
        slots.book_for(unit.new_id(), [planned.account_id], free)
        previewed.append(PreviewedSlot(account_id=planned.account_id, requested_time=planned.time, scheduled_time=free))
    return previewed
