"""Media named by address: the same address is the same record, however it is named, and whoever comes first."""

from __future__ import annotations

import asyncio
from uuid import UUID

from uuid6 import uuid7

from app.commands.fill_demo import SLIDES, SLIDESHOW, VIDEO
from app.commands.service import Service
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.media import Media, MediaType
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, changed_tables, dump, stored_post
from tests.support.clock import Clock

URLS = [f"https://media.example/new-{number}.jpg" for number in range(5)]


async def test_an_address_that_is_new_is_recorded_with_the_type_its_post_needs(
    service: Service, database: Database
) -> None:
    before = await dump(database)
    url = "https://media.example/no-ending"

    updated = await service.run(
        OURS, update_single_account_post, post_id=VIDEO, changes=PostChanges(), media_urls=[url]
    )

    assert updated.changed_fields == ["media_ids"]
    assert updated.post.media == (Media(id=UUID(int=1), type=MediaType.VIDEO, url=url),)
    assert changed_tables(before, await dump(database)) == {
        "posts": (1, 1),
        "revisions": (0, 1),
        "media": (0, 1),
        "post_media": (1, 1),
    }


async def test_an_address_that_is_known_keeps_its_record(service: Service, database: Database) -> None:
    before = await dump(database)

    updated = await service.run(
        OURS,
        update_single_account_post,
        post_id=SLIDESHOW,
        changes=PostChanges(),
        media_urls=[f"https://media.example/slide-{number}.jpg" for number in (3, 1)],
    )

    assert updated.post.media_ids == [SLIDES[2], SLIDES[0]]
    assert changed_tables(before, await dump(database)) == {"posts": (1, 1), "revisions": (0, 1), "post_media": (3, 2)}


async def test_the_media_a_post_has_sent_back_changes_nothing(service: Service, database: Database) -> None:
    before = await dump(database)
    urls = [item.url for item in (await stored_post(database, SLIDESHOW)).media]

    updated = await service.run(
        OURS, update_single_account_post, post_id=SLIDESHOW, changes=PostChanges(), media_urls=urls
    )

    assert updated.changed_fields == []
    assert await dump(database) == before


async def test_units_that_race_to_record_the_same_addresses_share_the_records(
    service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    """Twenty posts take the same five new addresses at once, half of them in the opposite order."""
    slideshow = await stored_post(database, SLIDESHOW)
    ids = [UUID(int=number) for number in range(1_000_000, 1_000_020)]

    def add_posts(connection: object) -> None:
        for id in ids:
            PostRepository(connection, OURS).add(slideshow._replace(id=id))  # type: ignore[arg-type]

    await database.write(add_posts)
    before = await dump(database)
    services = [Service(one, clock=clock, new_id=uuid7) for one in (database, second_database)]

    updates = await asyncio.gather(
        *(
            services[number % 4 // 2].run(
                OURS,
                update_single_account_post,
                post_id=id,
                changes=PostChanges(),
                media_urls=URLS if number % 2 else URLS[::-1],
            )
            for number, id in enumerate(ids)
        )
    )

    recorded = await database.write(lambda connection: MediaRepository(connection, OURS).find_by_url(URLS))
    expected = [recorded[url].id for url in URLS]
    for number, updated in enumerate(updates):
        assert updated.post.media_ids == (expected if number % 2 else expected[::-1])
        assert await stored_post(database, ids[number]) == updated.post
    assert changed_tables(before, await dump(database)) == {
        "posts": (20, 20),
        "revisions": (0, 20),
        "media": (0, 5),
        "post_media": (20 * 3, 20 * 5),
    }
