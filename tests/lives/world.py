"""The real service for a random life: one application and one database, a new organisation for each life."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Final, Never, Self, TypeVar
from uuid import UUID

import httpx
from sqlalchemy import text

from app.commands.claim_due import Assignment, claim_due
from app.commands.manage_keys import create_key
from app.commands.record_reports import record_reports
from app.commands.service import Service
from app.commands.unit import Everywhere
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.credentials import Credentials
from app.domain.platforms import Platform
from app.domain.publishing import LEASE, NEVER, Attempt, Outcome, Published, Refused, Report, Unanswered
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository
from app.repositories.revisions import RevisionRepository
from tests.conftest import serving
from tests.lives.model import ModelPost
from tests.support.clock import NOW, Clock

T = TypeVar("T")

_OUTCOMES: Final[Mapping[str, Outcome]] = {
    "published": Published(),
    "failed": Refused(reason="The token has expired."),
    "unknown": Unanswered(reason="No answer came."),
}


class NoNetworks:
    """Where accounts have no credentials, nobody asks for their network: the test itself tells what came of a call."""

    def find(self, platform: Platform, credentials: Credentials) -> Never:
        raise LookupError(platform)


def instant(minute: int) -> datetime:
    return NOW + timedelta(minutes=minute)


def minute(at: datetime) -> int:
    return round((at - NOW) / timedelta(minutes=1))


class World:
    """Runs the service on an event loop of its own, because hypothesis calls rules without one."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._lives = count(1)
        self.clock = Clock()
        self.client: httpx.AsyncClient
        self.service: Service
        self.database: Database
        self._held: list[Attempt] = []
        self.organization_id = 0

    def __enter__(self) -> Self:
        async def start() -> None:
            app, self.client = await self._stack.enter_async_context(serving(self._database_url, self.clock))
            self.service = app.state.service
            self.database = self.service.database

        self.run(start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._stack.aclose())
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def begin_life(self, gaps: dict[int, int], *, inactive: int) -> None:
        """A new organisation with these accounts, and the clock at its start. Nobody else's posts are due."""
        self.clock.now = NOW
        self._held = []
        self.run(self.database.write(lambda connection: connection.execute(text("DELETE FROM posts")).close()))
        name = f"life {next(self._lives)}"
        key = self.run(
            self.database.write(
                lambda connection: create_key(
                    connection, organization=name, name="random", scopes=tuple(Scope), now=NOW
                )
            )
        )

        def add_accounts(connection: Any) -> int:
            found = OrganizationRepository(connection).find_by_name(name)
            assert found is not None
            for id, gap in [*gaps.items(), (inactive, 0)]:
                AccountRepository(connection, found).add(
                    Account(
                        id=id,
                        platform=Platform.WEBHOOK,
                        name=f"account {id}",
                        is_active=id != inactive,
                        created_at=NOW,
                        minimum_gap_minutes=gap,
                    )
                )
            return found

        self.organization_id = self.run(self.database.write(add_accounts))
        self.client.headers["Authorization"] = f"Bearer {key}"

    def claim(self) -> set[UUID]:
        """Claim what is due, and hold it; the answer says of which posts."""

        def work(everywhere: Everywhere) -> list[Assignment]:
            return claim_due(everywhere, networks=NoNetworks(), limit=1_000, lease=LEASE)

        assignments = self.run(self.service.work_everywhere(work))
        self._held += [assignment.attempt for assignment in assignments]
        return {assignment.attempt.post_id for assignment in assignments}

    def wait(self, minutes: int) -> None:
        """Time passes for a worker that lives: it renews its claims."""
        self.clock.advance(minutes=minutes)
        if self._held:
            self.run(
                self.service.work_everywhere(
                    lambda everywhere: everywhere.schedule.renew(self._held, until=everywhere.now + LEASE)
                )
            )

    def record(self, post_id: UUID, outcomes: Mapping[int, str]) -> None:
        """Record how the calls for a post ended that are held: by account, "failed" or "unknown", or else published."""
        ended = [attempt for attempt in self._held if attempt.post_id == post_id]
        self._held = [attempt for attempt in self._held if attempt.post_id != post_id]

        def work(everywhere: Everywhere) -> None:
            for attempt in ended:
                assert everywhere.schedule.try_begin(attempt, now=everywhere.now, repeatable_for=NEVER)
            reports = [
                Report(
                    account_id=attempt.account_id,
                    attempt=attempt.number,
                    outcome=_OUTCOMES[outcomes.get(attempt.account_id, "published")],
                    repeatable_for=NEVER,
                    pause=timedelta(seconds=1),
                )
                for attempt in ended
            ]
            record_reports(everywhere, reports=list(zip(ended, reports, strict=True)))

        self.run(self.service.work_everywhere(work))

    def stored(self, post_id: UUID) -> ModelPost:
        post = self.run(
            self.database.read(lambda connection: PostRepository(connection, self.organization_id).get(post_id))
        )
        return ModelPost(
            content=post.content,
            time=None if post.scheduled_for is None else minute(post.scheduled_for),
            timezone=post.timezone,
            status=post.status.value,
            version=post.version,
            destinations={item.account.id: item.status.value for item in post.destinations},
        )

    def revisions(self, post_id: UUID) -> int:
        """How many stored changes the history of a post holds."""
        return self.run(
            self.database.read(
                lambda connection: RevisionRepository(connection, self.organization_id).count({post_id: 2**31 - 1})
            )
        )[post_id]

    def exists(self, post_id: UUID) -> bool:
        return bool(
            self.run(
                self.database.write(
                    lambda connection: PostRepository(connection, self.organization_id).find_to_change([post_id])
                )
            )
        )
