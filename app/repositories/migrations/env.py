"""How Alembic runs a step here: on the connection, and in the transaction, that the caller holds."""

from alembic import context
from sqlmodel import SQLModel

import app.repositories.tables  # noqa: F401 - defines the tables that SQLModel.metadata lists

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    transactional_ddl=False,
)
context.run_migrations()
