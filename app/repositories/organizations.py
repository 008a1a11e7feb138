"""Organisations: whose posts, accounts, media and keys they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select

from app.repositories.tables import OrganizationRow

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

_organizations = OrganizationRow.__table__  # type: ignore[attr-defined]


class OrganizationRepository:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def is_empty(self) -> bool:
        """Whether there is no organisation yet: the database is new."""
        return not self._connection.execute(select(exists(select(_organizations.c.id)))).scalar_one()

    def find_by_name(self, name: str) -> int | None:
        """The id of the organisation of that name."""
        statement = select(_organizations.c.id).where(_organizations.c.name == name)
        found: int | None = self._connection.execute(statement).scalar_one_or_none()
        return found

    def names(self) -> dict[int, str]:
        """Every organisation's name, by its id."""
        rows = self._connection.execute(select(_organizations.c.id, _organizations.c.name))
        return {row.id: row.name for row in rows}

    def add(self, name: str, *, now: datetime) -> int:
        """The new organisation's id."""
        statement = insert(_organizations).values(name=name, created_at=now).returning(_organizations.c.id)
        return int(self._connection.execute(statement).scalar_one())
