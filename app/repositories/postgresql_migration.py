"""Migrating a PostgreSQL that others are at work on: one process at a time, and no table locked for long."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Final

from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError

from app.repositories.database import DatabaseUnavailable, Trouble
from app.repositories.migrations import is_current, upgrade
from app.repositories.postgresql_connections import NO_TIMEOUTS, open_engine
from app.repositories.postgresql_troubles import naming_troubles

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

LOCK_TIMEOUT: Final = "1s"
"""For a step's locks. Whoever comes to a table after a statement that waits for a lock on it waits as well."""
GIVEN_UP_AFTER: Final = 300.0
"""Seconds."""
_PAUSES: Final = (0.5, 2.0)
"""Seconds, at random, in which the others go on before a step is tried again."""
_TURN: Final = text("SELECT pg_try_advisory_xact_lock(7215033)")
"""Any number, as long as every Redraft process uses the same one."""
_BETWEEN_LOOKS: Final = 0.2
"""Seconds."""


def migrate(url: URL) -> None:
    """Run every step that the database has not seen, each in a transaction of its own."""
    engine = open_engine(url, connections=2, timeouts=NO_TIMEOUTS)
    try:
        with naming_troubles(), engine.connect() as turn, engine.connect() as connection:
            if is_current(turn):
                return
            _take(turn)
            _upgrade_patiently(connection)
    except PendingRollbackError as error:
        # What Alembic meets when it leaves the block in which the connection was lost; the loss is its context.
        raise DatabaseUnavailable(Trouble.LOST, cause="an index was being built") from error
    finally:
        engine.dispose()


def _take(turn: Connection) -> None:
    """Take the turn, and keep it while this transaction is open.

    Asked for again and again, each time in a new transaction: one that waits inside a statement keeps a snapshot, and
    the index that the other process is building would wait for that.
    """
    while not turn.execute(_TURN).scalar_one():
        turn.rollback()
        time.sleep(_BETWEEN_LOOKS)


def _upgrade_patiently(connection: Connection) -> None:
    event.listen(connection, "begin", _limit_locks)
    until = time.monotonic() + GIVEN_UP_AFTER
    while True:
        try:
            return upgrade(connection)
        except DBAPIError as error:
            if not isinstance(error.orig, LockNotAvailable | DeadlockDetected):
                raise
            connection.rollback()
            if time.monotonic() > until:
                cause = "a table that a migration changes has been in use by one transaction all the time"
                raise DatabaseUnavailable(Trouble.BUSY, cause=cause) from error
            time.sleep(random.uniform(*_PAUSES))  # noqa: S311


def _limit_locks(connection: Connection) -> None:
    """For one transaction. An index that is built concurrently is in none, and keeps nobody waiting while it waits."""
    connection.exec_driver_sql(f"SELECT set_config('lock_timeout', '{LOCK_TIMEOUT}', true)")
