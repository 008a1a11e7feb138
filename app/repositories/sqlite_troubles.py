"""Which errors of SQLite are troubles of the database, and no fault of what it was asked to do.

The codes: https://www.sqlite.org/rescode.html
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DBAPIError

from app.repositories.database import DatabaseUnavailable, Trouble

if TYPE_CHECKING:
    from collections.abc import Mapping

_TROUBLES: Final[Mapping[int, Trouble]] = {
    sqlite3.SQLITE_BUSY: Trouble.BUSY,  # another process has been writing for longer than busy_timeout
    sqlite3.SQLITE_CANTOPEN: Trouble.UNREACHABLE,
    sqlite3.SQLITE_FULL: Trouble.FULL,
    sqlite3.SQLITE_IOERR: Trouble.BROKEN_DISK,
    sqlite3.SQLITE_READONLY: Trouble.READ_ONLY,
}


def unavailable(error: BaseException, *, is_committing: bool = False) -> DatabaseUnavailable | None:
    """None for an error that is no trouble of the database. is_committing: the error was met by COMMIT."""
    raised = error.orig if isinstance(error, DBAPIError) else error
    if not isinstance(raised, sqlite3.Error) or not hasattr(raised, "sqlite_errorcode"):
        return None
    # The low byte is the kind, those above it tell more of it.
    code = raised.sqlite_errorcode & 0xFF
    if (trouble := _TROUBLES.get(code)) is None:
        return None
    # A COMMIT that could not be synced to the disk may be in the log all the same, and found there after a crash.
    may_be_stored = is_committing and code == sqlite3.SQLITE_IOERR
    named = DatabaseUnavailable(trouble, cause=f"{raised} ({raised.sqlite_errorname})", may_be_stored=may_be_stored)
    named.__cause__ = error
    return named
