"""The tables' history: one file per step in versions/, run by Alembic when the service starts.

Others go on with their work meanwhile, the processes of the release before among them: a step adds what they can pass
over. Each is either one transaction or nothing but indexes (see indexes.py), so that it can be run again after a crash.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import inspect, text

if TYPE_CHECKING:
    from sqlalchemy import Connection

HEAD: Final = "0004"
"""The newest step. Named here so that a start with nothing to migrate does not have to load Alembic (0.3 s)."""


def upgrade(connection: Connection, *, to: str = "head") -> None:
    """Run every step that the database has not seen: on SQLite inside the transaction of the caller, on PostgreSQL each
    in one of its own.

    Raises ValueError when the database was migrated by a newer Redraft than this one.
    """
    current = _current(connection)
    if current == HEAD:
        return
    if connection.dialect.name == "postgresql":
        connection.rollback()  # ends the transaction of the question, so that steps can begin their own

    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
    if current is not None and current not in known:
        raise ValueError(f"The database was migrated by a newer Redraft: its step {current} is not known to this one.")
    command.upgrade(config, to)


def is_current(connection: Connection) -> bool:
    """Whether there is nothing to migrate."""
    return _current(connection) == HEAD


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
