"""Which errors of PostgreSQL are troubles of the database, and no fault of what it was asked to do.

The codes: https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import psycopg
from sqlalchemy.exc import DBAPIError

from app.repositories.database import DatabaseUnavailable, Trouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PASSING: Final = frozenset({Trouble.UNREACHABLE, Trouble.LOST, Trouble.OVERLOADED, Trouble.READ_ONLY})
"""What a restart or a failover looks like: it may be over a moment later."""

_TROUBLES: Final[Mapping[str, Trouble]] = {
    "25006": Trouble.READ_ONLY,  # read_only_sql_transaction: a standby, or a primary that was made read-only
    "25P03": Trouble.BUSY,  # idle_in_transaction_session_timeout
    "25P04": Trouble.BUSY,  # transaction_timeout
    "53100": Trouble.FULL,
    "53200": Trouble.OVERLOADED,  # out_of_memory
    "53300": Trouble.OVERLOADED,  # too_many_connections
    "53400": Trouble.FULL,  # configuration_limit_exceeded: temp_file_limit
    "55P03": Trouble.BUSY,  # lock_not_available: lock_timeout
    "57014": Trouble.BUSY,  # query_canceled: statement_timeout
    "57P01": Trouble.LOST,  # admin_shutdown
    "57P02": Trouble.LOST,  # crash_shutdown
    "57P03": Trouble.UNREACHABLE,  # cannot_connect_now
    "57P05": Trouble.LOST,  # idle_session_timeout
    "58030": Trouble.BROKEN_DISK,  # io_error
}


@contextmanager
def naming_troubles(*, is_committing: bool = False) -> Iterator[None]:
    """Raises DatabaseUnavailable for what is a trouble of the database. is_committing: COMMIT is what runs inside."""
    try:
        yield
    except DBAPIError as error:
        if (named := _unavailable(error, is_committing=is_committing)) is None:
            raise
        raise named from error


def _unavailable(error: DBAPIError, *, is_committing: bool) -> DatabaseUnavailable | None:
    raised = error.orig
    if not isinstance(raised, psycopg.Error):
        return None
    trouble = _trouble(raised, had_connection=error.connection_invalidated)
    if trouble is None:
        return None
    code = raised.sqlstate
    said = raised.diag.message_primary or str(raised)
    # A server that answers COMMIT with an error has undone the transaction. One that ends the connection may have
    # stored it first, and a pooler (class 08) does not know what the server did.
    is_undone = raised.diag.severity_nonlocalized == "ERROR" and code is not None and not code.startswith("08")
    return DatabaseUnavailable(
        trouble,
        cause=said if code is None else f"{said} ({code})",
        may_be_stored=is_committing and not is_undone,
    )


def _trouble(raised: psycopg.Error, *, had_connection: bool) -> Trouble | None:
    if raised.sqlstate is not None:
        return Trouble.LOST if raised.sqlstate.startswith("08") else _TROUBLES.get(raised.sqlstate)
    if isinstance(raised, psycopg.OperationalError):  # the client's own finding, which has no code
        return Trouble.LOST if had_connection else Trouble.UNREACHABLE
    return None
