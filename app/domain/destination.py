"""A destination: one post on one account, and how far it has got there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from app.domain.errors import AccountAlreadyPublished, IssueCode

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from app.domain.account import Account
    from app.domain.changes import Change
    from app.domain.issues import Issues


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
    """attempts counts the calls made to the network; it only ever grows, so that a late answer can be told by it."""

    account: Account
    status: DestinationStatus = DestinationStatus.QUEUED
    platform_post_id: str | None = None
    platform_post_url: str | None = None
    published_at: datetime | None = None
    error: str | None = None
    attempts: int = 0
    next_attempt_at: datetime | None = None

    @property
    def is_published(self) -> bool:
        return self.status is DestinationStatus.PUBLISHED

    @property
    def is_queued(self) -> bool:
        return self.status is DestinationStatus.QUEUED

    def requeued(self) -> Destination:
        """Queued again if it failed; any other destination as it is: what is out is out, and what is unknown may be."""
        if self.status is not DestinationStatus.FAILED:
            return self
        return replace(self, status=DestinationStatus.QUEUED, error=None, next_attempt_at=None)


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
