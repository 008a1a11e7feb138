"""Lists of posts in the schema, as Relay's connections."""

from __future__ import annotations

import strawberry

from app.commands.list_posts import PostPage
from app.domain.listing import PostListing
from resolvers.cursors import cursor_of
from resolvers.pages import PageInfo
from resolvers.posts import Post


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
            page_info=PageInfo.of(
                [edge.cursor for edge in edges],
                has_more=page.has_more,
                is_continued=listing.after is not None,
            ),
            total_count=page.total if page.total is not None else 0,
        )
