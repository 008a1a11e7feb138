"""Idempotency keys: what requests under a key have done, within one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select

from app.repositories.locks import try_lock
from app.repositories.tables import IdempotencyKeyRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_keys = IdempotencyKeyRow.__table__  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """fingerprint: 32 bytes that tell one request from another. outcome: what its step came to, as JSON."""

    fingerprint: bytes
    outcome: dict[str, Any]


class IdempotencyKeyRepository:
    def __init__(self, connection: Connection, organization_id: int) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def try_lock(self, key: str) -> bool:
        """Whether no other transaction is working on a request under this key."""
        return try_lock(self._connection, f"idempotency {self._organization_id} {key}")

    def find(self, key: str, step: int) -> KeyRecord | None:
        """What the nth command of the request under this key came to; steps count from 0."""
        statement = select(_keys.c.fingerprint, _keys.c.outcome).where(
            _keys.c.organization_id == self._organization_id, _keys.c.key == key, _keys.c.step == step
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else KeyRecord(fingerprint=bytes(row.fingerprint), outcome=row.outcome)

    def add(self, key: str, step: int, record: KeyRecord, *, now: datetime) -> None:
        self._connection.execute(
            insert(_keys),
            {
                "organization_id": self._organization_id,
                "key": key,
                "step": step,
                "fingerprint": record.fingerprint,
                "outcome": record.outcome,
                "created_at": now,
            },
        )

    def forget(self, *, until: datetime) -> None:
        """Delete what was recorded up to an instant."""
        self._connection.execute(
            delete(_keys).where(_keys.c.organization_id == self._organization_id, _keys.c.created_at <= until)
        )
