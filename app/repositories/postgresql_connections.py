"""Connections to PostgreSQL: how long they may wait for what, and what is different behind a pooler.

A pooler in transaction mode (PgBouncer, and what hosts offer under other names) hands every transaction to whichever
connection of its own is free: what is set for a session would be set for somebody else's, and a prepared statement
is not there the next time. Whether one stands between is seen when a connection is new.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from psycopg.errors import ReadOnlySqlTransaction
from sqlalchemy import create_engine, event

if TYPE_CHECKING:
    from collections.abc import Mapping

    import psycopg
    from sqlalchemy import URL, Connection, Engine
    from sqlalchemy.engine import ExceptionContext
    from sqlalchemy.pool import ConnectionPoolEntry

TIMEOUTS: Final[Mapping[str, str]] = {
    "statement_timeout": "30s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
"""No unit of work needs as long: one that does has met something broken, and holds locks that others wait for."""
NO_TIMEOUTS: Final[Mapping[str, str]] = dict.fromkeys(TIMEOUTS, "0")

RECYCLED_AFTER: Final = 1800
"""Seconds after which a connection is made anew: names may lead elsewhere since, and firewalls forget."""

CONNECTING: Final[Mapping[str, str | int]] = {
    "application_name": "redraft",
    "connect_timeout": 5,
    # A host that has vanished answers nothing, not even that it is gone. These notice after 25 s at most.
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 25_000,
}
"""What libpq is told, unless the URL says otherwise."""
_IS_POOLED: Final = "redraft_is_pooled"


def open_engine(url: URL, *, connections: int, timeouts: Mapping[str, str] = TIMEOUTS) -> Engine:
    """Connects when it is first used. timeouts: PostgreSQL's settings, for every transaction."""
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=connections,
        max_overflow=0,
        pool_pre_ping=True,  # a restarted server is noticed before a unit starts, not by it
        pool_recycle=RECYCLED_AFTER,
        hide_parameters=True,  # an error's text must not hold what somebody writes
        connect_args={name: value for name, value in CONNECTING.items() if name not in url.query},
    )

    @event.listens_for(engine, "connect")
    def look_who_answers(connection: psycopg.Connection[Any], record: ConnectionPoolEntry) -> None:
        connection.autocommit = True
        answered = connection.execute("SELECT pg_backend_pid()").fetchone()
        # A pooler makes up the number that it greets with.
        record.info[_IS_POOLED] = answered != (connection.info.backend_pid,)
        if record.info[_IS_POOLED]:
            connection.prepare_threshold = None
        else:
            connection.execute(_setting(timeouts, for_transaction=False))
        connection.autocommit = False

    @event.listens_for(engine, "begin")
    def limit_the_transaction(connection: Connection) -> None:
        if connection.info[_IS_POOLED]:
            connection.exec_driver_sql(_setting(timeouts, for_transaction=True))

    @event.listens_for(engine, "handle_error")
    def leave_a_standby(context: ExceptionContext) -> None:
        # After a failover the old primary may live on as a standby. Connected anew, target_session_attrs=read-write
        # and names that were moved lead to the new one.
        if isinstance(context.original_exception, ReadOnlySqlTransaction):
            context.is_disconnect = True

    return engine


def _setting(timeouts: Mapping[str, str], *, for_transaction: bool) -> str:
    """One statement, so that it is one journey."""
    scope = str(for_transaction).lower()
    return "SELECT " + ", ".join(f"set_config('{name}', '{value}', {scope})" for name, value in timeouts.items())
