"""Media is recorded once for each address, and deleted only where no post that is still to go out needs it."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

import pytest

from app.commands.add_media import add_media
from app.commands.create_media_from_url import create_media_from_url
from app.commands.delete_media import delete_media
from app.commands.fill_demo import BANNER, CLIP, PARTIALLY_FAILED, PUBLISHED, SCHEDULED, SLIDES, VIDEO
from app.commands.get_media import get_media
from app.commands.service import Service
from app.commands.update_post import update_post
from app.commands.update_single_account_post import update_single_account_post
from app.domain.changes import PostChanges
from app.domain.errors import InvalidInput, IssueCode, MediaInUse, MediaNotFound
from app.domain.media import LinkedMedia, Media, MediaType
from app.domain.post import PostStatus
from app.repositories.database import Database
from tests.repositories.storage import OURS, THEIRS, changed_tables, dump, stored_post
from tests.support.clock import Clock
from tests.support.edges import add_post

NOBODYS = UUID("00000000-0000-4000-8000-00000000dead")
URL = "https://media.example/new.jpg"
FILE = Media(
    id=UUID(int=77),
    type=MediaType.VIDEO,
    url="https://redraft.test/media/1/x.mp4",
    width=160,
    height=120,
    duration_ms=2000,
    alt_text="A clip",
    file="1/x.mp4",
    content_type="video/mp4",
    size=500 * 1024 * 1024,
)


async def test_an_uploaded_file_is_recorded_with_all_that_is_known_of_it(service: Service, database: Database) -> None:
    before = await dump(database)

    added = await service.run(OURS, add_media, media=FILE)

    assert added == FILE
    assert await service.run(OURS, get_media, media_id=FILE.id) == FILE
    assert changed_tables(before, await dump(database)) == {"media": (0, 1)}


async def test_media_of_another_organisation_does_not_exist(service: Service, database: Database) -> None:
    before = await dump(database)

    for command in (get_media, delete_media):
        for organization, id in ((THEIRS, BANNER), (OURS, NOBODYS)):
            with pytest.raises(MediaNotFound) as refused:
                await service.run(organization, command, media_id=id)
            assert refused.value.message == "Media not found."
    assert await dump(database) == before


async def test_an_address_is_recorded_as_it_is_described(service: Service, database: Database) -> None:
    before = await dump(database)
    described = LinkedMedia(url=URL, type=MediaType.IMAGE, width=1080, height=1350, duration_ms=0, alt_text="A slide")

    recorded = await service.run(OURS, create_media_from_url, media=described)

    assert recorded == Media(
        id=UUID(int=1),
        type=MediaType.IMAGE,
        url=URL,
        width=1080,
        height=1350,
        duration_ms=0,
        alt_text="A slide",
    )
    assert await service.run(OURS, get_media, media_id=recorded.id) == recorded
    assert changed_tables(before, await dump(database)) == {"media": (0, 1)}


async def test_the_same_address_again_is_the_same_record_whatever_is_said_of_it(
    service: Service, database: Database
) -> None:
    known = await service.run(OURS, get_media, media_id=SLIDES[0])
    before = await dump(database)

    again = await service.run(
        OURS, create_media_from_url, media=LinkedMedia(url=known.url, type=MediaType.VIDEO, width=5, alt_text="Other")
    )

    assert again == known
    assert await dump(database) == before


async def test_each_organisation_has_a_record_of_its_own_for_an_address(service: Service) -> None:
    described = LinkedMedia(url=URL, type=MediaType.IMAGE)

    ours = await service.run(OURS, create_media_from_url, media=described)
    theirs = await service.run(THEIRS, create_media_from_url, media=described)

    assert (ours.url, theirs.url) == (URL, URL)
    assert ours.id != theirs.id


async def test_an_address_that_cannot_be_is_not_recorded(service: Service, database: Database) -> None:
    before = await dump(database)

    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, create_media_from_url, media=LinkedMedia(url="data:,", type=MediaType.IMAGE, width=0))

    assert [issue.path for issue in refused.value.issues] == [("url",), ("width",)]
    assert await dump(database) == before


async def test_media_that_a_post_still_needs_is_not_deleted(service: Service, database: Database) -> None:
    """Whatever state the post is in, as long as it is not published."""
    for media_id, posts in ((CLIP, [VIDEO]), (BANNER, [PARTIALLY_FAILED, SCHEDULED])):
        before = await dump(database)

        with pytest.raises(MediaInUse) as refused:
            await service.run(OURS, delete_media, media_id=media_id)

        assert refused.value.post_ids == posts
        named = ", ".join(str(id) for id in posts)
        assert refused.value.message == (
            f"Posts that are not published use this media: {named}. Take it out of them first."
        )
        assert await dump(database) == before


@pytest.mark.parametrize("status", [status for status in PostStatus if status is not PostStatus.PUBLISHED])
async def test_every_state_but_published_keeps_its_media(
    status: PostStatus, service: Service, database: Database
) -> None:
    await service.run(OURS, add_media, media=FILE)
    user = await add_post(database, await stored_post(database, SCHEDULED), NOBODYS, status=status, media=(FILE,))

    with pytest.raises(MediaInUse) as refused:
        await service.run(OURS, delete_media, media_id=FILE.id)

    assert refused.value.post_ids == [user.id]


async def test_a_refusal_names_a_few_posts_and_not_hundreds(service: Service, database: Database) -> None:
    await service.run(OURS, add_media, media=FILE)
    template = await stored_post(database, SCHEDULED)
    users = [UUID(int=10_000 + number) for number in range(8)]
    for id in users:
        await add_post(database, template, id, media=(FILE,))

    with pytest.raises(MediaInUse) as refused:
        await service.run(OURS, delete_media, media_id=FILE.id)

    assert refused.value.post_ids == users[:5]


async def test_media_that_only_published_posts_have_is_deleted_and_they_still_show_it(
    service: Service, database: Database, clock: Clock
) -> None:
    # given
    await service.run(OURS, add_media, media=FILE)
    published = await add_post(database, await stored_post(database, PUBLISHED), NOBODYS, media=(FILE,))
    before = await dump(database)
    clock.advance(hours=1)

    # when
    deleted = await service.run(OURS, delete_media, media_id=FILE.id)

    # then
    assert deleted == FILE
    assert await stored_post(database, NOBODYS) == published
    assert changed_tables(before, await dump(database)) == {"media": (1, 1)}


async def test_deleted_media_is_gone_for_every_command(service: Service, database: Database) -> None:
    await service.run(OURS, add_media, media=FILE)
    await service.run(OURS, delete_media, media_id=FILE.id)
    before = await dump(database)

    for command in (get_media, delete_media):
        with pytest.raises(MediaNotFound):
            await service.run(OURS, command, media_id=FILE.id)
    with pytest.raises(InvalidInput) as refused:
        await service.run(OURS, update_post, post_id=SCHEDULED, changes=PostChanges(media_ids=(FILE.id,)))

    assert [(issue.path, issue.code) for issue in refused.value.issues] == [(("media_ids",), IssueCode.UNKNOWN_ID)]
    assert await dump(database) == before


async def test_a_deleted_address_that_is_recorded_again_is_the_same_record_with_what_is_said_of_it_now(
    service: Service, database: Database
) -> None:
    # given
    await service.run(OURS, add_media, media=FILE)
    await service.run(OURS, delete_media, media_id=FILE.id)
    before = await dump(database)

    # when
    again = await service.run(
        OURS, create_media_from_url, media=LinkedMedia(url=FILE.url, type=MediaType.IMAGE, width=5)
    )

    # then: its file is gone, and is not promised again
    assert again == Media(id=FILE.id, type=MediaType.IMAGE, url=FILE.url, width=5)
    assert await service.run(OURS, get_media, media_id=FILE.id) == again
    assert changed_tables(before, await dump(database)) == {"media": (1, 1)}


async def test_an_update_by_address_takes_deleted_media_up_again(service: Service, database: Database) -> None:
    media = replace(FILE, url="https://media.example/other.mp4", file=None)
    await service.run(OURS, add_media, media=media)
    await service.run(OURS, delete_media, media_id=media.id)

    updated = await service.run(
        OURS, update_single_account_post, post_id=VIDEO, changes=PostChanges(), media_urls=[media.url]
    )

    assert updated.post.media == (Media(id=media.id, type=MediaType.VIDEO, url=media.url),)
    assert await service.run(OURS, get_media, media_id=media.id) == updated.post.media[0]
