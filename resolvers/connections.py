"""Lists of posts in the schema, as Relay's connections. What is not selected is not made."""

from __future__ import annotations

import strawberry

from app.commands.list_posts import PostPage
from app.domain import post as domain
from app.domain.listing import PostListing, PostOrder
from resolvers.cursors import cursor_of
from resolvers.pages import PageInfo
from resolvers.posts import Post


@strawberry.type(description="A post in a list.")
class PostEdge:
    post: strawberry.Private[domain.Post]
    order: strawberry.Private[PostOrder]

    @strawberry.field(description="The post's place in the list's order.")
    def cursor(self) -> str:
        return cursor_of(self.post, self.order)

    @strawberry.field(description="The post.")
    def node(self) -> Post:
        return Post.of(self.post)


@strawberry.type(description="A page of a list of posts.")
class PostConnection:
    page: strawberry.Private[PostPage]
    listing: strawberry.Private[PostListing]

    @strawberry.field(description="The posts of this page, with their cursors.")
    def edges(self) -> list[PostEdge]:
        return [PostEdge(post=post, order=self.listing.order) for post in self.page.posts]

    @strawberry.field(description="The posts of this page.")
    def nodes(self) -> list[Post]:
        return [Post.of(post) for post in self.page.posts]

    @strawberry.field(description="Where this page stands in its list.")
    def page_info(self) -> PageInfo:
        ends = self.page.posts[:1] + self.page.posts[-1:]
        return PageInfo.of(
            [cursor_of(post, self.listing.order) for post in ends],
            has_more=self.page.has_more,
            is_continued=self.listing.after is not None,
        )

    @strawberry.field(description="How many posts match altogether. Counted only when asked for.")
    def total_count(self) -> int:
        return self.page.total if self.page.total is not None else 0

    @classmethod
    def of(cls, page: PostPage, listing: PostListing) -> PostConnection:
        return cls(page=page, listing=listing)
