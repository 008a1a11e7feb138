"""Many updates in one unit of work: all or none, or each for itself, and always as many statements as for one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError

from app.commands.fill_demo import (
    BANNER,
    DRAFT,
    FAILED,
    OF_ANOTHER_ORGANIZATION,
    PARTIALLY_FAILED,
    PUBLISHED,
    PUBLISHING,
    SCHEDULED,
    SLIDES,
    SLIDESHOW,
    VIDEO,
)
from app.commands.service import Service
from app.commands.unit import Unit
from app.commands.update_account import update_account
from app.commands.update_post import UpdatedPost, update_post
from app.commands.update_posts import LIMIT, PostUpdate, update_posts
from app.domain.account_changes import AccountChanges
from app.domain.changes import PostChanges
from app.domain.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    InputIssue,
    InvalidFieldName,
    InvalidInput,
    IssueCode,
    PostNotFound,
    PublishingInProgress,
    Refusal,
    VersionConflict,
)
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from app.repositories.posts import LostUpdate, PostRepository
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS, changed_tables, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

INSTAGRAM, X, LINKEDIN = 2280, 2282, 2285
TIME = NOW + timedelta(days=3)
MINUTE = timedelta(minutes=1)
NEW = PostChanges(content="New")


def update(post_id: UUID | str, changes: PostChanges = NEW) -> PostUpdate:
    return PostUpdate(post_id=post_id, changes=changes)


async def run(
    service: Service, *updates: PostUpdate, atomic: bool = True, dry_run: bool = False
) -> list[UpdatedPost | Refusal]:
    return await service.run(OURS, update_posts, updates=updates, atomic=atomic, dry_run=dry_run)


async def fifty_posts(database: Database) -> list[Post]:
    """Like the scheduled demo post, on three accounts and with an image."""
    template = await stored_post(database, SCHEDULED)
    posts = [template._replace(id=UUID(int=1_000_000 + number), content=f"Post {number}") for number in range(50)]
    await database.write(lambda connection: PostRepository(connection, OURS).add(*posts))
    return posts


async def keep_apart(service: Service, *account_ids: int, minutes: int = 30) -> None:
    for account_id in account_ids:
        changes = AccountChanges(minimum_gap_minutes=minutes)
        await service.run(OURS, update_account, account_id=account_id, changes=changes)


EVERYTHING = PostChanges(
    content="Ünïcode 🎉",
    account_ids=frozenset({2280, 2290}),
    scheduled_for=TIME,
    timezone="America/New_York",
    media_ids=(SLIDES[0], BANNER),
    platform_content={"x": {"content": "Shorter 🎉"}},
    social_audio_id="audio",
)


@pytest.mark.parametrize(
    ("changes", "gap", "count"),
    [
        # read: posts, destinations, media; written: posts, revisions
        (NEW, 0, 5),
        (PostChanges(), 0, 3),
        (NEW, 1, 5),
        # and the account and the media that are new to the posts; destinations added, and taken out; media likewise
        (EVERYTHING, 0, 3 + 2 + 6),
        # and the calendar, locked and read once
        (EVERYTHING, 1, 3 + 2 + 2 + 6),
    ],
)
async def test_fifty_updates_run_as_many_statements_as_one(
    changes: PostChanges, gap: int, count: int, service: Service, database: Database, engine: str
) -> None:
    posts = await fifty_posts(database)
    if gap:
        await keep_apart(service, 2280, minutes=gap)

    def counted(*chosen: Post) -> Callable[[Connection], list[str]]:
        def work(connection: Connection) -> list[str]:
            unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
            with statements_of(connection) as statements:
                outcomes = update_posts(unit, updates=[update(post.id, changes) for post in chosen], atomic=True)
            assert [outcome.post.id for outcome in outcomes if isinstance(outcome, UpdatedPost)] == [
                post.id for post in chosen
            ]
            return [" ".join(statement.split()[:3]) for statement, _ in statements]

        return work

    one = await database.write(counted(posts[0]))
    many = await database.write(counted(*posts[1:]))

    if engine == "sqlite":  # which reads the accounts of several posts apart
        assert many.pop(2) == "SELECT accounts.id, accounts.platform,"
    assert many == one
    assert len(one) == count


async def test_a_batch_stores_what_each_of_its_updates_would_store_alone(
    service: Service, database: Database, clock: Clock
) -> None:
    changes = [
        (SCHEDULED, EVERYTHING),
        (DRAFT, PostChanges(content="Now", scheduled_for=TIME, status=PostStatus.SCHEDULED)),
        (FAILED, PostChanges(account_ids=frozenset({X}))),
        (PARTIALLY_FAILED, PostChanges(media_ids=(SLIDES[1],))),
        (VIDEO, PostChanges(status=PostStatus.DRAFT)),
        (SLIDESHOW, PostChanges()),
    ]
    before = await dump(database)
    tried = await run(service, *(update(*change) for change in changes), dry_run=True)
    assert await dump(database) == before

    done = await run(service, *(update(*change) for change in changes))

    for (post_id, one), outcome, try_out in zip(changes, done, tried, strict=True):
        assert isinstance(outcome, UpdatedPost)
        assert isinstance(try_out, UpdatedPost)
        assert outcome.post.id == post_id
        assert try_out == replace(outcome, dry_run=True)
        assert await stored_post(database, post_id) == outcome.post
        # Once more, alone: every change is made already.
        again = await service.run(OURS, update_post, post_id=post_id, changes=replace(one, status=outcome.post.status))
        assert again == replace(outcome, changed_fields=[], dry_run=False)
    assert [outcome.changed_fields for outcome in done if isinstance(outcome, UpdatedPost)] == [
        ["content", "account_ids", "scheduled_for", "timezone", "media_ids", "platform_content", "social_audio_id"],
        ["content", "scheduled_for", "status"],
        ["account_ids", "status"],
        ["media_ids", "status"],
        ["status"],
        [],
    ]


REFUSED: list[tuple[PostUpdate, type[Refusal]]] = [
    (update(PUBLISHED), AlreadyPublished),
    (update(OF_ANOTHER_ORGANIZATION), PostNotFound),
    (update(PUBLISHING), PublishingInProgress),
    (update(UUID(int=9)), PostNotFound),
    (update("nonsense"), PostNotFound),
    (update(PARTIALLY_FAILED, PostChanges(account_ids=frozenset({X}))), AccountAlreadyPublished),
    (update(VIDEO, PostChanges(timezone=None, media_ids=(BANNER,))), InvalidInput),
    (update(SLIDESHOW, PostChanges(expected_versions=frozenset({7}))), VersionConflict),
    (update(FAILED, PostChanges(platform_content={"instagran": {}})), InvalidFieldName),
]
"""Each refused for a reason of its own."""


def not_applied(first: int) -> list[InputIssue]:
    message = f"Nothing was written, because change {first} of this request was refused (counted from 0)."
    return [InputIssue(path=("changes",), code=IssueCode.NOT_APPLIED, message=message)]


@pytest.mark.parametrize("dry_run", [False, True])
async def test_one_refusal_keeps_an_atomic_batch_from_being_stored_and_the_others_say_so(
    dry_run: bool, service: Service, database: Database
) -> None:
    before = await dump(database)

    for refused, refusal in REFUSED:
        outcomes = await run(service, update(SCHEDULED), refused, update(DRAFT), dry_run=dry_run)

        first, second, third = outcomes
        assert type(second) is refusal
        for other in (first, third):
            assert isinstance(other, InvalidInput)
            assert list(other.issues) == not_applied(1)
    assert await dump(database) == before


async def test_of_several_refusals_each_tells_its_own_and_the_rest_name_the_first(
    service: Service, database: Database
) -> None:
    before = await dump(database)

    outcomes = await run(service, update(SCHEDULED), *(refused for refused, _ in REFUSED), update(DRAFT))

    assert [type(outcome) for outcome in outcomes] == [
        InvalidInput,
        *(refusal for _, refusal in REFUSED),
        InvalidInput,
    ]
    for outcome in (outcomes[0], outcomes[-1]):
        assert isinstance(outcome, InvalidInput)
        assert list(outcome.issues) == not_applied(1)
    assert await dump(database) == before


async def test_item_by_item_what_can_be_stored_is_stored_in_its_place_of_the_answer(
    service: Service, database: Database
) -> None:
    updates = [update(SCHEDULED), *(refused for refused, _ in REFUSED), update(DRAFT)]
    before = await dump(database)
    tried = await run(service, *updates, atomic=False, dry_run=True)
    assert await dump(database) == before

    outcomes = await run(service, *updates, atomic=False)

    kinds = [UpdatedPost, *(refusal for _, refusal in REFUSED), UpdatedPost]
    assert [type(outcome) for outcome in outcomes] == kinds
    assert [type(outcome) for outcome in tried] == kinds
    first, last = outcomes[0], outcomes[-1]
    assert isinstance(first, UpdatedPost)
    assert isinstance(last, UpdatedPost)
    assert await stored_post(database, SCHEDULED) == first.post
    assert await stored_post(database, DRAFT) == last.post
    assert changed_tables(before, await dump(database)) == {"posts": (2, 2), "revisions": (0, 2)}


@pytest.mark.parametrize("repeated", [SCHEDULED, OF_ANOTHER_ORGANIZATION, "nonsense"])
async def test_a_post_that_is_named_twice_is_refused_the_second_time(
    repeated: UUID | str, service: Service, database: Database
) -> None:
    before = await dump(database)
    message = "An earlier change of this request is to the same post: put them into one."

    outcomes = await run(service, update(DRAFT), update(repeated), update(repeated))

    assert isinstance(outcomes[2], InvalidInput)
    assert outcomes[2].issues == (InputIssue(path=("changes", "2", "id"), code=IssueCode.DUPLICATE, message=message),)
    assert await dump(database) == before


async def test_a_batch_of_nothing_does_nothing(service: Service, database: Database) -> None:
    before = await dump(database)

    assert await run(service) == []
    assert await run(service, atomic=False) == []

    assert await dump(database) == before


async def test_an_error_while_the_last_post_is_stored_leaves_nothing_of_the_batch(
    service: Service, database: Database
) -> None:
    posts = await fifty_posts(database)
    one_of_each = text("CREATE UNIQUE INDEX one_of_each ON posts (content)")
    await database.write(lambda connection: connection.execute(one_of_each).close())
    before = await dump(database)
    updates = [update(post.id, replace(EVERYTHING, content=f"Unlike {post.content}")) for post in posts]
    updates[-1] = update(posts[-1].id, PostChanges(content=(await stored_post(database, DRAFT)).content))

    for atomic in (True, False):
        with pytest.raises(IntegrityError):
            await run(service, *updates, atomic=atomic)

    assert await dump(database) == before


async def test_a_batch_saved_over_a_version_that_is_no_longer_stored_is_an_error_and_changes_nothing(
    service: Service, database: Database
) -> None:
    posts = await fifty_posts(database)
    await service.run(OURS, update_post, post_id=posts[30].id, changes=NEW)
    before = await dump(database)
    stale = [(post, post._replace(content="Newer", version=post.version + 1)) for post in posts]

    with pytest.raises(LostUpdate):
        await database.write(lambda connection: PostRepository(connection, OURS).save(*stale))

    assert await dump(database) == before


def slots_of(outcomes: Sequence[UpdatedPost | Refusal]) -> list[tuple[object, object]]:
    return [
        (outcome.post.scheduled_for, outcome.requested_for) for outcome in outcomes if isinstance(outcome, UpdatedPost)
    ]


async def test_fifty_posts_that_ask_for_one_instant_get_fifty_as_they_would_one_by_one(
    service: Service, database: Database
) -> None:
    posts = await fifty_posts(database)
    await keep_apart(service, X, minutes=1)
    changes = PostChanges(scheduled_for=TIME)

    tried = await run(service, *(update(post.id, changes) for post in posts), dry_run=True)
    at_once = await run(service, *(update(post.id, changes) for post in posts))

    expected = [(TIME + number * MINUTE, None if number == 0 else TIME) for number in range(50)]
    assert slots_of(tried) == slots_of(at_once) == expected
    for outcome in at_once:
        assert isinstance(outcome, UpdatedPost)
        assert await stored_post(database, outcome.post.id) == outcome.post

    later = PostChanges(scheduled_for=TIME + timedelta(days=1))
    one_by_one = []
    for post in posts:
        one_by_one.append(await service.run(OURS, update_post, post_id=post.id, changes=later))
    day = timedelta(days=1)
    assert slots_of(one_by_one) == [
        (TIME + day + number * MINUTE, None if number == 0 else TIME + day) for number in range(50)
    ]


async def test_a_batch_finds_the_slots_that_its_updates_would_find_one_after_the_other(
    service: Service, database: Database
) -> None:
    posts = await fifty_posts(database)
    await keep_apart(service, INSTAGRAM, minutes=3)
    await keep_apart(service, LINKEDIN, minutes=5)
    chance = seeded_chance()
    targets = [frozenset({INSTAGRAM}), frozenset({LINKEDIN}), frozenset({INSTAGRAM, LINKEDIN}), frozenset({X})]
    updates = [
        update(
            post.id,
            chance.choice(
                [
                    PostChanges(scheduled_for=TIME + chance.randrange(40) * MINUTE, account_ids=chance.choice(targets)),
                    PostChanges(scheduled_for=TIME + chance.randrange(40) * MINUTE),
                    PostChanges(scheduled_for=TIME, timezone=None),  # refused: it takes no slot
                    PostChanges(status=PostStatus.DRAFT),
                ]
            ),
        )
        for post in posts
    ]

    tried = await run(service, *updates, atomic=False, dry_run=True)
    one_by_one: list[UpdatedPost | None] = []
    for item in updates:
        try:
            assert isinstance(item.post_id, UUID)
            done = await service.run(OURS, update_post, post_id=item.post_id, changes=item.changes)
            one_by_one.append(done)
        except InvalidInput:
            one_by_one.append(None)

    assert [
        replace(outcome, dry_run=False) if isinstance(outcome, UpdatedPost) else None for outcome in tried
    ] == one_by_one
    assert len([moved for moved in one_by_one if moved is not None and moved.requested_for is not None]) > 0


async def test_batches_with_the_same_posts_in_opposite_order_neither_lock_each_other_out_nor_lose_an_update(
    service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    posts = await fifty_posts(database)
    await keep_apart(service, X, INSTAGRAM, minutes=1)
    services = [service, Service(second_database, clock=clock, new_id=Ids())]
    rounds = 8

    async def change_all(number: int) -> None:
        order = posts if number % 2 else posts[::-1]
        changes = PostChanges(content=f"Batch {number}", scheduled_for=TIME + number * MINUTE)
        outcomes = await run(services[number % 2], *(update(post.id, changes) for post in order))
        assert [outcome.post.content for outcome in outcomes if isinstance(outcome, UpdatedPost)] == [
            f"Batch {number}"
        ] * 50

    await asyncio.gather(*(change_all(number) for number in range(rounds)))

    stored = [await stored_post(database, post.id) for post in posts]
    assert {post.version for post in stored} == {1 + rounds}
    assert len({post.content for post in stored}) == 1
    assert len({post.scheduled_for for post in stored}) == 50


def test_a_batch_holds_fifty_posts() -> None:
    assert LIMIT == 50
