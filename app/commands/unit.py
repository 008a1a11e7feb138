"""A unit of work, as a command sees it, and the mark that makes a function a command."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from app.domain.api_key import Scope
from app.domain.changes import LEAVE
from app.domain.post import Known
from app.repositories.accounts import AccountRepository
from app.repositories.media import MediaRepository
from app.repositories.posts import PostRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from app.domain.changes import PostChanges
    from app.domain.post import Post

P = ParamSpec("P")
T = TypeVar("T")


class Unit:
    """One transaction for one organisation: its repositories, the instant it runs at, and a source of new ids.

    now is an aware UTC instant in whole milliseconds.
    """

    def __init__(
        self, connection: Connection, organization_id: int, *, now: datetime, new_id: Callable[[], UUID]
    ) -> None:
        self.posts = PostRepository(connection, organization_id)
        self.accounts = AccountRepository(connection, organization_id)
        self.media = MediaRepository(connection, organization_id)
        self.now = now
        self.new_id = new_id

    def known(self, changes: PostChanges, *, to: Post | None = None) -> Known:
        """What the organisation holds of the ids that the changes name; a post's own need no looking up."""
        account_ids = changes.account_ids if isinstance(changes.account_ids, frozenset) else frozenset()
        media_ids = frozenset() if changes.media_ids is LEAVE else frozenset(changes.media_ids or ())
        if to is not None:
            account_ids -= frozenset(to.account_ids)
            media_ids -= frozenset(to.media_ids)
        return Known(accounts=self.accounts.find(account_ids), media=self.media.find(media_ids))


@dataclass(frozen=True, slots=True)
class Command(Generic[P, T]):
    """A function of a unit and keyword arguments, with the scope that a caller needs for it."""

    work: Callable[Concatenate[Unit, P], T]
    scope: Scope

    def __call__(self, unit: Unit, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.work(unit, *args, **kwargs)


def reads(work: Callable[Concatenate[Unit, P], T]) -> Command[P, T]:
    """Mark a command that changes nothing: it runs on a snapshot, and needs the scope `read`."""
    return Command(work, Scope.READ)


def writes(work: Callable[Concatenate[Unit, P], T]) -> Command[P, T]:
    """Mark a command that changes something: it needs the scope `write`, and is on disk when it has answered."""
    return Command(work, Scope.WRITE)
