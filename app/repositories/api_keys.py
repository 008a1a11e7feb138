"""API keys: rows to domain objects and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from app.domain.api_key import ApiKey, Scope
from app.repositories.tables import ApiKeyRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection, Row

_keys = ApiKeyRow.__table__  # type: ignore[attr-defined]
_select_key = select(_keys).where(_keys.c.public_id == bindparam("public_id"))


class ApiKeyRepository:
    """Keys of all organisations: a key is what tells which organisation a caller belongs to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, public_id: str) -> ApiKey | None:
        row = self._connection.execute(_select_key, {"public_id": public_id}).one_or_none()
        return None if row is None else _key_of(row)

    def all(self) -> list[ApiKey]:
        """Every key, oldest first."""
        rows = self._connection.execute(select(_keys).order_by(_keys.c.created_at, _keys.c.public_id))
        return [_key_of(row) for row in rows]

    def add(self, key: ApiKey) -> None:
        self._connection.execute(
            insert(_keys),
            {
                "organization_id": key.organization_id,
                "public_id": key.public_id,
                "name": key.name,
                "digest": key.digest,
                "scopes": " ".join(sorted(key.scopes)),
                "created_at": key.created_at,
                "expires_at": key.expires_at,
                "revoked_at": key.revoked_at,
            },
        )

    def try_revoke(self, public_id: str, *, now: datetime) -> bool:
        """Whether there was such a key. One that was revoked before keeps its first time."""
        if self.find(public_id) is None:
            return False
        self._connection.execute(
            update(_keys).where(_keys.c.public_id == public_id, _keys.c.revoked_at.is_(None)).values(revoked_at=now)
        )
        return True


def _key_of(row: Row[Any]) -> ApiKey:
    return ApiKey(
        public_id=row.public_id,
        organization_id=row.organization_id,
        name=row.name,
        digest=bytes(row.digest),
        scopes=frozenset(Scope(scope) for scope in row.scopes.split()),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )
