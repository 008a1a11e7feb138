"""A destination: one post on one account, and how far it has got there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.domain.errors import AccountAlreadyPublished, IssueCode
from app.domain.publishing import (
    ALWAYS,
    LONGEST_LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    MOST_CLAIMS,
    NotCalled,
    Published,
    Refused,
    Unanswered,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.domain.account import Account
    from app.domain.changes import Change
    from app.domain.issues import Issues
    from app.domain.publishing import Report


class DestinationStatus(StrEnum):
    """queued → publishing → published | failed | unknown.

    unknown: the call was made, the answer never came, and the network cannot say. It is never retried by itself.
    """

    QUEUED = "queued"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """attempts counts the claims; it only ever grows, so that a late answer can be told by it.

    next_attempt_at: when a queued destination is due that has been tried before. lease_until: when a claim lapses that
    nobody renews. called_at: since when an outcome is open: where a call cannot be repeated for ever, when the first
    such call was begun; elsewhere nobody notes that, and it is when the first was found to have gone unanswered.
    """

    account: Account
    status: DestinationStatus = DestinationStatus.QUEUED
    platform_post_id: str | None = None
    platform_post_url: str | None = None
    published_at: datetime | None = None
    error: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None
    lease_until: datetime | None = None
    called_at: datetime | None = None

    @property
    def is_published(self) -> bool:
        return self.status is DestinationStatus.PUBLISHED

    @property
    def is_queued(self) -> bool:
        return self.status is DestinationStatus.QUEUED

    @property
    def is_on_the_wire(self) -> bool:
        return self.status is DestinationStatus.PUBLISHING

    @property
    def is_unknown(self) -> bool:
        return self.status is DestinationStatus.UNKNOWN

    @property
    def has_failed(self) -> bool:
        return self.status is DestinationStatus.FAILED

    def requeued(self, *, confirmed: bool = False) -> Destination:
        """Queued again if it failed; any other destination as it is: what is out is out, and what is unknown may be.

        confirmed: somebody has said that what is unknown is to be tried again.
        """
        if not self.has_failed and not (confirmed and self.is_unknown):
            return self
        return replace(self, status=DestinationStatus.QUEUED, error=None, next_attempt_at=None, called_at=None)

    def is_due(self, now: datetime) -> bool:
        """Whether it is to be tried now, its post being so. A pause longer than any was made by a clock set back."""
        if not self.is_queued:
            return False
        return self.next_attempt_at is None or not now < self.next_attempt_at <= now + LONGEST_PAUSE

    def has_lapsed(self, now: datetime) -> bool:
        """Whether the worker that claimed it has not been heard of for as long as a lease lasts."""
        if not self.is_on_the_wire or self.lease_until is None:
            return False
        return not now < self.lease_until <= now + LONGEST_LEASE

    def before_claim(self, repeatable_for: timedelta, *, now: datetime) -> Destination:
        """What a claim finds: a claim that has lapsed is over, and a call that can be repeated no more is not repeated.

        The second matters where a worker comes late: a call that was to be repeated soon may have been forgotten by
        the network meanwhile, and would make a second post.
        """
        if self.has_lapsed(now):
            return self._after_lapse(repeatable_for, now=now)
        if self.is_due(now) and not self._can_repeat(repeatable_for, now):
            return self._settled(DestinationStatus.UNKNOWN, _may_be_out(self.error or _STOPPED))
        return self

    def claimed(self, *, until: datetime) -> Destination:
        return replace(
            self,
            status=DestinationStatus.PUBLISHING,
            attempts=self.attempts + 1,
            next_attempt_at=None,
            lease_until=until,
        )

    def after(self, report: Report, *, now: datetime) -> Destination:
        """What an attempt leaves behind; this very destination when what is told of it no longer counts.

        That the post is out counts until it is known, whichever attempt it is told of. All else counts of the latest
        attempt alone, and after its lease has lapsed still, while nobody has made another.
        """
        outcome = report.outcome
        is_out = isinstance(outcome, Published) and report.attempt <= self.attempts and not self.is_published
        if not is_out and (report.attempt != self.attempts or not (self.is_on_the_wire or self.is_unknown)):
            return self
        if isinstance(outcome, Published):
            return replace(
                self._settled(DestinationStatus.PUBLISHED),
                platform_post_id=outcome.platform_post_id,
                platform_post_url=outcome.platform_post_url,
                published_at=now,
                called_at=None,
            )
        if isinstance(outcome, Unanswered):
            return self if self.is_unknown else self._after_silence(outcome, report, now=now)
        # What is certain is said of this call alone: one before it that nobody answered stays open.
        certain = replace(self, called_at=report.open_since)
        if isinstance(outcome, NotCalled):
            return self if self.is_unknown else certain._queued_again(self.error, now=now, pause=timedelta(0))
        if isinstance(outcome, Refused) or self.is_unknown or self._has_failed_often:
            return certain._failed(outcome.reason)
        return certain._queued_again(outcome.reason, now=now, pause=max(report.pause, outcome.wait or report.pause))

    def _after_silence(self, outcome: Unanswered, report: Report, *, now: datetime) -> Destination:
        lost = self._left_open(now)
        if not self._has_failed_often and lost._can_repeat(report.repeatable_for, now):
            return lost._queued_again(outcome.reason, now=now, pause=report.pause)
        return lost._settled(DestinationStatus.UNKNOWN, _may_be_out(outcome.reason))

    def _after_lapse(self, repeatable_for: timedelta, *, now: datetime) -> Destination:
        """What a worker that died leaves behind: to be tried again where that cannot make a second post."""
        if not self._is_given_up_at(MOST_CLAIMS) and self._can_repeat(repeatable_for, now):
            # Where calls can be repeated for ever, nobody notes that one is begun: this one may have been.
            lapsed = self._left_open(now) if repeatable_for == ALWAYS else self
            return lapsed._queued_again(self.error, now=now, pause=timedelta(0))
        if self.called_at is None and repeatable_for != ALWAYS:
            return self._failed(_STOPPED)
        return self._settled(DestinationStatus.UNKNOWN, _may_be_out(_STOPPED))

    @property
    def _has_failed_often(self) -> bool:
        # What came to no call is counted too. That it is not all there was is told by the error of an earlier call.
        return self.error is not None and self._is_given_up_at(MOST_ATTEMPTS)

    def _is_given_up_at(self, most: int) -> bool:
        # A multiple: who asks for a retry of what was given up asks for as many attempts again, not for one more.
        return self.attempts % most == 0

    def _can_repeat(self, repeatable_for: timedelta, now: datetime) -> bool:
        if self.called_at is None or repeatable_for == ALWAYS:
            return True
        # A call that is yet to come was made before the clock was set back: how long ago, nobody can tell.
        return timedelta(0) <= now - self.called_at < repeatable_for

    def _left_open(self, now: datetime) -> Destination:
        """With a call that nobody answered: until one is, it may be out, whatever is said of later calls."""
        return replace(self, called_at=self.called_at or now)

    def _failed(self, reason: str) -> Destination:
        """Given up for certain; where an earlier call is still open, it may be out all the same."""
        if self.called_at is not None:
            return self._settled(DestinationStatus.UNKNOWN, _may_be_out(reason))
        return self._settled(DestinationStatus.FAILED, reason)

    def _queued_again(self, reason: str | None, *, now: datetime, pause: timedelta) -> Destination:
        at = now + min(pause, LONGEST_PAUSE)
        return replace(self._settled(DestinationStatus.QUEUED, reason), next_attempt_at=at)

    def _settled(self, status: DestinationStatus, error: str | None = None) -> Destination:
        return replace(self, status=status, error=error, next_attempt_at=None, lease_until=None)


_STOPPED: Final = "The worker that published the post was stopped."


def _may_be_out(reason: str) -> str:
    return f"{reason} The post may be out: look at the account, and retry with confirm only if it is not."


def revised_destinations(
    destinations: tuple[Destination, ...],
    account_ids: Change[frozenset[int]],
    accounts: Mapping[int, Account],
    issues: Issues,
) -> tuple[Destination, ...]:
    """The target set an update asks for, in ascending order of account ids.

    Kept accounts keep their records, new ones start queued and must be active. Raises AccountAlreadyPublished when
    a published destination is left out. Of a set that could be read only in part every id is checked, and the targets
    stay: what it leaves out cannot be told.
    """
    if account_ids is None:
        issues.refuse_null("account_ids")
        return destinations
    if not isinstance(account_ids, frozenset):
        return destinations

    is_whole = not issues.touch("account_ids")
    kept = {destination.account.id: destination for destination in destinations}
    left_out = [id for id, destination in kept.items() if destination.is_published and id not in account_ids]
    if left_out and is_whole:
        raise AccountAlreadyPublished(left_out)

    for id in sorted(account_ids - kept.keys()):
        account = accounts.get(id)
        if account is None:
            issues.add("account_ids", code=IssueCode.UNKNOWN_ID, message=f"There is no account {id}.")
        elif not account.is_active:
            issues.add("account_ids", code=IssueCode.INACTIVE_ACCOUNT, message=f"Account {id} is not active.")
        else:
            kept[id] = Destination(account=account)
    return tuple(kept[id] for id in sorted(account_ids & kept.keys())) if is_whole else destinations
