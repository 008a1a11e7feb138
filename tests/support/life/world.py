"""The posts, accounts and media that the cases start from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from app.commands.fill_demo import BANNER, VIDEO
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.media import Media
from app.domain.post import Post, PostStatus
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.support.cases import SUBJECTS
from tests.support.clock import NOW
from tests.support.edges import stored_post

TIME: Final = datetime(2026, 5, 1, 10, 0, tzinfo=UTC)
TIME_TEXT: Final = "2026-05-01T10:00:00.000Z"
UNKNOWN: Final = UUID(int=9)
TOO_LONG_FOR_X: Final = "x" * 281


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the demo's organisation has. posts: by what they are called in the table."""

    posts: Mapping[str, Post]
    accounts: Mapping[int, Account]
    media: Mapping[UUID, Media]

    @classmethod
    async def of(cls, database: Database) -> World:
        accounts = await database.read(lambda connection: AccountRepository(connection, 1).all())
        demo = {name: await stored_post(database, id) for name, id in {**SUBJECTS, "video": VIDEO}.items()}
        by_id = {account.id: account for account in accounts}
        used = {item.id: item for post in demo.values() for item in post.media}
        found = await database.write(lambda connection: MediaRepository(connection, 1).find([BANNER]))
        return cls(posts={**demo, **_more(demo, by_id)}, accounts=by_id, media={**used, **found})


def _more(demo: Mapping[str, Post], accounts: Mapping[int, Account]) -> dict[str, Post]:
    def failed(id: int) -> Destination:
        return replace(demo["failed"].destinations[0], account=accounts[id])

    def queued(id: int) -> Destination:
        return Destination(account=accounts[id])

    draft = demo["draft"]
    return {
        "failed twice": demo["failed"]._replace(destinations=(failed(2282), failed(2285))),
        "failed, one unknown": demo["failed"]._replace(
            destinations=(failed(2282), replace(failed(2285), status=DestinationStatus.UNKNOWN, error="No answer.")),
        ),
        "failed, all unknown": demo["failed"]._replace(
            destinations=(replace(failed(2285), status=DestinationStatus.UNKNOWN, error="No answer."),)
        ),
        "failed, too long": demo["failed"]._replace(content=TOO_LONG_FOR_X, destinations=(failed(2282),)),
        "partly out draft": demo["partially_failed"]._replace(status=PostStatus.DRAFT),
        "draft with a time": draft._replace(scheduled_for=TIME),
        "draft whose time has passed": draft._replace(scheduled_for=NOW - timedelta(days=1)),
        "draft for nobody": draft._replace(destinations=()),
        "draft without content": draft._replace(content=""),
        "draft, too long": draft._replace(content=TOO_LONG_FOR_X),
        "draft for Instagram": draft._replace(destinations=(queued(2280),)),
        "draft for an inactive account": draft._replace(destinations=(queued(2282), queued(2299))),
        "scheduled on X": draft._replace(status=PostStatus.SCHEDULED, scheduled_for=TIME),
    }
