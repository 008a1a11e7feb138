"""An accepted change stores what it says and no more; one that changes nothing, or is only tried, stores nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.fill_demo import BANNER, DRAFT, FAILED, PARTIALLY_FAILED, SCHEDULED, SLIDES, SLIDESHOW
from app.commands.get_post import get_post
from app.commands.service import Service
from app.commands.unit import Unit
from app.commands.update_post import update_post
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.storage import OURS, changed_tables, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

NEXT_WEEK = NOW + timedelta(days=7)
EVERYTHING = PostChanges(
    content="Ünïcode 🎉\r\n\ttext, as sent ",
    account_ids=frozenset({2280, 2290}),
    scheduled_for=NEXT_WEEK,
    timezone="America/New_York",
    media_ids=(SLIDES[0], BANNER),
    platform_content={"x": {"content": "Shorter 🎉"}},
    social_audio_id="audio",
)


STORED = {"posts": (1, 1), "revisions": (0, 1)}
"""What every update stores."""

CHANGES: list[tuple[PostChanges, list[str], dict[str, tuple[int, int]]]] = [
    (PostChanges(content="New"), ["content"], STORED),
    (PostChanges(scheduled_for=NEXT_WEEK), ["scheduled_for"], STORED),
    (PostChanges(status=PostStatus.DRAFT, scheduled_for=None), ["scheduled_for", "status"], STORED),
    (
        PostChanges(account_ids=frozenset({2280, 2290})),
        ["account_ids"],
        {**STORED, "destinations": (2, 1)},
    ),
    (PostChanges(media_ids=(SLIDES[0], BANNER)), ["media_ids"], {**STORED, "post_media": (1, 2)}),
    (
        PostChanges(account_ids=frozenset({2282}), media_ids=None),
        ["account_ids", "media_ids"],
        {**STORED, "destinations": (2, 0), "post_media": (1, 0)},
    ),
    (
        EVERYTHING,
        [
            *("content", "account_ids", "scheduled_for", "timezone"),
            *("media_ids", "platform_content", "social_audio_id"),
        ],
        {**STORED, "destinations": (2, 1), "post_media": (1, 2)},
    ),
]
"""Changes of the scheduled demo post, the fields they change, and the rows: (gone, new) for each table."""


async def test_an_accepted_update_changes_the_rows_of_its_fields_and_no_others(
    service: Service, database: Database, clock: Clock
) -> None:
    original = await stored_post(database, SCHEDULED)

    for changes, fields, tables in CHANGES:
        loaded = await stored_post(database, SCHEDULED)
        before = await dump(database)
        clock.advance(minutes=5)

        updated = await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)

        assert updated.changed_fields == fields
        assert (updated.post.version, updated.post.updated_at) == (loaded.version + 1, clock())
        assert changed_tables(before, await dump(database)) == tables
        assert await stored_post(database, SCHEDULED) == updated.post
        await put_back(database, updated.post, original)


async def put_back(database: Database, current: Post, original: Post) -> None:
    restored = original._replace(version=current.version + 1)
    await database.write(lambda connection: PostRepository(connection, OURS).save((current, restored)))


async def test_every_field_is_read_back_as_it_was_stored(service: Service) -> None:
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=EVERYTHING)

    post = await service.run(OURS, get_post, post_id=SCHEDULED)

    assert (
        post.content,
        frozenset(post.account_ids),
        post.scheduled_for,
        post.timezone,
        tuple(post.media_ids),
        post.platform_content,
        post.social_audio_id,
    ) == (
        EVERYTHING.content,
        EVERYTHING.account_ids,
        EVERYTHING.scheduled_for,
        EVERYTHING.timezone,
        EVERYTHING.media_ids,
        EVERYTHING.platform_content,
        EVERYTHING.social_audio_id,
    )


async def test_a_failed_post_keeps_its_published_destination_and_requeues_the_other(
    service: Service, database: Database
) -> None:
    before = await dump(database)

    await service.run(OURS, update_post, post_id=PARTIALLY_FAILED, changes=PostChanges(content="Again"))

    assert changed_tables(before, await dump(database)) == {**STORED, "destinations": (1, 1)}


async def unchanged(database: Database) -> list[tuple[Any, PostChanges]]:
    ids = (SCHEDULED, DRAFT, FAILED, PARTIALLY_FAILED, SLIDESHOW)
    posts = [await stored_post(database, id) for id in ids]
    own = [
        PostChanges(
            content=post.content,
            account_ids=frozenset(post.account_ids),
            scheduled_for=post.scheduled_for,
            timezone=post.timezone,
            media_ids=tuple(post.media_ids),
            platform_content=dict(post.platform_content),
            status=post.status,
            title=post.title,
            social_audio_id=post.social_audio_id,
        )
        for post in posts
    ]
    return [*zip(ids, own, strict=True), *((id, PostChanges()) for id in ids)]


async def test_an_update_that_changes_nothing_writes_nothing(
    service: Service, database: Database, clock: Clock
) -> None:
    before = await dump(database)
    clock.advance(hours=1)

    for post_id, changes in await unchanged(database):
        updated = await service.run(OURS, update_post, post_id=post_id, changes=changes)
        assert (updated.changed_fields, updated.post.version) == ([], 1)

    assert await dump(database) == before


async def test_an_update_that_changes_nothing_runs_no_statement_that_writes(database: Database, demo: str) -> None:
    cases = await unchanged(database)

    def work(connection: Connection) -> list[str]:
        with statements_of(connection) as statements:
            for post_id, changes in cases:
                unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
                update_post(unit, post_id=post_id, changes=changes)
        return [statement.split()[0] for statement, _ in statements]

    assert set(await database.write(work)) == {"SELECT"}


async def test_an_update_of_one_field_takes_three_reads_and_two_writes(database: Database, demo: str) -> None:
    def work(connection: Connection) -> list[str]:
        with statements_of(connection) as statements:
            unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
            update_post(unit, post_id=SCHEDULED, changes=PostChanges(content="New"))
        return [statement.split()[0] for statement, _ in statements]

    assert await database.write(work) == ["SELECT", "SELECT", "SELECT", "UPDATE", "INSERT"]


async def test_a_dry_run_answers_what_the_update_would_and_writes_nothing(service: Service, database: Database) -> None:
    before = await dump(database)

    tried = await service.run(OURS, update_post, post_id=SCHEDULED, changes=EVERYTHING, dry_run=True)
    after_trying = await dump(database)
    updated = await service.run(OURS, update_post, post_id=SCHEDULED, changes=EVERYTHING)

    assert after_trying == before
    assert (tried.post, tried.changed_fields) == (updated.post, updated.changed_fields)
    assert (tried.dry_run, updated.dry_run) == (True, False)


async def test_creating_a_post_adds_its_rows_and_no_others(service: Service, database: Database) -> None:
    before = await dump(database)

    made = await service.run(
        OURS,
        create_post,
        kind=PostKind.STANDARD,
        changes=PostChanges(content="New", account_ids=frozenset({2280, 2282}), media_ids=(BANNER, *SLIDES)),
    )

    created = made.post
    added = {"posts": (0, 1), "revisions": (0, 1), "destinations": (0, 2), "post_media": (0, 4)}
    assert changed_tables(before, await dump(database)) == added
    assert await stored_post(database, created.id) == created
    assert created.version == 1


async def test_deleting_a_post_takes_its_rows_and_no_others(service: Service, database: Database) -> None:
    before = await dump(database)

    await service.run(OURS, delete_post, post_id=SCHEDULED, expected_versions=frozenset({1}))

    gone = {"posts": (1, 0), "revisions": (0, 1), "destinations": (3, 0), "post_media": (1, 0)}
    assert changed_tables(before, await dump(database)) == gone


async def test_moving_a_single_account_post_replaces_its_destination(service: Service, database: Database) -> None:
    before = await dump(database)

    updated = await service.run(
        OURS, update_single_account_post, post_id=SCHEDULED, changes=PostChanges(account_ids=frozenset({2290}))
    )

    assert updated.post.account_ids == [2290]
    assert changed_tables(before, await dump(database)) == {**STORED, "destinations": (3, 1)}
