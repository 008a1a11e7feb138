"""Read the organisation's accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from app.domain.account import Account


@reads
def list_accounts(unit: Unit) -> list[Account]:
    """Ascending by id, inactive ones included."""
    return unit.accounts.all()
