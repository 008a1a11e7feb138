"""The update of a post."""

from __future__ import annotations

import time
from typing import Annotated
from uuid import UUID

import strawberry
from sqlalchemy import func, text
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from scripts.benchmarks.peers.textbook import tables
from scripts.benchmarks.peers.textbook.reading import Loaders
from scripts.benchmarks.peers.textbook.tables import ORGANIZATION, Revision
from scripts.benchmarks.peers.textbook.types import Info, Post

_CHANGED_BY = "bench"


@strawberry.input
class UpdatePostInput:
    content: str | None = strawberry.UNSET
    expected_version: int | None = None


@strawberry.type
class UpdatePostSuccess:
    post: Post
    changed_fields: list[str]


@strawberry.type
class NotFound:
    message: str


@strawberry.type
class AlreadyPublished:
    message: str


@strawberry.type
class PublishingInProgress:
    message: str


@strawberry.type
class VersionConflict:
    message: str


UpdatePostResult = Annotated[
    UpdatePostSuccess | NotFound | AlreadyPublished | PublishingInProgress | VersionConflict,
    strawberry.union("UpdatePostResult"),
]


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def update_post(self, info: Info, id: strawberry.ID, input: UpdatePostInput) -> UpdatePostResult:
        session: AsyncSession = info.context["session"]
        # One that reads first and writes later would be sent away where another has written in between.
        await session.execute(text("BEGIN IMMEDIATE"))
        post = await session.get(tables.Post, (ORGANIZATION, UUID(id)))
        if post is None:
            return NotFound(message="There is no such post.")
        if post.status == "published":
            return AlreadyPublished(message="The post is out.")
        if post.status == "publishing":
            return PublishingInProgress(message="The post is on the wire.")
        if input.expected_version is not None and input.expected_version != post.version:
            return VersionConflict(message=f"The post has version {post.version}.")

        await _load_what_hangs_on(post, info.context["loaders"])
        changed_fields = []
        if isinstance(input.content, str) and input.content != post.content:
            await _write(session, post, input.content)
            changed_fields.append("content")
        await session.commit()
        return UpdatePostSuccess(post=Post.of(post), changed_fields=changed_fields)


async def _load_what_hangs_on(post: tables.Post, loaders: Loaders) -> None:
    """One after the other: a session does one thing at a time. The answer finds them loaded."""
    await loaders.destinations.load(post.id)
    await loaders.media_ids.load(post.id)


async def _write(session: AsyncSession, post: tables.Post, content: str) -> None:
    last = select(func.coalesce(func.max(Revision.position), 0)).where(
        Revision.organization_id == ORGANIZATION, col(Revision.transaction_id) == 0
    )
    now = time.time_ns() // 1_000_000
    session.add(
        Revision(
            organization_id=ORGANIZATION,
            post_id=post.id,
            version=post.version + 1,
            changed_at=now,
            changed_by=_CHANGED_BY,
            changes=[["content", post.content, content]],
            event="post.updated",
            status=post.status,
            transaction_id=0,
            position=(await session.exec(last)).one() + 1,
        )
    )
    post.content = content
    post.version += 1
    post.updated_at = now
