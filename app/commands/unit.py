"""A unit of work, as a command sees it, and the mark that makes a function a command."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Concatenate, Generic, ParamSpec, TypeVar

from app.domain.api_key import Scope
from app.domain.changes import LEAVE
from app.domain.history import PUBLISHER
from app.domain.post import Known
from app.domain.slots import Slots
from app.repositories.accounts import AccountRepository
from app.repositories.calendar import AccountCalendar
from app.repositories.deliveries import DeliveryRepository
from app.repositories.events import EventRepository
from app.repositories.idempotency_keys import IdempotencyKeyRepository
from app.repositories.media import MediaRepository
from app.repositories.posts import PostRepository
from app.repositories.revisions import RevisionRepository
from app.repositories.schedule import ScheduleRepository
from app.repositories.webhooks import WebhookRepository

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection, NestedTransaction

    from app.domain.changes import PostChanges
    from app.domain.post import Post
    from app.repositories.credential_cipher import CredentialCipher

P = ParamSpec("P")
T = TypeVar("T")


class Unit:
    """One transaction for one organisation: its repositories, the instant it runs at, and a source of new ids.

    now is an aware UTC instant in whole milliseconds. changed_by: whose changes these are, for the history.
    cipher: seals the credentials of accounts; without one, none can be stored.
    """

    def __init__(
        self,
        connection: Connection,
        organization_id: int,
        *,
        changed_by: str,
        now: datetime,
        new_id: Callable[[], UUID],
        cipher: CredentialCipher | None = None,
    ) -> None:
        self._connection = connection
        self._organization_id = organization_id
        self.posts = PostRepository(connection, organization_id, changed_by=changed_by)
        self.slots = Slots(AccountCalendar(connection, organization_id, to_book=True))
        self.now = now
        self.new_id = new_id
        self._cipher = cipher

    # Most units use none of these, and there is a unit for every request.

    @cached_property
    def revisions(self) -> RevisionRepository:
        return RevisionRepository(self._connection, self._organization_id)

    @cached_property
    def events(self) -> EventRepository:
        return EventRepository(self._connection, self._organization_id)

    @cached_property
    def accounts(self) -> AccountRepository:
        return AccountRepository(self._connection, self._organization_id, cipher=self._cipher)

    @cached_property
    def media(self) -> MediaRepository:
        return MediaRepository(self._connection, self._organization_id)

    @cached_property
    def webhooks(self) -> WebhookRepository:
        return WebhookRepository(self._connection, self._organization_id, cipher=self._cipher)

    @cached_property
    def idempotency_keys(self) -> IdempotencyKeyRepository:
        return IdempotencyKeyRepository(self._connection, self._organization_id, cipher=self._cipher)

    def known(self, *asked: tuple[Post | None, PostChanges]) -> Known:
        """What the organisation holds of the ids that these changes name, each to its post or to a new one.

        A post's own accounts and media need no looking up.
        """
        account_ids: set[int] = set()
        media_ids: set[UUID] = set()
        for post, changes in asked:
            if isinstance(changes.account_ids, frozenset):
                account_ids |= changes.account_ids - frozenset(post.account_ids if post else ())
            if changes.media_ids is not LEAVE:
                media_ids |= frozenset(changes.media_ids or ()) - frozenset(post.media_ids if post else ())
        return Known(
            accounts=self.accounts.find(account_ids) if account_ids else {},
            media=self.media.find(media_ids) if media_ids else {},
            slots=self.slots,
        )

    def preview_slots(self, *, without: Collection[UUID]) -> Slots:
        """Slots as they are now, as if some posts were not there, for a unit that books none of them."""
        return Slots(AccountCalendar(self._connection, self._organization_id, to_book=False), without=without)

    def begin_savepoint(self) -> NestedTransaction:
        """A point in the transaction to come back to."""
        return self._connection.begin_nested()


class Everywhere:
    """One transaction of the service's own, over every organisation: what a worker needs that serves them all."""

    def __init__(
        self,
        connection: Connection,
        *,
        now: datetime,
        new_id: Callable[[], UUID],
        cipher: CredentialCipher | None = None,
    ) -> None:
        self._connection = connection
        self._cipher = cipher
        self._units: dict[int, Unit] = {}
        self.schedule = ScheduleRepository(connection)
        self.deliveries = DeliveryRepository(connection, cipher=cipher)
        self.now = now
        self.new_id = new_id

    def of(self, organization_id: int) -> Unit:
        """The same transaction, for one organisation."""
        if organization_id not in self._units:
            self._units[organization_id] = Unit(
                self._connection,
                organization_id,
                changed_by=PUBLISHER,
                now=self.now,
                new_id=self.new_id,
                cipher=self._cipher,
            )
        return self._units[organization_id]

    @property
    def touched(self) -> frozenset[int]:
        """The organisations that there was something to do for."""
        return frozenset(self._units)


def _never(*_: object, **__: object) -> bool:
    return False


def _always(*_: object, **__: object) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Command(Generic[P, T]):
    """A function of a unit and keyword arguments, with the scope that a caller needs for it.

    is_brief: whether, with these arguments, it takes a millisecond at most, however much there is in the database.
    """

    work: Callable[Concatenate[Unit, P], T]
    scope: Scope
    is_brief: Callable[..., bool] = _never

    def __call__(self, unit: Unit, *args: P.args, **kwargs: P.kwargs) -> T:
        return self.work(unit, *args, **kwargs)


def reads(work: Callable[Concatenate[Unit, P], T]) -> Command[P, T]:
    """Mark a command that changes nothing: it runs on a snapshot, and needs the scope `read`."""
    return Command(work, Scope.READ)


def writes(work: Callable[Concatenate[Unit, P], T]) -> Command[P, T]:
    """Mark a command that changes something: it needs the scope `write`, and is on disk when it has answered."""
    return Command(work, Scope.WRITE)


def brief(command: Command[P, T]) -> Command[P, T]:
    """Mark a command that is brief whatever its arguments are: see Command."""
    return replace(command, is_brief=_always)


def brief_when(condition: Callable[..., bool]) -> Callable[[Command[P, T]], Command[P, T]]:
    """Mark a command that is brief with some arguments. condition: takes what the command takes after the unit."""
    return lambda command: replace(command, is_brief=condition)
