"""An update that races the publisher for a post is stored before the claim, or refused: never half of each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from uuid import UUID

from sqlalchemy import Connection

from app.commands.fill_demo import SCHEDULED
from app.commands.service import Service
from app.commands.update_post import UpdatedPost, update_post
from app.domain.changes import PostChanges
from app.domain.destination import DestinationStatus
from app.domain.errors import PublishingInProgress
from app.domain.post import Post, PostStatus
from app.repositories.database import Database
from app.repositories.posts import PostRepository
from tests.repositories.chance import seeded_chance
from tests.repositories.storage import OURS, stored_post
from tests.support.clock import NOW, Clock, Ids

ROUNDS = 200
OLD = "What was written first"
NEW = "What was written last"


def claim(post_id: UUID) -> Callable[[Connection], Post]:
    def work(connection: Connection) -> Post:
        posts = PostRepository(connection, OURS)
        post = posts.get_to_change(post_id)
        claimed = post.claim(now=NOW)
        posts.save((post, claimed))
        return claimed

    return work


async def add_due_posts(database: Database, service: Service) -> list[UUID]:
    template = await stored_post(database, SCHEDULED)
    ids = [UUID(int=number) for number in range(1_000_000, 1_000_000 + ROUNDS)]

    def work(connection: Connection) -> None:
        for id in ids:
            PostRepository(connection, OURS).add(template._replace(id=id, content=OLD, scheduled_for=NOW))

    await database.write(work)
    return ids


async def test_in_200_races_an_update_is_what_gets_published_or_is_refused(
    service: Service, database: Database, second_database: Database, clock: Clock
) -> None:
    publisher = Service(second_database, clock=clock, new_id=Ids())
    chance = seeded_chance()
    orders = {"update first": 0, "claim first": 0}

    async def update(post_id: UUID, turns: int) -> UpdatedPost | PublishingInProgress:
        for _ in range(turns):
            await asyncio.sleep(0)
        try:
            return await service.run(OURS, update_post, post_id=post_id, changes=PostChanges(content=NEW))
        except PublishingInProgress as refusal:
            return refusal

    async def publish(post_id: UUID, turns: int) -> Post:
        for _ in range(turns):
            await asyncio.sleep(0)
        return await publisher.database.write(claim(post_id))

    for post_id in await add_due_posts(database, service):
        racers = [update(post_id, chance.randrange(40)), publish(post_id, chance.randrange(40))]
        answer, claimed = await asyncio.gather(*racers)
        assert isinstance(claimed, Post)

        stored = await stored_post(database, post_id)
        assert stored == claimed
        assert stored.status is PostStatus.PUBLISHING
        assert [(destination.status, destination.attempts) for destination in stored.destinations] == [
            (DestinationStatus.PUBLISHING, 1)
        ] * 3
        if isinstance(answer, UpdatedPost):
            orders["update first"] += 1
            assert (answer.post.status, answer.post.version) == (PostStatus.SCHEDULED, 2)
            assert (stored.content, stored.version) == (NEW, 3)
        else:
            orders["claim first"] += 1
            assert isinstance(answer, PublishingInProgress)
            assert answer.post == claimed
            assert (stored.content, stored.version) == (OLD, 2)

    assert sum(orders.values()) == ROUNDS
    assert min(orders.values()) > 0, orders
