"""Locks by name, held until the transaction ends."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy import func, select

if TYPE_CHECKING:
    from sqlalchemy import Connection


def try_lock(connection: Connection, name: str) -> bool:
    """Whether no other transaction holds the name. On SQLite the single writer holds every name."""
    if connection.dialect.name != "postgresql":
        return True
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    return bool(connection.execute(select(func.pg_try_advisory_xact_lock(number))).scalar_one())
