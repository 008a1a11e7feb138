"""Accounts: rows to domain objects and back, within one organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select

from app.domain.account import Account
from app.domain.errors import AccountNotFound
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from app.repositories.chunks import chunks_of
from app.repositories.tables import AccountRow

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import Connection

_accounts = AccountRow.__table__  # type: ignore[attr-defined]
SHOWN = (
    _accounts.c.platform,
    _accounts.c.name,
    _accounts.c.is_active,
    _accounts.c.created_at.label("account_created_at"),
    _accounts.c.minimum_gap_minutes,
    _accounts.c.rules,
    _accounts.c.credentials.is_not(None).label("has_credentials"),
)
"""What account_of reads of a row, beside the account's id. Credentials themselves are read by nobody who shows them."""
_select_all = (
    select(_accounts.c.id, *SHOWN)
    .where(_accounts.c.organization_id == bindparam("organization"))
    .order_by(_accounts.c.id)
)
_select_some = _select_all.where(_accounts.c.id.in_(bindparam("accounts", expanding=True)))

LARGEST_ID = 2**31 - 1
"""An INTEGER column holds no more; nor does GraphQL's Int."""


class AccountRepository:
    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def all(self) -> list[Account]:
        """Every account of the organisation, ascending by id."""
        rows = self._connection.execute(_select_all, {"organization": self._organization_id})
        return [account_of(row, id=row.id) for row in rows]

    def get(self, account_id: int) -> Account:
        """Raises AccountNotFound."""
        try:
            return self.find([account_id])[account_id]
        except KeyError:
            raise AccountNotFound(account_id) from None

    def find(self, account_ids: Collection[int]) -> dict[int, Account]:
        """Those of these accounts that exist."""
        possible = [id for id in account_ids if 0 < id <= LARGEST_ID]
        found = {}
        for chunk in chunks_of(possible):
            rows = self._connection.execute(_select_some, {"organization": self._organization_id, "accounts": chunk})
            found.update({row.id: account_of(row, id=row.id) for row in rows})
        return found

    def add(self, account: Account) -> None:
        self._connection.execute(
            insert(_accounts),
            {
                "organization_id": self._organization_id,
                "id": account.id,
                "platform": account.platform,
                "name": account.name,
                "is_active": account.is_active,
                "created_at": account.created_at,
                "minimum_gap_minutes": account.minimum_gap_minutes,
                "rules": account.rules.as_mapping(),
            },
        )


def account_of(row: Any, *, id: int) -> Account:
    """An account from a row that holds the columns SHOWN, whatever the column of its id is called there."""
    return Account(
        id=id,
        platform=Platform(row.platform),
        name=row.name,
        is_active=row.is_active,
        created_at=row.account_created_at,
        minimum_gap_minutes=row.minimum_gap_minutes,
        has_credentials=bool(row.has_credentials),
        rules=RuleOverrides(**row.rules),
    )
