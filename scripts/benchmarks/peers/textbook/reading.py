"""Posts, and what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from strawberry.dataloader import DataLoader

from scripts.benchmarks.peers.textbook.tables import ORGANIZATION, Account, Destination, Post, PostMedia

_NEVER_MS = 2**63 - 1


async def page_of_posts(session: AsyncSession, first: int) -> Sequence[Post]:
    """One more than asked for, where there is one."""
    by_time = func.coalesce(Post.scheduled_for, _NEVER_MS)
    statement = select(Post).where(Post.organization_id == ORGANIZATION).order_by(by_time, col(Post.id))
    return (await session.exec(statement.limit(first + 1))).all()


class Loaders:
    """Of one request."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self.destinations = DataLoader(self._load_destinations)
        self.media_ids = DataLoader(self._load_media_ids)

    async def _load_destinations(self, post_ids: list[UUID]) -> list[list[tuple[Destination, Account]]]:
        statement = (
            select(Destination, Account)
            .join(
                Account,
                (col(Account.organization_id) == Destination.organization_id)
                & (col(Account.id) == Destination.account_id),
            )
            .where(Destination.organization_id == ORGANIZATION, col(Destination.post_id).in_(post_ids))
            .order_by(col(Destination.account_id))
        )
        found: dict[UUID, list[tuple[Destination, Account]]] = {id: [] for id in post_ids}
        for destination, account in (await self._session.exec(statement)).all():
            found[destination.post_id].append((destination, account))
        return list(found.values())

    async def _load_media_ids(self, post_ids: list[UUID]) -> list[list[UUID]]:
        statement = (
            select(PostMedia)
            .where(PostMedia.organization_id == ORGANIZATION, col(PostMedia.post_id).in_(post_ids))
            .order_by(col(PostMedia.position))
        )
        found: dict[UUID, list[UUID]] = {id: [] for id in post_ids}
        for row in (await self._session.exec(statement)).all():
            found[row.post_id].append(row.media_id)
        return list(found.values())
