"""How Alembic runs a step here: on the connection that the caller holds, or, offline, into the SQL of PostgreSQL.

SQLite runs all steps in the caller's transaction. PostgreSQL runs each in one of its own, which ends where an index is
built concurrently.
"""

from alembic import context
from sqlmodel import SQLModel

import app.repositories.tables  # noqa: F401 - defines the tables that SQLModel.metadata lists

if context.is_offline_mode():
    context.configure(dialect_name="postgresql", transaction_per_migration=True)
else:
    connection = context.config.attributes["connection"]
    is_postgresql = connection.dialect.name == "postgresql"
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        transactional_ddl=is_postgresql,
        transaction_per_migration=is_postgresql,
    )
with context.begin_transaction():
    context.run_migrations()
