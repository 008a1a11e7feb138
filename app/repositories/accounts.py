"""Accounts: rows to domain objects and back, within one organisation."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Text, bindparam, cast, func, insert, select, update

from app.domain.account import Account
from app.domain.changes import LEAVE
from app.domain.errors import AccountNotFound
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from app.repositories.chunks import chunks_of
from app.repositories.credential_cipher import CredentialsUnreadable
from app.repositories.statements import Statement, as_stored
from app.repositories.tables import AccountRow, Instant, OrganizationRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from app.domain.changes import Change
    from app.domain.credentials import Credentials
    from app.repositories.credential_cipher import CredentialCipher

_organizations = OrganizationRow.__table__  # type: ignore[attr-defined]
_accounts = AccountRow.__table__  # type: ignore[attr-defined]
SHOWN = (
    _accounts.c.platform,
    _accounts.c.name,
    as_stored(_accounts.c.is_active),
    as_stored(_accounts.c.created_at),
    _accounts.c.minimum_gap_minutes,
    cast(_accounts.c.rules, Text),
    as_stored(_accounts.c.credentials.is_not(None)),
)
"""What account_of takes after the account's id. Credentials themselves are read by nobody who shows them."""
_all_in_order = (
    select(_accounts.c.id, *SHOWN)
    .where(_accounts.c.organization_id == bindparam("organization"))
    .order_by(_accounts.c.id)
)
_select_all = Statement(_all_in_order)
_select_some = Statement(_all_in_order.where(_accounts.c.id.in_(bindparam("accounts", expanding=True))))
_is_this_account = (
    _accounts.c.organization_id == bindparam("organization"),
    _accounts.c.id == bindparam("account"),
)
# Not FOR UPDATE: rows that refer to the account or the organisation may be inserted meanwhile.
_lock_account = Statement(select(_accounts.c.id, *SHOWN).where(*_is_this_account).with_for_update(key_share=True))
_lock_organization = (
    select(_organizations.c.id).where(_organizations.c.id == bindparam("organization")).with_for_update(key_share=True)
)
_select_largest_id = select(func.max(_accounts.c.id)).where(_accounts.c.organization_id == bindparam("organization"))
_select_credentials = select(_accounts.c.id, _accounts.c.credentials).where(
    _accounts.c.organization_id == bindparam("organization"),
    _accounts.c.id.in_(bindparam("accounts", expanding=True)),
    _accounts.c.credentials.is_not(None),
)
_select_sealed = (
    select(_accounts.c.id, _accounts.c.credentials)
    .where(_accounts.c.organization_id == bindparam("organization"), _accounts.c.credentials.is_not(None))
    .order_by(_accounts.c.id)
    .with_for_update(key_share=True)
)
_update_account = update(_accounts).where(*_is_this_account)

LARGEST_ID = 2**31 - 1
"""An INTEGER column holds no more; nor does GraphQL's Int."""


