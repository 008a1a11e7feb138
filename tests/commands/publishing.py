"""Posts that are due, networks that answer nothing by themselves, and what is stored of both."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import Connection

from app.commands.claim_due import Assignment, claim_due
from app.commands.fill_demo import SCHEDULED
from app.commands.service import Service
from app.domain.account import Account
from app.domain.credentials import Credentials
from app.domain.destination import Destination
from app.domain.platforms import Platform
from app.domain.post import Post
from app.domain.publishing import ALWAYS, LEASE, Outcome, Outgoing
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, stored_post
from tests.support.accounts import a_cipher
from tests.support.clock import NOW

FIRST: Final = 1_000
"""The number of the first account that is added here."""


@dataclass(frozen=True)
class NamedNetwork:
    """A network that nobody calls."""

    name: str
    repeatable_for: timedelta = ALWAYS

    async def publish(self, outgoing: Outgoing, credentials: Credentials) -> Outcome:
        raise AssertionError("a claim calls nothing")


@dataclass
class NamedNetworks:
    """Finds a network of the account's platform's name. spans: for how long its calls are repeatable, by platform."""

    spans: dict[Platform, timedelta] = field(default_factory=dict)

    def find(self, platform: Platform, credentials: Credentials) -> NamedNetwork:
        if not credentials:
            raise LookupError(platform)
        return NamedNetwork(platform, self.spans.get(platform, ALWAYS))


async def add_accounts(
    database: Database, count: int, *, organization_id: int = OURS, first: int = FIRST, **different: object
) -> list[Account]:
    """Accounts of Mastodon's kind, with credentials."""
    accounts = [
        replace(
            Account(
                id=id,
                platform=Platform.MASTODON,
                name=f"@a{id}",
                is_active=True,
                created_at=NOW,
                has_credentials=True,
            ),
            **different,  # type: ignore[arg-type]  # whatever of an account a test wants
        )
        for id in range(first, first + count)
    ]

    def work(connection: Connection) -> None:
        for account in accounts:
            AccountRepository(connection, organization_id, cipher=a_cipher()).add(
                account, credentials={"token": f"t{account.id}"}
            )

    await database.write(work)
    return accounts


async def add_post(
    database: Database, number: int, *destinations: Destination, organization_id: int = OURS, **different: object
) -> Post:
    """A copy of a scheduled post, due a minute ago, with the id of this number."""
    template = await stored_post(database, SCHEDULED)
    post = template._replace(
        id=UUID(int=number),
        content=f"post {number}",
        media=(),
        scheduled_for=NOW - timedelta(minutes=1),
        destinations=destinations,
        version=1,
    )
    post = post._replace(**different)  # type: ignore[arg-type]  # whatever of a post a test wants
    await database.write(lambda connection: PostRepository(connection, organization_id).add(post))
    return post


async def claim(
    service: Service,
    *,
    limit: int = 100,
    lease: timedelta = LEASE,
    per_account: int | None = None,
    without: tuple[tuple[int, int], ...] = (),
    spans: dict[Platform, timedelta] | None = None,
) -> list[Assignment]:
    """What a worker does when something is due."""
    networks = NamedNetworks(spans or {})
    return await service.work_everywhere(
        lambda everywhere: claim_due(
            everywhere, networks=networks, limit=limit, lease=lease, per_account=per_account, without=without
        )
    )


def numbers(assignments: list[Assignment]) -> list[int]:
    """The numbers of the posts of some assignments, in their order."""
    return [assignment.attempt.post_id.int for assignment in assignments]
