"""The service: who is calling, and how their commands are run."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from cachetools import LRUCache

from app.commands.unit import Unit
from app.domain.api_key import ApiKey, Scope, public_id_of
from app.domain.errors import Forbidden, Unauthenticated
from app.domain.schedule import to_milliseconds
from app.repositories.api_keys import ApiKeyRepository

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import Connection

    from app.commands.unit import Command
    from app.repositories.database import Database

P = ParamSpec("P")
T = TypeVar("T")

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
        timer: Callable[[], float] = monotonic,
    ) -> None:
        """clock: aware UTC instants. timer: seconds that only grow, for the age of what is cached."""
        self.database = database
        self.clock = clock
        self._new_id = new_id
        self._timer = timer
        self._keys: LRUCache[str, tuple[ApiKey, float]] = LRUCache(maxsize=10_000)

    async def authenticate(self, secret: str | None) -> Caller:
        """The caller a key stands for. Raises Unauthenticated, whatever is wrong with the key."""
        public_id = public_id_of(secret) if secret else None
        if secret is None or public_id is None:
            raise Unauthenticated
        key = await self._find_key(public_id)
        if key is None or not key.opens(secret, now=self.clock()):
            raise Unauthenticated
        return Caller(self, key)

    async def _find_key(self, public_id: str) -> ApiKey | None:
        key, looked_up = self._keys.get(public_id, (None, 0.0))
        # Its age counts from before the look-up: what was read may be as old as that.
        asked = self._timer()
        if key is None or asked - looked_up >= KEY_CACHE_SECONDS:
            key = await self.database.read(lambda connection: ApiKeyRepository(connection).find(public_id))
            if key is not None:
                self._keys[public_id] = (key, asked)
        return key

    async def run(self, organization_id: int, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command as one unit of work."""

        def work(connection: Connection) -> T:
            now = to_milliseconds(self.clock())
            return command(Unit(connection, organization_id, now=now, new_id=self._new_id), *args, **kwargs)

        if command.scope is Scope.READ:
            return await self.database.read(work)
        return await self.database.write(work)


@dataclass(frozen=True, slots=True)
class Caller:
    """A program that has shown a good key."""

    service: Service
    key: ApiKey

    async def run(self, command: Command[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run a command for the caller's organisation. Raises Forbidden when the key's scopes do not cover it."""
        if command.scope not in self.key.scopes:
            raise Forbidden(command.scope)
        return await self.service.run(self.key.organization_id, command, *args, **kwargs)
