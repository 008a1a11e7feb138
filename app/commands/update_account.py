"""Rename an account, deactivate it, or change its settings and credentials."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from app.domain.account import Account
    from app.domain.account_changes import AccountChanges


@writes
def update_account(unit: Unit, *, account_id: int, changes: AccountChanges) -> Account:
    """Apply changes to an account and store what differs: nothing, where they change nothing.

    A post that has an account keeps it, whatever happens here. Raises AccountNotFound, and every refusal of
    Account.apply.
    """
    account = unit.accounts.get_to_change(account_id)
    revised = account.apply(changes, keeps_credentials=unit.accounts.keeps_credentials)
    unit.accounts.save(account, revised, credentials=changes.credentials)
    return revised
