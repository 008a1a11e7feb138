"""Posts come out of the database as they went in, however many are read together."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection

from app.commands.fill_demo import OF_ANOTHER_ORGANIZATION
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.listing import PostListing
from app.domain.platforms import Platform
from app.domain.post import Post
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from app.repositories.posts import PostRepository, _read
from tests.repositories.storage import OURS, dump
from tests.support.clock import NOW

THEIRS = 2


def an_account(id: int, name: str) -> Account:
    return Account(id=id, platform=Platform.X, name=name, is_active=True, created_at=NOW)


async def ours(database: Database, count: int) -> list[Post]:
    """Posts that were stored just now; on three accounts, with records that are alike, and some that are not."""
    accounts = [an_account(7000 + number, f"@account{number}") for number in range(3)]

    def add(connection: Connection) -> list[Post]:
        [pattern] = PostRepository(connection, OURS).page(PostListing(limit=1))
        for account in accounts:
            AccountRepository(connection, OURS).add(account)
        posts = [
            pattern._replace(
                id=UUID(int=number),
                content=f"Post {number}",
                platform_content={"x": {"content": str(number)}} if number % 2 else {},
                destinations=tuple(
                    Destination(
                        account=account,
                        status=DestinationStatus.PUBLISHED if number % 3 == 0 else DestinationStatus.QUEUED,
                        platform_post_id=str(number) if number % 3 == 0 else None,
                        published_at=NOW + timedelta(milliseconds=number) if number % 3 == 0 else None,
                        attempts=number % 2,
                    )
                    for account in accounts[: number % 4]
                ),
            )
            for number in range(1, count + 1)
        ]
        PostRepository(connection, OURS).add(*posts)
        return posts

    return await database.write(add)


@pytest.mark.parametrize("count", [1, 2, 3, 20])
async def test_posts_that_are_read_together_are_what_was_stored(database: Database, demo: str, count: int) -> None:
    stored = await ours(database, count)

    def read(connection: Connection) -> list[Post]:
        return list(PostRepository(connection, OURS).find_to_change([post.id for post in stored]).values())

    assert await database.write(read) == stored


async def test_a_post_is_the_same_alone_and_on_a_page(database: Database, demo: str) -> None:
    await ours(database, 12)

    def read(connection: Connection) -> tuple[list[Post], list[Post]]:
        repository = PostRepository(connection, OURS)
        page = repository.page(PostListing(limit=100))
        return page, [repository.get(post.id) for post in page]

    page, alone = await database.read(read)
    assert page == alone
    assert len(page) > 12


async def test_an_account_that_was_renamed_has_its_new_name_wherever_a_post_is_read(
    database: Database, demo: str
) -> None:
    stored = await ours(database, 9)
    renamed = an_account(7000, "@renamed")

    def rename(connection: Connection) -> None:
        repository = AccountRepository(connection, OURS)
        repository.save(repository.get_to_change(renamed.id), renamed, credentials=None)

    def read(connection: Connection) -> list[Account]:
        repository = PostRepository(connection, OURS)
        many = repository.find_to_change([post.id for post in stored])
        posts = [*many.values(), *(repository.get(id) for id in many)]
        return [item.account for post in posts for item in post.destinations if item.account.id == renamed.id]

    before = await database.write(read)
    await database.write(rename)
    after = await database.write(read)
    assert set(before) == {an_account(7000, "@account0")}
    assert after == [renamed] * len(before)
    assert len(after) == 2 * 7  # of nine posts two go nowhere


async def test_a_page_shows_the_accounts_of_its_own_organisation(database: Database, demo: str) -> None:
    """An id is an organisation's own: the same one is another account elsewhere."""
    await ours(database, 9)
    theirs = an_account(7000, "@theirs")

    def add(connection: Connection) -> list[Post]:
        AccountRepository(connection, THEIRS).add(theirs)
        repository = PostRepository(connection, THEIRS)
        pattern = repository.get(OF_ANOTHER_ORGANIZATION)
        posts = [
            pattern._replace(id=UUID(int=number), destinations=(Destination(account=theirs),)) for number in range(1, 6)
        ]
        repository.add(*posts)
        return posts

    posts = await database.write(add)

    def read(connection: Connection) -> list[Post]:
        return list(PostRepository(connection, THEIRS).find_to_change([post.id for post in posts]).values())

    assert await database.write(read) == posts


async def test_posts_that_are_saved_together_keep_what_did_not_change(database: Database, demo: str) -> None:
    one, two, three = await ours(database, 3)
    revised = [
        one._replace(content="New", version=one.version + 1),
        two._replace(title="New", destinations=two.destinations[:1], version=two.version + 1),
        three._replace(destinations=(), version=three.version + 1),
    ]

    def save(connection: Connection) -> list[Post]:
        repository = PostRepository(connection, OURS)
        repository.save(*zip((one, two, three), revised, strict=True))
        return [repository.get(post.id) for post in revised]

    before = await dump(database)
    assert await database.write(save) == revised
    after = await dump(database)
    assert after["media"] == before["media"]
    assert after["post_media"] == before["post_media"]


def test_posts_are_filled_by_place_in_the_order_of_their_fields() -> None:
    names = [getattr(column, "name", "id") for column in _read]
    assert names == [name for name in Post._fields if name not in ("media", "destinations")]
