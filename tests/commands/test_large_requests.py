"""As many ids as fit into one request are looked up, and refused, like a few."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.commands.fill_demo import SCHEDULED
from app.commands.list_posts import list_posts
from app.commands.service import Service
from app.commands.update_post import update_post
from app.domain.changes import PostChanges
from app.domain.errors import InvalidInput, IssueCode
from app.domain.listing import PostFilter, PostListing
from app.repositories.database import Database
from tests.repositories.storage import OURS, dump

MANY = 70_000
"""More than PostgreSQL takes as parameters of one statement, and less than 1 MiB of JSON can name."""


async def test_accounts_by_the_ten_thousand_are_unknown_one_by_one(service: Service, database: Database) -> None:
    before = await dump(database)
    changes = PostChanges(account_ids=frozenset(range(1_000_000, 1_000_000 + MANY)))

    with pytest.raises(InvalidInput) as refusal:
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)

    assert [issue.code for issue in refusal.value.issues] == [IssueCode.UNKNOWN_ID] * MANY
    assert await dump(database) == before


async def test_media_by_the_ten_thousand_are_unknown_one_by_one(service: Service, database: Database) -> None:
    before = await dump(database)
    changes = PostChanges(media_ids=tuple(UUID(int=number) for number in range(MANY)))

    with pytest.raises(InvalidInput) as refusal:
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)

    assert [issue.code for issue in refusal.value.issues] == [IssueCode.UNKNOWN_ID] * MANY
    assert await dump(database) == before


async def test_a_list_may_be_filtered_by_as_many_accounts(service: Service) -> None:
    listing = PostListing(filter=PostFilter(account_ids=frozenset(range(2290, 2290 + MANY))), limit=100)

    page = await service.run(OURS, list_posts, listing=listing, with_total=True)

    assert (len(page.posts), page.total) == (2, 2)
