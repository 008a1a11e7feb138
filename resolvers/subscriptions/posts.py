"""Following posts."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry import UNSET

from app.commands.list_events import FollowedChange
from app.domain.ids import read_uuid
from app.domain.post import PostStatus
from resolvers.context import Info
from resolvers.cursors import no_event_cursor, read_event_cursor
from resolvers.subscriptions.events import PostEvent
from resolvers.subscriptions.feeds import UnknownCursor, Wanted


@strawberry.type
class PostSubscriptions:
    @strawberry.subscription(description="Every stored change of the caller's posts, in order: none twice, none lost.")
    async def post_changed(
        self,
        info: Info,
        id: Annotated[
            strawberry.ID | None, strawberry.argument(description="The post's UUID; every post where it is left out.")
        ] = UNSET,
        status: Annotated[
            list[PostStatus] | None,
            strawberry.argument(description="Only changes after which a post has one of these statuses."),
        ] = UNSET,
        after: Annotated[
            str | None,
            strawberry.argument(
                description="The cursor of the last change that was seen: what came after it is told first. "
                "Left out, the stream begins now; 0-0 begins it before the first change ever."
            ),
        ] = UNSET,
    ) -> AsyncGenerator[PostEvent, None]:
        wanted = Wanted(
            post_id=_read_id(id) if isinstance(id, str) else None,
            statuses=frozenset(status) if isinstance(status, list) else None,
        )
        cursor = read_event_cursor(after) if isinstance(after, str) else None
        try:
            changes = await info.context.feeds.follow(info.context.caller, wanted, after=cursor)
        except UnknownCursor:
            raise no_event_cursor() from None
        return _shown(changes)


async def _shown(changes: AsyncGenerator[FollowedChange, None]) -> AsyncGenerator[PostEvent, None]:
    async with aclosing(changes):
        async for change in changes:
            yield PostEvent.of(change)


def _read_id(written: str) -> UUID:
    post_id = read_uuid(written)
    if post_id is None:
        raise GraphQLError("`id` must be the UUID of a post.", extensions={"code": "BAD_USER_INPUT"})
    return post_id
