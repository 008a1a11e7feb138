"""Reading posts."""

from __future__ import annotations

from typing import Annotated

import strawberry
from strawberry import UNSET

from app.commands.get_post import get_post
from app.commands.list_posts import list_posts
from app.domain.errors import PostNotFound
from app.domain.listing import PostFilter as Filter
from app.domain.listing import PostListing, PostOrder
from resolvers.connections import PostConnection
from resolvers.context import Info
from resolvers.cursors import read_cursor
from resolvers.inputs import PostFilter
from resolvers.names import read_post_id
from resolvers.pages import read_limit
from resolvers.posts import Post
from resolvers.selections import selects


@strawberry.type
class PostQueries:
    @strawberry.field(description="One post; null where it does not exist for the caller.")
    async def post(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The post's UUID.")]
    ) -> Post | None:
        try:
            return Post.of(await info.context.run(get_post, post_id=read_post_id(id)))
        except PostNotFound:
            return None

    @strawberry.field(description="The caller's posts, a page at a time.")
    async def posts(
        self,
        info: Info,
        filter: Annotated[PostFilter | None, strawberry.argument(description="What the posts must match.")] = UNSET,
        order_by: Annotated[
            PostOrder | None, strawberry.argument(description="SCHEDULED_FOR where it is left out.")
        ] = UNSET,
        first: Annotated[int | None, strawberry.argument(description="How many posts: 0 to 100.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="The cursor after which the page starts.")
        ] = UNSET,
    ) -> PostConnection:
        order = order_by or PostOrder.SCHEDULED_FOR
        listing = PostListing(
            filter=filter.to_filter() if filter else Filter(),
            order=order,
            limit=read_limit(first),
            after=read_cursor(after, order) if isinstance(after, str) else None,
        )
        page = await info.context.run(list_posts, listing=listing, with_total=selects(info, "totalCount"))
        return PostConnection.of(page, listing)
