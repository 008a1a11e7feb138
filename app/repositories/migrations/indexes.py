"""Indexes on tables that are in use, for the steps in versions/.

PostgreSQL builds them CONCURRENTLY: it reads the table twice while others go on writing. That cannot be part of a
transaction, so a step that calls add_index does nothing else: run again after a crash, it goes on where it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from collections.abc import Sequence


def add_index(name: str, table: str, columns: Sequence[str | sa.TextClause], *, where: str | None = None) -> None:
    """where: the condition of a partial index, in SQL that both databases read."""
    condition = None if where is None else sa.text(where)
    context = op.get_context()
    if context.dialect.name != "postgresql":
        op.create_index(name, table, columns, sqlite_where=condition)
        return
    with context.autocommit_block():
        if not context.as_sql and _is_unfinished(name):
            op.drop_index(name, postgresql_concurrently=True)
        op.create_index(
            name, table, columns, postgresql_where=condition, postgresql_concurrently=True, if_not_exists=True
        )


def _is_unfinished(name: str) -> bool:
    """Whether an earlier attempt was ended in the middle: it leaves an index that is kept up, and never used."""
    question = sa.text("SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(:name)")
    return bool(op.get_bind().execute(question, {"name": name}).scalar_one_or_none())
