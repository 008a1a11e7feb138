"""Events: stored changes as those see them who follow posts, in an order that a cursor can point into."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from app.domain.history import EventType
    from app.domain.post import PostStatus

_CURSOR: Final = re.compile(r"([0-9a-f]{1,15})-([0-9a-f]{1,15})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Cursor:
    """A place in an organisation's events: after one of them, and before the next. Cursors sort as events happen.

    transaction and position: two numbers that the database gives every event (see app.repositories.events).
    """

    transaction: int
    position: int

    def __str__(self) -> str:
        return f"{self.transaction:x}-{self.position:x}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The cursor of a text that str() made. Raises ValueError."""
        parts = _CURSOR.fullmatch(text)
        if parts is None:
            raise ValueError("A cursor is what an event was delivered with.")
        return cls(int(parts[1], 16), int(parts[2], 16))


START: Final = Cursor(0, 0)
"""Before every event."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One stored change of one post. cursor: the place after it.

    version and status: the post's after the change; of a deletion, one more than its last, and the last one it had.
    changed_fields: in the domain's snake_case. key: the same whenever and to whomever the event is told, and no other
    event's: 1 to 64 characters of [a-z0-9_].
    """

    cursor: Cursor
    type: EventType
    at: datetime
    post_id: UUID
    version: int
    status: PostStatus
    changed_fields: tuple[str, ...]

    @property
    def key(self) -> str:
        return f"evt_{self.post_id.hex}_{self.version}"
