"""Idempotency keys: what requests under a key have done, within one organisation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, literal, select, tuple_

from app.repositories.locks import try_lock
from app.repositories.tables import IdempotencyKeyRow, Instant

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from app.repositories.credential_cipher import CredentialCipher

_keys = IdempotencyKeyRow.__table__  # type: ignore[attr-defined]

PLAIN_LENGTH: Final = 32
"""Bytes of a fingerprint that is not sealed; a sealed one is longer."""

FORGOTTEN_AT_ONCE: Final = 100
"""Rows, so that the first request after a busy day does not clear up after all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRecord:
    """fingerprint: 32 bytes that tell one request from another; None where no key opens it.

    outcome: what its step came to, as JSON.

    recorded_at: when the first step of the request was recorded, so that all of it is forgotten together.
    """

    fingerprint: bytes | None
    outcome: Any
    recorded_at: datetime


class IdempotencyKeyRepository:
    def __init__(self, connection: Connection, organization_id: int, *, cipher: CredentialCipher | None = None) -> None:
        """cipher: seals the fingerprints, for a request may have held credentials; without one, none can be stored."""
        self._connection = connection
        self._organization_id = organization_id
        self._cipher = cipher

    def try_lock(self, key: str) -> bool:
        """Whether no other transaction is working on a request under this key."""
        return try_lock(self._connection, f"idempotency {self._organization_id} {key}")

    def find(self, key: str, step: int) -> KeyRecord | None:
        """What the nth command of the request under this key came to, however long ago; steps count from 0."""
        statement = select(_keys.c.fingerprint, _keys.c.outcome, _keys.c.created_at).where(
            _keys.c.organization_id == self._organization_id, _keys.c.key == key, _keys.c.step == step
        )
        row = self._connection.execute(statement).one_or_none()
        if row is None:
            return None
        return KeyRecord(
            fingerprint=self._opened(bytes(row.fingerprint)), outcome=row.outcome, recorded_at=row.created_at
        )

    def add(self, key: str, step: int, *, fingerprint: bytes, outcome: Any, now: datetime) -> None:
        first = select(_keys.c.created_at).where(
            _keys.c.organization_id == self._organization_id, _keys.c.key == key, _keys.c.step == 0
        )
        self._connection.execute(
            insert(_keys).values(
                organization_id=self._organization_id,
                key=key,
                step=step,
                fingerprint=fingerprint if self._cipher is None else self._cipher.seal_digest(fingerprint),
                outcome=outcome,
                created_at=func.coalesce(first.scalar_subquery(), literal(now, Instant)),
            )
        )

    def forget(self, key: str) -> None:
        """Delete what was recorded under a key."""
        self._connection.execute(
            delete(_keys).where(_keys.c.organization_id == self._organization_id, _keys.c.key == key)
        )

    def forget_old(self, *, until: datetime) -> None:
        """Delete some of what was recorded up to an instant, the oldest first.

        Rows that another transaction is deleting are left to it: requests that have nothing to do with each other
        must not wait for each other here.
        """
        old = (
            select(_keys.c.key, _keys.c.step)
            .where(_keys.c.organization_id == self._organization_id, _keys.c.created_at <= until)
            .order_by(_keys.c.created_at)
            .limit(FORGOTTEN_AT_ONCE)
            .with_for_update(skip_locked=True)
        )
        self._connection.execute(
            delete(_keys).where(
                _keys.c.organization_id == self._organization_id, tuple_(_keys.c.key, _keys.c.step).in_(old)
            )
        )

    def _opened(self, stored: bytes) -> bytes | None:
        if len(stored) == PLAIN_LENGTH:  # stored where there was no cipher
            return stored
        return None if self._cipher is None else self._cipher.try_open_digest(stored)
