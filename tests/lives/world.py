"""The real service for a random life: one application and one database, a new organisation for each life."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any, Self, TypeVar
from uuid import UUID

import httpx

from app.commands.manage_keys import create_key
from app.domain.account import Account
from app.domain.api_key import Scope
from app.domain.destination import DestinationStatus
from app.domain.platforms import Platform
from app.domain.post import Post, settled_status
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.organizations import OrganizationRepository
from app.repositories.posts import PostRepository
from app.repositories.revisions import RevisionRepository
from tests.conftest import serving
from tests.lives.model import ModelPost
from tests.support.clock import NOW, Clock

T = TypeVar("T")


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
        self.database: Database
        self.organization_id = 0

    def __enter__(self) -> Self:
        async def start() -> None:
            app, self.client = await self._stack.enter_async_context(serving(self._database_url, self.clock))
            self.database = app.state.service.database

        self.run(start())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self._stack.aclose())
        self._runner.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    def begin_life(self, gaps: dict[int, int], *, inactive: int) -> None:
        """A new organisation with these accounts, and the clock at its start."""
        self.clock.now = NOW
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

    def publish(self, post_id: UUID, published: set[int] | None) -> None:
        """Claim a post, or, with the accounts on which it comes out, record how publishing ended."""

        def work(connection: Any) -> None:
            posts = PostRepository(connection, self.organization_id)
            post = posts.get_to_change(post_id)
            posts.save((post, post.claim(now=self.clock()) if published is None else self._ended(post, published)))

        self.run(self.database.write(work))

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

    def _ended(self, post: Post, published: set[int]) -> Post:
        ended = tuple(
            replace(
                item,
                status=DestinationStatus.PUBLISHED if item.account.id in published else DestinationStatus.FAILED,
                published_at=self.clock() if item.account.id in published else None,
            )
            if item.status is DestinationStatus.PUBLISHING
            else item
            for item in post.destinations
        )
        return replace(
            post,
            destinations=ended,
            status=settled_status(ended),
            version=post.version + 1,
            updated_at=self.clock(),
        )
