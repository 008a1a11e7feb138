"""What belongs to another organisation is answered exactly like what never existed, and is not touched."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import pytest

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.fill_demo import DRAFT, OF_ANOTHER_ORGANIZATION, SCHEDULED, VIDEO
from app.commands.get_account import get_account
from app.commands.get_post import get_post
from app.commands.list_accounts import list_accounts
from app.commands.list_posts import list_posts
from app.commands.service import Service
from app.commands.update_post import update_post
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.errors import AccountNotFound, InputIssue, InvalidInput, IssueCode, PostNotFound
from app.domain.kind import PostKind
from app.domain.listing import PostFilter, PostListing
from app.domain.media import Media, MediaType
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.repositories.storage import OURS, THEIRS, dump, stored_post
from tests.support.clock import NOW

NEVER_EXISTED = UUID("00000000-0000-4000-8000-00000000dead")
THEIR_ACCOUNT = 3100
THEIR_MEDIA = UUID("07e40000-0000-4000-8000-0000000000aa")
THEIR_URL = "https://media.example/theirs.jpg"


@pytest.fixture(autouse=True)
async def their_media(database: Database, demo: str) -> None:
    media = Media(id=THEIR_MEDIA, type=MediaType.IMAGE, url=THEIR_URL)
    await database.write(lambda connection: MediaRepository(connection, THEIRS).add(media, now=NOW))


@pytest.mark.parametrize("post_id", [OF_ANOTHER_ORGANIZATION, NEVER_EXISTED], ids=["theirs", "nobody's"])
async def test_another_organisations_post_is_not_found_by_any_command(
    service: Service, database: Database, post_id: UUID
) -> None:
    before = await dump(database)
    changes = PostChanges(content="Ours now")
    attempts: list[Callable[[], object]] = [
        lambda: service.run(OURS, get_post, post_id=post_id),
        lambda: service.run(OURS, update_post, post_id=post_id, changes=changes),
        lambda: service.run(OURS, update_post, post_id=post_id, changes=changes, dry_run=True),
        lambda: service.run(OURS, update_single_account_post, post_id=post_id, changes=changes),
        lambda: service.run(OURS, delete_post, post_id=post_id),
    ]

    for attempt in attempts:
        with pytest.raises(PostNotFound) as refusal:
            await attempt()  # type: ignore[misc]
        assert (refusal.value.message, refusal.value.post_id) == ("Post not found.", str(post_id))

    assert await dump(database) == before


@pytest.mark.parametrize("account_id", [THEIR_ACCOUNT, 999_999], ids=["theirs", "nobody's"])
async def test_another_organisations_account_is_unknown(service: Service, database: Database, account_id: int) -> None:
    before = await dump(database)
    refused = [
        InputIssue(path=("account_ids",), code=IssueCode.UNKNOWN_ID, message=f"There is no account {account_id}.")
    ]
    changes = PostChanges(account_ids=frozenset({2280, account_id}))

    with pytest.raises(InvalidInput) as update:
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=changes)
    with pytest.raises(InvalidInput) as create:
        await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes)
    with pytest.raises(AccountNotFound) as get:
        await service.run(OURS, get_account, account_id=account_id)

    assert list(update.value.issues) == refused
    assert list(create.value.issues) == refused
    assert get.value.message == "Account not found."
    assert await dump(database) == before


@pytest.mark.parametrize("media_id", [THEIR_MEDIA, NEVER_EXISTED], ids=["theirs", "nobody's"])
async def test_another_organisations_media_is_unknown(service: Service, database: Database, media_id: UUID) -> None:
    before = await dump(database)
    refused = [InputIssue(path=("media_ids",), code=IssueCode.UNKNOWN_ID, message=f"There is no media {media_id}.")]
    changes = PostChanges(media_ids=(media_id,))

    with pytest.raises(InvalidInput) as update:
        await service.run(OURS, update_post, post_id=DRAFT, changes=changes)
    with pytest.raises(InvalidInput) as create:
        await service.run(OURS, create_post, kind=PostKind.STANDARD, changes=changes)

    assert list(update.value.issues) == refused
    assert list(create.value.issues) == refused
    assert await dump(database) == before


async def test_an_address_that_another_organisation_recorded_becomes_a_record_of_our_own(
    service: Service, database: Database
) -> None:
    url = "https://media.example/both.mp4"
    theirs = Media(id=NEVER_EXISTED, type=MediaType.VIDEO, url=url, alt_text="Theirs")
    await database.write(lambda connection: MediaRepository(connection, THEIRS).add(theirs, now=NOW))

    updated = await service.run(
        OURS, update_single_account_post, post_id=VIDEO, changes=PostChanges(), media_urls=[url]
    )

    assert updated.post.media == (Media(id=UUID(int=1), type=MediaType.VIDEO, url=url),)
    kept = await database.write(lambda connection: MediaRepository(connection, THEIRS).find([NEVER_EXISTED]))
    assert kept == {NEVER_EXISTED: theirs}


async def test_lists_hold_the_callers_own_only(service: Service) -> None:
    ours = await service.run(OURS, list_posts, listing=PostListing(limit=100), with_total=True)
    theirs = await service.run(THEIRS, list_posts, listing=PostListing(limit=100), with_total=True)
    by_their_account = PostListing(filter=PostFilter(account_ids=frozenset({THEIR_ACCOUNT})))
    seen_by_us = await service.run(OURS, list_posts, listing=by_their_account, with_total=True)

    assert (len(ours.posts), ours.total) == (8, 8)
    assert OF_ANOTHER_ORGANIZATION not in [post.id for post in ours.posts]
    assert ([post.id for post in theirs.posts], theirs.total) == ([OF_ANOTHER_ORGANIZATION], 1)
    assert (seen_by_us.posts, seen_by_us.total) == ([], 0)
    assert [account.id for account in await service.run(OURS, list_accounts)] == [2280, 2282, 2285, 2290, 2299]
    assert [account.id for account in await service.run(THEIRS, list_accounts)] == [THEIR_ACCOUNT]


async def test_two_organisations_may_hold_posts_accounts_and_media_under_the_same_ids(
    service: Service, database: Database
) -> None:
    ours = await stored_post(database, SCHEDULED)
    await service.run(THEIRS, update_post, post_id=OF_ANOTHER_ORGANIZATION, changes=PostChanges(content="Theirs"))
    same_id = Service(database, clock=service.clock, new_id=lambda: SCHEDULED)

    created = await same_id.run(
        THEIRS, create_post, kind=PostKind.STANDARD, changes=PostChanges(content="Theirs as well")
    )
    await service.run(THEIRS, delete_post, post_id=SCHEDULED)

    assert created.post.id == SCHEDULED
    assert await stored_post(database, SCHEDULED) == ours