class AccountRepository:
    """The accounts of one organisation, in one transaction."""

    def __init__(self, connection: Connection, organization_id: int, *, cipher: CredentialCipher | None = None) -> None:
        """cipher: seals and opens credentials; without one, everything else about accounts works."""
        self._connection = connection
        self._organization_id = organization_id
        self._cipher = cipher

    @property
    def keeps_credentials(self) -> bool:
        """Whether credentials can be stored."""
        return self._cipher is not None

    def all(self) -> list[Account]:
        """Every account of the organisation, ascending by id."""
        rows = _select_all.rows(self._connection, {"organization": self._organization_id})
        return [account_of(*row) for row in rows]

    def get(self, account_id: int) -> Account:
        """Raises AccountNotFound."""
        try:
            return self.find([account_id])[account_id]
        except KeyError:
            raise AccountNotFound(account_id) from None

    def get_to_change(self, account_id: int) -> Account:
        """The account, locked until the transaction ends. Raises AccountNotFound."""
        if not _is_possible(account_id):
            raise AccountNotFound(account_id)
        for row in _lock_account.rows(self._connection, self._keys(account_id)):
            return account_of(*row)
        raise AccountNotFound(account_id)

    def find(self, account_ids: Collection[int]) -> dict[int, Account]:
        """Those of these accounts that exist."""
        possible = filter(_is_possible, account_ids)
        rows = find_rows(self._connection, self._organization_id, possible)
        return {id: account_of(id, *shown) for id, shown in rows.items()}

    def next_id(self) -> int:
        """One more than the largest id. The organisation stays locked until the transaction ends, so that nobody else
        is told the same one; on SQLite the single writer is the lock."""
        organization = {"organization": self._organization_id}
        self._connection.execute(_lock_organization, organization)
        largest: int | None = self._connection.execute(_select_largest_id, organization).scalar_one()
        return (largest or 0) + 1

    def add(self, account: Account, *, credentials: Change[Credentials] = LEAVE) -> None:
        """Store a new account, its credentials sealed."""
        values = {
            "platform": account.platform,
            "created_at": account.created_at,
            "credentials": None if credentials in (LEAVE, None) else self._seal(account.id, credentials),
            **_changeable(account),
        }
        self._connection.execute(
            insert(_accounts), {"organization_id": self._organization_id, "id": account.id, **values}
        )

    def save(self, account: Account, revised: Account, *, credentials: Change[Credentials]) -> None:
        """Store what differs between two states of an account that was got to be changed, and nothing else."""
        before, after = _changeable(account), _changeable(revised)
        values: dict[str, Any] = {name: value for name, value in after.items() if value != before[name]}
        if credentials is None:
            if account.has_credentials:
                values["credentials"] = None
        elif credentials is not LEAVE and not (account.has_credentials and self._holds(account.id, credentials)):
            values["credentials"] = self._seal(account.id, credentials)
        if values:
            self._connection.execute(_update_account.values(values), self._keys(account.id))

    def credentials_of(self, account_id: int) -> Credentials | None:
        """What publishes to an account, opened; None where nothing is stored. Raises CredentialsUnreadable."""
        token = self._sealed([account_id]).get(account_id)
        return None if token is None else self._open(account_id, token)

    def find_credentials(self, account_ids: Collection[int]) -> dict[int, Credentials | None]:
        """What publishes to each of these accounts, opened; None for what cannot be. Where nothing is stored, nothing
        is found."""
        found: dict[int, Credentials | None] = {}
        for id, token in self._sealed(account_ids).items():
            try:
                found[id] = self._open(id, token)
            except CredentialsUnreadable:
                found[id] = None
        return found

    def seal_again(self) -> int:
        """Seal all stored credentials with the first of the keys; the answer counts them.

        Raises CredentialsUnreadable.
        """
        sealed = self._connection.execute(_select_sealed, {"organization": self._organization_id}).all()
        for id, token in sealed:
            again = self._seal(id, self._open(id, token))
            self._connection.execute(_update_account.values(credentials=again), self._keys(id))
        return len(sealed)

    def _sealed(self, account_ids: Collection[int]) -> dict[int, bytes]:
        found: dict[int, bytes] = {}
        for chunk in chunks_of(account_ids):
            values = {"organization": self._organization_id, "accounts": chunk}
            found.update({row.id: row.credentials for row in self._connection.execute(_select_credentials, values)})
        return found

    def _keys(self, account_id: int) -> dict[str, int]:
        return {"organization": self._organization_id, "account": account_id}

    def _seal(self, account_id: int, credentials: Credentials) -> bytes:
        return self._sealing.seal(credentials, organization_id=self._organization_id, account_id=account_id)

    def _open(self, account_id: int, token: bytes) -> Credentials:
        return self._sealing.open(bytes(token), organization_id=self._organization_id, account_id=account_id)

    def _holds(self, account_id: int, credentials: Credentials) -> bool:
        """Whether these very credentials are stored; what cannot be opened is worth storing afresh."""
        try:
            return self.credentials_of(account_id) == credentials
        except CredentialsUnreadable:
            return False

    @property
    def _sealing(self) -> CredentialCipher:
        if self._cipher is None:
            raise ValueError("there is no cipher to seal or open credentials with")
        return self._cipher


def find_rows(connection: Connection, organization_id: int, account_ids: Iterable[int]) -> dict[int, Sequence[Any]]:
    """Of those of these accounts that exist the columns SHOWN."""
    found: dict[int, Sequence[Any]] = {}
    for chunk in chunks_of(account_ids):
        rows = _select_some.rows(connection, {"organization": organization_id, "accounts": chunk})
        found.update({id: shown for id, *shown in rows})
    return found


def _is_possible(account_id: int) -> bool:
    return 0 < account_id <= LARGEST_ID


def _changeable(account: Account) -> dict[str, Any]:
    """The columns that an update of an account may change, but for its credentials."""
    return {
        "name": account.name,
        "is_active": account.is_active,
        "minimum_gap_minutes": account.minimum_gap_minutes,
        "rules": account.rules.as_mapping(),
    }


@lru_cache(maxsize=4096)
def account_of(
    id: int,
    platform: str,
    name: str,
    is_active: int,
    created_at: int,
    minimum_gap_minutes: int,
    rules: str,
    has_credentials: int,
) -> Account:
    """An account from its id and the columns SHOWN. Few accounts are in many rows: equal rows are one account."""
    return Account(
        id=id,
        platform=Platform(platform),
        name=name,
        is_active=bool(is_active),
        created_at=Instant.of(created_at),
        minimum_gap_minutes=minimum_gap_minutes,
        rules=RuleOverrides(**orjson.loads(rules)),
        has_credentials=bool(has_credentials),
    )
