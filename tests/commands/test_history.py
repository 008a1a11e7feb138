"""Every stored change of a post is one revision, written with it; and every version can be come back to."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, text

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.fill_demo import (
    BANNER,
    CLIP,
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
from app.commands.get_post import get_post
from app.commands.list_revisions import RevisionPage, list_revisions
from app.commands.restore_post import restore_post
from app.commands.retry_post import retry_post
from app.commands.schedule_draft import schedule_draft
from app.commands.service import Caller, Service
from app.commands.unit import Unit
from app.commands.update_post import UpdatedPost, update_post
from app.commands.update_posts import PostUpdate, update_posts
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.errors import (
    AccountAlreadyPublished,
    AlreadyPublished,
    InputIssue,
    InvalidInput,
    IssueCode,
    PostNotFound,
    PublishingInProgress,
    Refusal,
    VersionConflict,
)
from app.domain.history import PUBLISHER, Revision
from app.domain.kind import PostKind
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from app.repositories.revisions import MOST_CONDITIONS, RevisionRepository
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS, THEIRS, dump, statements_of, stored_post
from tests.support.clock import NOW, Clock, Ids

TIME = NOW + timedelta(days=3)
NEW = PostChanges(content="New")


async def history_of(database: Database, post_id: UUID, *, organization: int = OURS) -> list[Revision]:
    """The oldest first."""

    def look(connection: Connection) -> list[Revision]:
        return list(RevisionRepository(connection, organization).since(post_id, 0))[::-1]

    return await database.read(look)


@pytest.fixture
async def caller(service: Service, demo: str) -> Caller:
    """Whoever has shown the key named demo."""
    return await service.authenticate(demo)


Change = Callable[[Caller], Awaitable[Any]]

STORED: list[tuple[str, UUID, Change, list[str]]] = [
    ("update", SCHEDULED, lambda caller: caller.run(update_post, post_id=SCHEDULED, changes=NEW), ["content"]),
    (
        "updates",
        VIDEO,
        lambda caller: caller.run(
            update_posts,
            updates=[PostUpdate(post_id=VIDEO, changes=NEW), PostUpdate(post_id=DRAFT, changes=NEW)],
            atomic=True,
        ),
        ["content"],
    ),
    (
        "single account",
        SLIDESHOW,
        lambda caller: caller.run(update_single_account_post, post_id=SLIDESHOW, changes=PostChanges(title=None)),
        ["title"],
    ),
    (
        "schedule",
        DRAFT,
        lambda caller: caller.run(schedule_draft, post_id=DRAFT, changes=PostChanges(scheduled_for=TIME)),
        ["scheduled_for", "status"],
    ),
    (
        "retry",
        FAILED,
        lambda caller: caller.run(retry_post, post_id=FAILED),
        ["status", "failure_reason", "destinations"],
    ),
    (
        "requeue",
        PARTIALLY_FAILED,
        lambda caller: caller.run(update_post, post_id=PARTIALLY_FAILED, changes=NEW),
        ["content", "status", "failure_reason", "destinations"],
    ),
]


@pytest.mark.parametrize(
    ("post_id", "change", "fields"),
    [case[1:] for case in STORED],
    ids=[case[0] for case in STORED],
)
async def test_a_command_that_changes_a_post_writes_one_revision_with_who_when_and_what(
    post_id: UUID, change: Change, fields: list[str], caller: Caller, database: Database, clock: Clock
) -> None:
    loaded = await stored_post(database, post_id)
    before = await history_of(database, post_id)
    clock.advance(minutes=5)

    await change(caller)

    stored = await stored_post(database, post_id)
    history = await history_of(database, post_id)
    assert history[:-1] == before
    assert history[-1] == Revision.of(loaded, stored, by="demo")
    assert (history[-1].version, history[-1].changed_at, history[-1].changed_by) == (2, clock(), "demo")
    assert [change.field for change in history[-1].changes] == fields
    assert [revision.version for revision in history] == [1, 2]


async def test_a_new_post_starts_its_history_and_a_restored_one_goes_on_with_it(
    caller: Caller, database: Database, clock: Clock
) -> None:
    made = await caller.run(create_post, kind=PostKind.STANDARD, changes=PostChanges(content="First"))
    changed = await caller.run(update_post, post_id=made.post.id, changes=PostChanges(content="Second"))
    clock.advance(minutes=5)
    restored = await caller.run(restore_post, post_id=made.post.id, version=1)

    assert (restored.changed_fields, restored.post.content, restored.post.version) == (["content"], "First", 3)
    assert await history_of(database, made.post.id) == [
        Revision.of(None, made.post, by="demo"),
        Revision.of(made.post, changed.post, by="demo"),
        Revision.of(changed.post, restored.post, by="demo"),
    ]
    assert restored.post.updated_at == clock()


async def test_what_no_key_asked_for_was_done_by_the_publisher(service: Service, database: Database) -> None:
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=NEW)

    assert (await history_of(database, SCHEDULED))[-1].changed_by == PUBLISHER


async def test_the_history_of_a_deleted_post_is_kept_and_ends_with_who_deleted_it(
    caller: Caller, database: Database, clock: Clock
) -> None:
    await caller.run(update_post, post_id=SCHEDULED, changes=NEW)
    last, before = await stored_post(database, SCHEDULED), await history_of(database, SCHEDULED)
    clock.advance(minutes=5)

    await caller.run(delete_post, post_id=SCHEDULED)

    with pytest.raises(PostNotFound):
        await caller.run(get_post, post_id=SCHEDULED)
    with pytest.raises(PostNotFound):
        await caller.run(restore_post, post_id=SCHEDULED, version=1)
    history = await history_of(database, SCHEDULED)
    assert history[:-1] == before
    assert history[-1] == Revision.of_deletion(last, by="demo", at=clock())
    assert (history[-1].version, history[-1].changed_by) == (3, "demo")
    assert {item.field: item.before for item in history[-1].changes}["content"] == "New"
    assert {item.after for item in history[-1].changes} == {None}


NOTHING_STORED: list[tuple[str, Change, type[Refusal] | None]] = [
    ("empty", lambda caller: caller.run(update_post, post_id=SCHEDULED, changes=PostChanges()), None),
    ("dry run", lambda caller: caller.run(update_post, post_id=SCHEDULED, changes=NEW, dry_run=True), None),
    (
        "dry batch",
        lambda caller: caller.run(
            update_posts, updates=[PostUpdate(post_id=SCHEDULED, changes=NEW)], atomic=True, dry_run=True
        ),
        None,
    ),
    (
        "refused batch",
        lambda caller: caller.run(
            update_posts,
            updates=[PostUpdate(post_id=SCHEDULED, changes=NEW), PostUpdate(post_id=PUBLISHED, changes=NEW)],
            atomic=True,
        ),
        None,
    ),
    ("its own version", lambda caller: caller.run(restore_post, post_id=SCHEDULED, version=1), None),
    (
        "refused update",
        lambda caller: caller.run(update_post, post_id=SCHEDULED, changes=PostChanges(timezone=None)),
        InvalidInput,
    ),
    ("refused retry", lambda caller: caller.run(retry_post, post_id=SCHEDULED), InvalidInput),
    ("unknown version", lambda caller: caller.run(restore_post, post_id=SCHEDULED, version=2), InvalidInput),
    ("refused deletion", lambda caller: caller.run(delete_post, post_id=PARTIALLY_FAILED), AlreadyPublished),
    (
        "incomplete new post",
        lambda caller: caller.run(
            create_post, kind=PostKind.STANDARD, changes=PostChanges(status=PostStatus.SCHEDULED)
        ),
        InvalidInput,
    ),
    (
        "no draft",
        lambda caller: caller.run(schedule_draft, post_id=SCHEDULED, changes=PostChanges()),
        InvalidInput,
    ),
]


@pytest.mark.parametrize(
    ("attempt", "refusal"), [case[1:] for case in NOTHING_STORED], ids=[case[0] for case in NOTHING_STORED]
)
async def test_what_stores_nothing_leaves_nothing_in_the_history(
    attempt: Change, refusal: type[Refusal] | None, caller: Caller, database: Database
) -> None:
    before = await dump(database)

    if refusal is None:
        await attempt(caller)
    else:
        with pytest.raises(refusal):
            await attempt(caller)

    assert await dump(database) == before


def facts(post: Post) -> dict[str, object]:
    """The updatable fields as a history tells them."""
    told = {item.field: item.after for item in Revision.of(None, post, by="").changes}
    names = ("content", "account_ids", "scheduled_for", "timezone", "media_ids", "platform_content", "status")
    return {name: told.get(name) for name in (*names, "title", "social_audio_id", "kind")}


async def live(service: Service, database: Database, post_id: UUID, clock: Clock) -> list[Post]:
    """Every version of a post that goes through forty random changes; some are refused, some change nothing."""
    chance = seeded_chance()
    versions = [await stored_post(database, post_id)]
    fields: dict[str, list[Any]] = {
        "content": [None, "One", "Two", "Three 🎉"],
        "account_ids": [frozenset(ids) for ids in ([2282], [2282, 2285], [2280, 2290], [9999])],
        "scheduled_for": [TIME, TIME + timedelta(hours=1), NOW],
        "timezone": ["UTC", "Asia/Tokyo", "Nowhere"],
        "media_ids": [None, (BANNER,), (SLIDES[0], BANNER), (CLIP,)],
        "platform_content": [None, {"x": {"content": "C"}}, {"linkedin": {"title": "\u00e9"}}],
        "status": [PostStatus.DRAFT, PostStatus.SCHEDULED],
        "social_audio_id": [None, "audio"],
    }
    for _ in range(40):
        clock.advance(seconds=chance.randrange(3))
        names = chance.sample(sorted(fields), chance.randrange(4))
        changes = PostChanges(**{name: chance.choice(fields[name]) for name in names})
        try:
            if chance.random() < 0.2:
                version = chance.randrange(1, versions[-1].version + 1)
                updated = await service.run(OURS, restore_post, post_id=post_id, version=version)
            else:
                updated = await service.run(OURS, update_post, post_id=post_id, changes=changes)
        except Refusal:
            continue
        if updated.post.version > versions[-1].version:
            versions.append(updated.post)
    assert len(versions) > 5
    return versions


@pytest.mark.parametrize("post_id", [SCHEDULED, DRAFT, FAILED])
async def test_of_any_life_the_history_gives_every_version_read_forward_or_backward(
    post_id: UUID, service: Service, database: Database, clock: Clock
) -> None:
    versions = await live(service, database, post_id, clock)
    history = await history_of(database, post_id)

    assert [revision.version for revision in history] == [post.version for post in versions]
    assert [post.version for post in versions] == list(range(1, len(versions) + 1))
    assert [revision.changed_at for revision in history] == [post.updated_at for post in versions]
    folded: dict[str, object] = dict.fromkeys(facts(versions[0]))
    for post, revision in zip(versions, history, strict=True):
        folded |= {item.field: item.after for item in revision.changes if item.field in folded}
        assert folded == facts(post)
    assert folded == facts(await stored_post(database, post_id))
    for post, revision in zip(reversed(versions), reversed(history), strict=True):
        assert folded == facts(post)
        folded |= {item.field: item.before for item in revision.changes if item.field in folded}


def content_of(post: Post) -> tuple[object, ...]:
    """What restoring brings back."""
    return (
        *(post.content, post.account_ids, post.scheduled_for, post.timezone, post.media, post.platform_content),
        *(post.status, post.title, post.social_audio_id),
    )


async def test_every_earlier_version_can_be_restored_as_a_new_one(
    service: Service, database: Database, clock: Clock
) -> None:
    edits = [
        PostChanges(content="Ünïcode 🎉\r\n", platform_content={"x": {"content": "C"}}),
        PostChanges(account_ids=frozenset({2280, 2290}), media_ids=(SLIDES[1], BANNER)),
        PostChanges(status=PostStatus.DRAFT, scheduled_for=None, media_ids=None),
        PostChanges(content=None, platform_content=None, social_audio_id="audio", account_ids=frozenset()),
        PostChanges(timezone="Asia/Tokyo"),
    ]
    versions = [await stored_post(database, SCHEDULED)]
    for edit in edits:
        versions.append((await service.run(OURS, update_post, post_id=SCHEDULED, changes=edit)).post)

    for post in versions:
        current = await stored_post(database, SCHEDULED)
        clock.advance(minutes=1)

        restored = await service.run(OURS, restore_post, post_id=SCHEDULED, version=post.version)

        assert content_of(restored.post) == content_of(post)
        assert restored.changed_fields == current.changed_fields(restored.post)
        assert await stored_post(database, SCHEDULED) == restored.post
        stored_anew = content_of(current) != content_of(post)
        assert restored.post.version == current.version + stored_anew
    assert len(await history_of(database, SCHEDULED)) == restored.post.version


async def refused_restore(service: Service, database: Database, post_id: UUID, version: int, **more: Any) -> Refusal:
    before = await dump(database)
    with pytest.raises(Refusal) as refused:
        await service.run(OURS, restore_post, post_id=post_id, version=version, **more)
    assert await dump(database) == before
    return refused.value


async def save(database: Database, post_id: UUID, **different: Any) -> None:
    """What publishing, or time, would have made of a stored post."""

    def work(connection: Connection) -> None:
        posts = PostRepository(connection, OURS)
        post = posts.get_to_change(post_id)
        posts.save((post, post._replace(version=post.version + 1, **different)))

    await database.write(work)


def codes(refusal: Refusal) -> list[tuple[tuple[str, ...], IssueCode]]:
    assert isinstance(refusal, InvalidInput)
    return [(item.path, item.code) for item in refusal.issues]


async def test_a_version_obeys_every_rule_of_an_update_when_it_is_restored(
    service: Service, database: Database, clock: Clock
) -> None:
    changes = PostChanges(scheduled_for=TIME, account_ids=frozenset({2282}), media_ids=None)
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)
    conflict = await refused_restore(service, database, SCHEDULED, 1, expected_versions=frozenset({1}))
    assert isinstance(conflict, VersionConflict)
    assert conflict.current_version == 2

    # Its time has passed meanwhile, an account was switched off, and one of its media is gone.
    clock.advance(days=9)
    switch_off = text("UPDATE accounts SET is_active = false WHERE id = 2285")
    await database.write(lambda connection: connection.execute(switch_off).close())
    delete_media = text("UPDATE media SET deleted_at = 1 WHERE url LIKE '%banner%'")
    await database.write(lambda connection: connection.execute(delete_media).close())
    assert codes(await refused_restore(service, database, SCHEDULED, 1)) == [
        (("scheduled_for",), IssueCode.PAST_SCHEDULE_TIME),
        (("media_ids",), IssueCode.UNKNOWN_ID),
        (("account_ids",), IssueCode.INACTIVE_ACCOUNT),
    ]


async def test_a_version_that_breaks_its_platforms_rules_is_not_restored(service: Service, database: Database) -> None:
    long = PostChanges(content="a" * 281)
    await service.run(OURS, update_post, post_id=DRAFT, changes=long)
    scheduled = PostChanges(content="Short", scheduled_for=TIME, status=PostStatus.SCHEDULED)
    await service.run(OURS, update_post, post_id=DRAFT, changes=scheduled)
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(platform_content={"x": {"content": "C"}}))
    await service.run(OURS, update_post, post_id=DRAFT, changes=long)
    await service.run(OURS, update_post, post_id=DRAFT, changes=PostChanges(platform_content=None, content="Short"))

    # As a draft it may say so much.
    restored = await service.run(OURS, restore_post, post_id=DRAFT, version=2)
    assert (restored.post.status, restored.post.content) == (PostStatus.DRAFT, "a" * 281)

    tighten = text("""UPDATE accounts SET rules = '{"text_limit": 4}' WHERE id = 2282""")
    await database.write(lambda connection: connection.execute(tighten).close())
    assert codes(await refused_restore(service, database, DRAFT, 3)) == [(("content",), IssueCode.TOO_LONG)]


async def test_an_account_on_which_the_post_is_out_cannot_be_left_out_by_going_back(
    service: Service, database: Database
) -> None:
    partial = await stored_post(database, PARTIALLY_FAILED)
    [out, other] = partial.destinations
    make = PostChanges(content="New", account_ids=frozenset({other.account.id}), media_ids=(BANNER,))
    post = (await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=make)).post
    await save(database, post.id, destinations=partial.destinations, status=partial.status)

    refusal = await refused_restore(service, database, post.id, 1)

    assert isinstance(refusal, AccountAlreadyPublished)
    assert refusal.account_ids == [out.account.id]


@pytest.mark.parametrize(
    ("post_id", "refusal"),
    [
        (PUBLISHED, AlreadyPublished),
        (PUBLISHING, PublishingInProgress),
        (OF_ANOTHER_ORGANIZATION, PostNotFound),
        (UUID(int=9), PostNotFound),
    ],
)
@pytest.mark.parametrize("version", [1, 2, 0])
async def test_a_post_that_cannot_be_updated_cannot_be_restored(
    post_id: UUID, refusal: type[Refusal], version: int, service: Service, database: Database
) -> None:
    assert type(await refused_restore(service, database, post_id, version)) is refusal


@pytest.mark.parametrize("version", [0, -1, -(2**31), 3, 2**31 - 1])
async def test_a_version_out_of_range_is_unknown(version: int, service: Service, database: Database) -> None:
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=NEW)

    refusal = await refused_restore(service, database, SCHEDULED, version)

    assert isinstance(refusal, InvalidInput)
    message = f"The post has no version {version} to go back to: its version is 2."
    assert refusal.issues == (InputIssue(path=("version",), code=IssueCode.UNKNOWN_VERSION, message=message),)


async def test_a_post_whose_history_starts_late_goes_back_as_far_as_it_reaches(
    service: Service, database: Database
) -> None:
    for number in range(2, 6):
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(content=f"Version {number}"))
    forget = text("DELETE FROM revisions WHERE version < 4")
    await database.write(lambda connection: connection.execute(forget).close())

    for version in (1, 2):
        refusal = await refused_restore(service, database, SCHEDULED, version)
        assert codes(refusal) == [(("version",), IssueCode.UNKNOWN_VERSION)]
    restored = await service.run(OURS, restore_post, post_id=SCHEDULED, version=3)
    assert restored.post.content == "Version 3"


async def test_publishing_is_not_undone_by_going_back(service: Service, database: Database) -> None:
    partial = await stored_post(database, PARTIALLY_FAILED)
    await service.run(OURS, update_post, post_id=PARTIALLY_FAILED, changes=PostChanges(content="Other words"))

    restored = await service.run(OURS, restore_post, post_id=PARTIALLY_FAILED, version=1)

    # The text is back; what was queued again by the update stays queued, and what is out stays out.
    assert restored.changed_fields == ["content"]
    assert (restored.post.content, restored.post.status) == (partial.content, PostStatus.SCHEDULED)
    assert restored.post.destinations[0] == partial.destinations[0]


async def pages(
    service: Service, versions: dict[UUID, int], *, after: int | None = None, limit: int = 2, total: bool = True
) -> dict[UUID, RevisionPage]:
    return await service.run(OURS, list_revisions, versions=versions, after=after, limit=limit, with_total=total)


async def test_a_page_holds_the_newest_revisions_up_to_the_version_that_is_shown(
    service: Service, database: Database
) -> None:
    for number in range(2, 7):
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(content=f"Version {number}"))
    history = (await history_of(database, SCHEDULED))[::-1]

    assert (await pages(service, {SCHEDULED: 6}))[SCHEDULED] == RevisionPage(
        revisions=history[:2], has_more=True, total=6
    )
    assert (await pages(service, {SCHEDULED: 3}))[SCHEDULED] == RevisionPage(
        revisions=history[3:5], has_more=True, total=3
    )
    assert (await pages(service, {SCHEDULED: 6}, after=3))[SCHEDULED] == RevisionPage(
        revisions=history[4:], has_more=False, total=6
    )
    assert (await pages(service, {SCHEDULED: 2}, after=5, limit=1))[SCHEDULED] == RevisionPage(
        revisions=history[4:5], has_more=True, total=2
    )
    assert (await pages(service, {SCHEDULED: 6}, after=1, total=False))[SCHEDULED] == RevisionPage(
        revisions=[], has_more=False, total=None
    )
    assert (await pages(service, {SCHEDULED: 6}, limit=0))[SCHEDULED] == RevisionPage(
        revisions=[], has_more=True, total=6
    )


async def test_each_post_has_its_own_history_and_what_is_not_the_callers_has_none(
    service: Service, database: Database
) -> None:
    await service.run(OURS, update_post, post_id=SCHEDULED, changes=NEW)
    assert len(await history_of(database, OF_ANOTHER_ORGANIZATION, organization=THEIRS)) == 1

    found = await pages(service, {SCHEDULED: 2, DRAFT: 1, OF_ANOTHER_ORGANIZATION: 1, UUID(int=9): 5})

    empty = RevisionPage(revisions=[], has_more=False, total=0)
    assert found == {
        SCHEDULED: RevisionPage(revisions=(await history_of(database, SCHEDULED))[::-1], has_more=False, total=2),
        DRAFT: RevisionPage(revisions=await history_of(database, DRAFT), has_more=False, total=1),
        OF_ANOTHER_ORGANIZATION: empty,
        UUID(int=9): empty,
    }
    assert await pages(service, {}) == {}


async def test_as_many_histories_as_one_request_can_ask_for_are_read_like_a_few(
    service: Service, database: Database
) -> None:
    template = await stored_post(database, DRAFT)
    posts = [template._replace(id=UUID(int=1_000_000 + number)) for number in range(1_500)]
    await database.write(lambda connection: PostRepository(connection, OURS).add(*posts))
    versions = {post.id: 1 for post in posts}

    found = await pages(service, versions)

    assert {id: [revision.version for revision in page.revisions] for id, page in found.items()} == {
        id: [1] for id in versions
    }
    assert {page.total for page in found.values()} == {1}


@pytest.mark.parametrize("count", [1, 100])
async def test_a_hundred_histories_take_as_many_statements_as_one(count: int, database: Database, demo: str) -> None:
    def work(connection: Connection) -> int:
        unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
        versions = {UUID(int=number): 1 for number in range(count)}
        with statements_of(connection) as statements:
            list_revisions(unit, versions=versions, after=None, limit=20, with_total=False)
        counted = len(statements)
        with statements_of(connection) as statements:
            list_revisions(unit, versions=versions, after=None, limit=20, with_total=True)
        assert len(statements) == counted + 1
        return counted

    assert count <= MOST_CONDITIONS
    assert await database.read(work) == 1


async def test_a_restored_post_finds_a_slot_like_an_updated_one(service: Service, database: Database) -> None:
    keep = text("UPDATE accounts SET minimum_gap_minutes = 30 WHERE id = 2290")
    await database.write(lambda connection: connection.execute(keep).close())
    first = await stored_post(database, VIDEO)
    moved = await service.run(OURS, update_post, post_id=VIDEO, changes=PostChanges(scheduled_for=TIME))

    restored = await service.run(OURS, restore_post, post_id=VIDEO, version=1)

    # The slideshow has been at that instant all the time.
    assert moved.requested_for is None
    assert first.scheduled_for is not None
    assert isinstance(restored, UpdatedPost)
    assert restored.requested_for == first.scheduled_for
    assert restored.post.scheduled_for == first.scheduled_for + timedelta(minutes=30)


async def test_what_changed_is_read_only_where_it_is_asked_for(database: Database, demo: str) -> None:
    def work(connection: Connection) -> tuple[list[bool], list[int]]:
        unit = Unit(connection, OURS, changed_by="a test", now=NOW, new_id=Ids())
        reading, lengths = [], []
        for with_changes in (True, False):
            with statements_of(connection) as statements:
                page = list_revisions(
                    unit, versions={SCHEDULED: 1}, after=None, limit=20, with_total=False, with_changes=with_changes
                )
            reading.append("changes" in statements[0][0])
            lengths.append(len(page[SCHEDULED].revisions[0].changes))
        return reading, lengths

    reading, lengths = await database.read(work)

    assert reading == [True, False]
    assert (lengths[0] > 0, lengths[1]) == (True, 0)
