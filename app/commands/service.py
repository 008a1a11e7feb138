"""The service: who is calling, and how their commands are run."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cachetools import LRUCache

from app.commands.availability import refusing_what_the_database_cannot
from app.commands.idempotency import Refused, run_once
from app.commands.unit import Everywhere, Unit
from app.domain.api_key import PUBLIC_ID, ApiKey, Scope, public_id_of
from app.domain.errors import Forbidden, RequestInProgress, Unauthenticated
from app.domain.history import PUBLISHER
from app.domain.schedule import to_milliseconds
from app.repositories.announcements import LocalAnnouncements
from app.repositories.api_keys import ApiKeyRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from app.commands.idempotency import KeyedRequest
    from app.commands.unit import Command
    from app.repositories.announcements import Announcements
    from app.repositories.credential_cipher import CredentialCipher
    from app.repositories.database import Database

P = ParamSpec("P")
T = TypeVar("T")
R = TypeVar("R")

KEY_CACHE_SECONDS = 4.0
"""How long a key that was looked up is trusted. A revoked key must be refused 5 s later; look-ups take time too."""


class Service:
    """Holds what every command needs: the database, the clock and the source of new ids."""

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        new_id: Callable[[], UUID],
        cipher: CredentialCipher | None = None,
        announcements: Announcements | None = None,
        timer: Callable[[], float] = monotonic,
    ) -> None:
        """clock: aware UTC instants. cipher: seals the credentials of accounts; without one, none can be stored.

        announcements: how those hear of changes who wait for them; without any, nobody outside this service does.
        timer: seconds that only grow, for the age of what is cached.
        """
        self.database = database
        self.clock = clock
        self.cipher = cipher
        self.announcements = announcements or LocalAnnouncements()
        self._new_id = new_id
        self._timer = timer
        self._keys: LRUCache[str, tuple[ApiKey, float]] = LRUCache(maxsize=10_000)
        self._running: set[tuple[int, str]] = set()

    async def authenticate(self, secret: str) -> Caller:
        """The caller a key stands for. Raises Unauthenticated, whatever is wrong with the key."""
        # What opens a key that is known needs no look at its form and checksum: those only save a look-up.
        key = self._known_key(secret[PUBLIC_ID])
        if key is None and (public_id := public_id_of(secret)) is not None:
            key = await self._find_key(public_id)
        if key is None or not key.opens(secret, now=self.clock()):
            raise Unauthenticated
        return Caller(self, key)

    async def is_good(self, key: ApiKey) -> bool:
        """Whether a key that was shown a while ago is still one: for those who stay connected."""
        known = await self._find_key(key.public_id)
        return known is not None and known.is_good(now=self.clock())

    def _known_key(self, public_id: str) -> ApiKey | None:
        """The key, if it was looked up a moment ago."""
        key, looked_up = self._keys.get(public_id, (None, 0.0))
        return key if self._timer() - looked_up < KEY_CACHE_SECONDS else None

    async def _find_key(self, public_id: str) -> ApiKey | None:
        key = self._known_key(public_id)
        if key is None:
            # Its age counts from before the look-up: what was read may be as old as that.
            asked = self._timer()
            with refusing_what_the_database_cannot(stores=False):
                key = await self.database.read(lambda connection: ApiKeyRepository(connection).find(public_id))
            if key is not None:
                self._keys[public_id] = (key, asked)
        return key

    async def run(self, organization_id: int, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command as one unit of work, in the service's own name."""
        return await self._run(organization_id, PUBLISHER, command.scope, lambda unit: command(unit, *args, **kwargs))

    async def run_for(
        self, key: ApiKey, request: KeyedRequest | None, command: Command[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a command as one unit of work for whoever has shown a key; once only where the request has a key too."""

        def work(unit: Unit) -> T:
            return command(unit, *args, **kwargs)

        if request is None or command.scope is Scope.READ:
            is_brief = command.is_brief(*args, **kwargs)
            return await self._run(key.organization_id, key.name, command.scope, work, is_brief=is_brief)

        step = request.next_step()
        running = (key.organization_id, step.key)
        if running in self._running:
            raise RequestInProgress(step.key)
        self._running.add(running)
        try:
            answer: T | Refused = await self._run(
                key.organization_id,
                key.name,
                command.scope,
                lambda unit: run_once(unit, step, partial(work, unit)),
                has_key=True,
            )
        finally:
            self._running.discard(running)
        if isinstance(answer, Refused):
            raise answer.refusal
        return answer

    async def _run(
        self,
        organization_id: int,
        changed_by: str,
        scope: Scope,
        work: Callable[[Unit], R],
        *,
        has_key: bool = False,
        is_brief: bool = False,
    ) -> R:
        def whole(connection: Connection) -> R:
            now = to_milliseconds(self.clock())
            unit = Unit(
                connection,
                organization_id,
                changed_by=changed_by,
                now=now,
                new_id=self._new_id,
                cipher=self.cipher,
            )
            return work(unit)

        if scope is Scope.READ:
            with refusing_what_the_database_cannot(stores=False):
                return await self.database.read(whole, is_brief=is_brief)
        try:
            with refusing_what_the_database_cannot(stores=True, has_key=has_key):
                return await self.database.write(whole, is_brief=is_brief)
        finally:
            # After a refusal too: a hint too many costs a look, and one too few a wait.
            self.announcements.announce(organization_id)

    async def look_everywhere(self, work: Callable[[Everywhere], R]) -> R:
        """Run a unit of the service's own that reads across organisations."""
        with refusing_what_the_database_cannot(stores=False):
            return await self.database.read(lambda connection: work(self._everywhere(connection)))

    async def work_everywhere(self, work: Callable[[Everywhere], R]) -> R:
        """Run a unit of the service's own that changes something across organisations."""

        def whole(connection: Connection) -> tuple[R, frozenset[int]]:
            everywhere = self._everywhere(connection)
            return work(everywhere), everywhere.touched

        with refusing_what_the_database_cannot(stores=True):
            answer, touched = await self.database.write(whole)
        for organization_id in touched:
            self.announcements.announce(organization_id)
        return answer

    def _everywhere(self, connection: Connection) -> Everywhere:
        return Everywhere(connection, now=to_milliseconds(self.clock()), new_id=self._new_id, cipher=self.cipher)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that has shown a good key. request: set where what it asks for may be repeated under a key."""

    service: Service
    key: ApiKey
    request: KeyedRequest | None = None

    def under(self, request: KeyedRequest | None) -> Caller:
        return self if request is self.request else replace(self, request=request)

    async def run(self, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command for the caller's organisation. Raises Forbidden when the key's scopes do not cover it."""
        if command.scope not in self.key.scopes:
            raise Forbidden(command.scope)
        return await self.service.run_for(self.key, self.request, command, *args, **kwargs)

    async def look_up(self, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command that reads, for more of an answer that the caller has been let to already.

        Whoever may change a post is shown it, though the key may not read others: an answer must not be refused
        when the change that it tells of is stored.
        """
        return await self.service.run_for(self.key, None, command, *args, **kwargs)
