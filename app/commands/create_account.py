"""Add an account that posts can go to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.domain.account import Account

if TYPE_CHECKING:
    from app.domain.account_changes import AccountChanges
    from app.domain.platforms import Platform


@writes
def create_account(unit: Unit, *, platform: Platform | None, changes: AccountChanges) -> Account:
    """Store a new account under the organisation's next number.

    Raises InvalidFieldName and InvalidInput, as Account.create does.
    """
    account = Account.create(
        unit.accounts.next_id(),
        platform,
        changes,
        now=unit.now,
        keeps_credentials=unit.accounts.keeps_credentials,
    )
    unit.accounts.add(account, credentials=changes.credentials)
    return account
