"""Read one account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from app.domain.account import Account


@reads
def get_account(unit: Unit, *, account_id: int) -> Account:
    """Raises AccountNotFound."""
    return unit.accounts.get(account_id)
