"""An account: one profile on one platform that posts can go to."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from app.domain.changes import LEAVE
from app.domain.credentials import check_credentials
from app.domain.errors import IssueCode
from app.domain.issues import Issues
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides, read_rule_overrides
from app.domain.text import is_storable

if TYPE_CHECKING:
    from datetime import datetime

    from app.domain.account_changes import AccountChanges
    from app.domain.changes import Change

NAME_LIMIT: Final = 200
"""Unicode code points."""

LONGEST_GAP: Final = 7 * 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """id: positive, below 2**31, unique within the organisation. platform: set at creation, and never changed.

    minimum_gap_minutes: how far apart its posts must be; 0 for no gap. rules: where its limits are not its platform's.
    has_credentials: whether the means to publish to it are stored. What they are is never part of an account.
    """

    id: int
    platform: Platform
    name: str
    is_active: bool
    created_at: datetime
    minimum_gap_minutes: int = 0
    rules: RuleOverrides = RuleOverrides()  # noqa: RUF009 - it cannot be changed
    has_credentials: bool = False

    @property
    def can_publish(self) -> bool:
        return self.is_active and self.has_credentials

    @property
    def minimum_gap(self) -> timedelta:
        return timedelta(minutes=self.minimum_gap_minutes)

    @classmethod
    def create(
        cls, id: int, platform: Platform | None, changes: AccountChanges, *, now: datetime, keeps_credentials: bool
    ) -> Account:
        """A new active account, to which the changes are applied, so that creating obeys the rules of changing.

        platform: None where the caller named none, or none that there is. Raises what apply raises.
        """
        issues = Issues(changes.issues)
        if platform is None and not issues.touch("platform"):
            issues.add("platform", code=IssueCode.REQUIRED, message="`platform` is required.")
        if changes.account_name in (LEAVE, None) and not issues.touch("account_name"):
            issues.add("account_name", code=IssueCode.REQUIRED, message="`account_name` is required.")
            changes = replace(changes, account_name=LEAVE)
        if platform is None:
            # Nobody can say what the credentials of an unknown platform should be.
            platform, changes = Platform.WEBHOOK, replace(changes, credentials=LEAVE)
        empty = cls(id=id, platform=platform, name="", is_active=True, created_at=now)
        return empty._with(changes, issues, keeps_credentials=keeps_credentials)

    def apply(self, changes: AccountChanges, *, keeps_credentials: bool) -> Account:
        """The account with the changes made; an equal one when they change nothing that an account shows.

        keeps_credentials: whether the caller's server can encrypt any. Raises InvalidFieldName, then InvalidInput with
        every problem at once.
        """
        return self._with(changes, Issues(changes.issues), keeps_credentials=keeps_credentials)

    def _with(self, changes: AccountChanges, issues: Issues, *, keeps_credentials: bool) -> Account:
        if changes.invalid_field is not None:
            raise changes.invalid_field
        revised = replace(
            self,
            name=_revised_name(self.name, changes.account_name, issues),
            is_active=_revised_activity(self.is_active, changes.is_active, issues),
            minimum_gap_minutes=_revised_gap(self.minimum_gap_minutes, changes.minimum_gap_minutes, issues),
            rules=self.rules if changes.rules is LEAVE else read_rule_overrides(changes.rules, issues),
            has_credentials=self._revised_credentials(changes.credentials, issues, keeps_credentials),
        )
        issues.refuse_if_any()
        return revised

    def _revised_credentials(self, credentials: object, issues: Issues, keeps_credentials: bool) -> bool:
        """Whether the account has credentials afterwards."""
        if credentials is LEAVE:
            return self.has_credentials
        if credentials is None:
            return False
        check_credentials(self.platform, credentials, issues)
        if not keeps_credentials:
            issues.add(
                "credentials",
                code=IssueCode.INVALID_VALUE,
                message="`credentials` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt them with.",
            )
        return True


def _revised_name(stored: str, name: Change[str], issues: Issues) -> str:
    if name is LEAVE:
        return stored
    if name is None:
        issues.refuse_null("account_name")
    elif not is_storable(name):
        message = "`account_name` must not contain NUL characters."
        issues.add("account_name", code=IssueCode.INVALID_VALUE, message=message)
    elif not name.strip():
        issues.add("account_name", code=IssueCode.INVALID_VALUE, message="`account_name` must not be blank.")
    elif len(name) > NAME_LIMIT:
        issues.add(
            "account_name",
            code=IssueCode.TOO_LONG,
            message=f"`account_name` has {len(name)} characters; at most {NAME_LIMIT} are allowed.",
            limit=NAME_LIMIT,
            actual=len(name),
        )
    else:
        return name
    return stored


def _revised_activity(stored: bool, is_active: Change[bool], issues: Issues) -> bool:
    if is_active is LEAVE:
        return stored
    if is_active is None:
        issues.refuse_null("is_active")
        return stored
    return is_active


def _revised_gap(stored: int, minutes: Change[int], issues: Issues) -> int:
    if minutes is LEAVE:
        return stored
    if minutes is None:
        issues.refuse_null("minimum_gap_minutes")
    elif not 0 <= minutes <= LONGEST_GAP:
        message = f"`minimum_gap_minutes` must be from 0 to {LONGEST_GAP}, which is 7 days."
        issues.add("minimum_gap_minutes", code=IssueCode.INVALID_VALUE, message=message)
    else:
        return minutes
    return stored
