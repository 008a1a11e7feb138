"""What is asked of the database itself, for no organisation: whether it can be written, and whether posts are late."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select, text
from sqlmodel import col

from app.domain.post import PostStatus
from app.repositories.tables import PostRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

ROOM: Final = 1024 * 1024
"""Bytes that the disk of an SQLite file must have free."""


@dataclass(frozen=True, slots=True)
class Writable:
    """A database that takes changes.

    step: of its migrations. file: device and inode of an SQLite file, so that one which was replaced can be told.
    """

    step: str
    file: tuple[int, int] | None


def write_nothing(connection: Connection) -> Writable:
    """A unit of work that fails where a change would. Raises what the database raises, and OSError."""
    # It changes no row, locks none and leaves none behind; a standby and a read-only transaction refuse it all the
    # same.
    connection.execute(text("UPDATE alembic_version SET version_num = version_num WHERE 1 = 0"))
    step: str = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
    return Writable(step, _writable_file(connection) if connection.dialect.name == "sqlite" else None)


def oldest_overdue(connection: Connection, now: datetime) -> datetime | None:
    """The time of the oldest post that should be out and is still scheduled."""
    overdue = select(func.min(col(PostRow.scheduled_for))).where(
        col(PostRow.status) == PostStatus.SCHEDULED, col(PostRow.scheduled_for) <= now
    )
    oldest: datetime | None = connection.execute(overdue).scalar_one()
    return oldest


def _writable_file(connection: Connection) -> tuple[int, int]:
    """Asked of the folder, since SQLite goes on with a file that was deleted, and writes no byte before a COMMIT."""
    path: str = connection.execute(text("SELECT file FROM pragma_database_list WHERE name = 'main'")).scalar_one()
    if not os.access(path, os.W_OK):
        raise PermissionError("the database file is gone or read-only")
    if shutil.disk_usage(path).free < ROOM:
        raise OSError("the disk of the database file is full")
    status = os.stat(path)
    return status.st_dev, status.st_ino
