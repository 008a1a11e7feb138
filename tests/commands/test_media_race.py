"""An update that attaches media while somebody deletes it: the one or the other, and never a post without its media."""

from __future__ import annotations

import asyncio
from uuid import UUID

from app.commands.add_media import add_media
from app.commands.delete_media import delete_media
from app.commands.fill_demo import DRAFT
from app.commands.get_media import get_media
from app.commands.service import Service
from app.commands.update_post import UpdatedPost, update_post
from app.domain.changes import PostChanges
from app.domain.errors import InvalidInput, IssueCode, MediaInUse, MediaNotFound
from app.domain.media import Media, MediaType
from app.repositories.database import Database
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS, stored_post
from tests.support.clock import Clock, Ids
from tests.support.edges import add_post

ROUNDS = 150


async def test_in_150_races_a_post_never_holds_media_that_is_deleted(
    service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    other = Service(second_database, clock=clock, new_id=Ids())
    chance = seeded_chance()
    template = await stored_post(database, DRAFT)
    orders = {"attached": 0, "deleted": 0}

    async def attach(post_id: UUID, media_id: UUID, turns: int) -> UpdatedPost | InvalidInput:
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            changes = PostChanges(media_ids=(media_id,))
            return await service.run(OURS, update_post, post_id=post_id, changes=changes)
        except InvalidInput as refusal:
            return refusal

    async def delete(media_id: UUID, turns: int) -> Media | MediaInUse:
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            return await other.run(OURS, delete_media, media_id=media_id)
        except MediaInUse as refusal:
            return refusal

    for number in range(ROUNDS):
        post_id, media_id = UUID(int=1_000_000 + number), UUID(int=2_000_000 + number)
        media = Media(id=media_id, type=MediaType.IMAGE, url=f"https://media.example/{number}.jpg")
        await service.run(OURS, add_media, media=media)
        draft = await add_post(database, template, post_id)

        attached, deleted = await asyncio.gather(
            attach(post_id, media_id, chance.randrange(40)), delete(media_id, chance.randrange(40))
        )

        stored = await stored_post(database, post_id)
        if isinstance(attached, UpdatedPost):
            orders["attached"] += 1
            assert isinstance(deleted, MediaInUse)
            assert deleted.post_ids == [post_id]
            assert stored.media == (media,)
            assert await service.run(OURS, get_media, media_id=media_id) == media
        else:
            orders["deleted"] += 1
            assert [issue.code for issue in attached.issues] == [IssueCode.UNKNOWN_ID]
            assert deleted == media
            assert stored == draft
            try:
                await service.run(OURS, get_media, media_id=media_id)
            except MediaNotFound:
                continue
            raise AssertionError("the media is still there")

    assert sum(orders.values()) == ROUNDS
    assert min(orders.values()) > 0, orders
