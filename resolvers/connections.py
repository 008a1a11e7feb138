"""Lists of posts in the schema, as Relay's connections."""

from __future__ import annotations

import strawberry

from app.commands.list_posts import PostPage
from app.domain.listing import PostListing
from resolvers.cursors import cursor_of
from resolvers.posts import Post


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are posts after this page.")
    has_previous_page: bool = strawberry.field(description="Whether this page starts after a cursor.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first post of this page.")
    end_cursor: str | None = strawberry.field(
        description="The cursor of the last; send it as `after` for the next page."
    )


@strawberry.type(description="A post in a list.")
class PostEdge:
    cursor: str = strawberry.field(description="The post's place in the list's order.")
    node: Post = strawberry.field(description="The post.")


@strawberry.type(description="A page of a list of posts.")
class PostConnection:
    edges: list[PostEdge] = strawberry.field(description="The posts of this page, with their cursors.")
    nodes: list[Post] = strawberry.field(description="The posts of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in its list.")
    total_count: int = strawberry.field(description="How many posts match altogether. Counted only when asked for.")

    @classmethod
    def of(cls, page: PostPage, listing: PostListing) -> PostConnection:
        edges = [PostEdge(cursor=cursor_of(post, listing.order), node=Post.of(post)) for post in page.posts]
        return cls(
            edges=edges,
            nodes=[edge.node for edge in edges],
            page_info=PageInfo(
                has_next_page=page.has_more,
                has_previous_page=listing.after is not None,
                start_cursor=edges[0].cursor if edges else None,
                end_cursor=edges[-1].cursor if edges else None,
            ),
            total_count=page.total if page.total is not None else 0,
        )
