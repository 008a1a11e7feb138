"""Posts in the schema. A command answers with the whole post, so that every field but its history is an attribute."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import UNSET

from app.domain import destination as domain_destination
from app.domain import post as domain
from app.domain.destination import DestinationStatus
from app.domain.kind import PostKind
from app.domain.platforms import Platform
from app.domain.post import PostAction, PostStatus
from resolvers.context import Info
from resolvers.cursors import read_revision_cursor
from resolvers.histories import HistoryRequest
from resolvers.media import Media
from resolvers.next_step import next_step
from resolvers.pages import read_limit
from resolvers.revisions import RevisionConnection
from resolvers.scalars import JSON
from resolvers.selections import selects, selects_within


@strawberry.type(description="A post on one account, and how far it has got there.")
class Destination:
    account_id: int = strawberry.field(description="The account.")
    account_name: str = strawberry.field(description="What the account is called on its platform.")
    platform: Platform = strawberry.field(description="Where the account is.")
    status: DestinationStatus = strawberry.field(description="How far the post has got on this account.")
    platform_post_id: str | None = strawberry.field(description="The platform's own id of the published post.")
    platform_post_url: str | None = strawberry.field(description="Where the published post can be seen.")
    published_at: datetime | None = strawberry.field(description="When it went out on this account.")
    error: str | None = strawberry.field(description="Why it failed on this account.")
    attempts: int = strawberry.field(description="How often it has been sent to this account.")
    next_attempt_at: datetime | None = strawberry.field(description="When it will be sent to this account again.")

    @classmethod
    def of(cls, destination: domain_destination.Destination) -> Destination:
        return cls(
            account_id=destination.account.id,
            account_name=destination.account.name,
            platform=destination.account.platform,
            status=destination.status,
            platform_post_id=destination.platform_post_id,
            platform_post_url=destination.platform_post_url,
            published_at=destination.published_at,
            error=destination.error,
            attempts=destination.attempts,
            next_attempt_at=destination.next_attempt_at,
        )


@strawberry.type(description="What goes out, when, and to which accounts.")
class Post:
    stored_version: strawberry.Private[int]
    id: strawberry.ID = strawberry.field(description="The post's UUID.")
    status: PostStatus = strawberry.field(description="Where the post stands.")
    kind: PostKind = strawberry.field(description="Set when the post was created, and never changed.")
    content: str = strawberry.field(description="The text, exactly as it was sent.")
    title: str | None = strawberry.field(description="The title of a slideshow.")
    account_ids: list[int] = strawberry.field(description="The target accounts, ascending.")
    scheduled_for: datetime | None = strawberry.field(
        description="When the post goes out; null for a draft without a time."
    )
    timezone: str = strawberry.field(description="An IANA name, for display only: it never moves the instant.")
    media_ids: list[UUID] = strawberry.field(description="The media, in their order.")
    media: list[Media] = strawberry.field(description="The media themselves, in their order.")
    platform_content: JSON = strawberry.field(description="What is said differently on a platform, by platform.")
    social_audio_id: str | None = strawberry.field(description="A platform's audio that goes with the post.")
    music_post_id: str | None = strawberry.field(description="The post whose music is used.")
    destinations: list[Destination] = strawberry.field(description="How far the post has got on each account.")
    failure_reason: str | None = strawberry.field(description="Why publishing failed.")
    version: int = strawberry.field(
        description="Grows by one with every stored change of the post or its destinations."
    )
    created_at: datetime = strawberry.field(description="When the post was created.")
    updated_at: datetime = strawberry.field(description="When the post was last changed.")
    next_step: str = strawberry.field(description="Where the post stands and what can be done next, as a sentence.")
    allowed_actions: list[PostAction] = strawberry.field(description="What can be done with the post now.")

    @strawberry.field(description="What was changed, by whom and when: the newest first.")
    async def revisions(
        self,
        info: Info,
        first: Annotated[int | None, strawberry.argument(description="How many revisions: 0 to 100.")] = 20,
        after: Annotated[
            str | None, strawberry.argument(description="The cursor after which the page starts.")
        ] = UNSET,
    ) -> RevisionConnection:
        request = HistoryRequest(
            post_id=UUID(self.id),
            version=self.stored_version,
            after=read_revision_cursor(after) if isinstance(after, str) else None,
            limit=read_limit(first),
            with_total=selects(info, "totalCount"),
            with_changes=selects_within(info, "changes"),
        )
        page = await info.context.histories.load(request)
        return RevisionConnection.of(page, is_continued=request.after is not None)

    @classmethod
    def of(cls, post: domain.Post, *, stored_version: int | None = None) -> Post:
        """stored_version: where it is not the version that is shown, because a dry run shows what was not stored."""
        return cls(
            stored_version=post.version if stored_version is None else stored_version,
            id=strawberry.ID(str(post.id)),
            status=post.status,
            kind=post.kind,
            content=post.content,
            title=post.title,
            account_ids=post.account_ids,
            scheduled_for=post.scheduled_for,
            timezone=post.timezone,
            media_ids=post.media_ids,
            media=[Media.of(item) for item in post.media],
            platform_content=JSON(post.platform_content),
            social_audio_id=post.social_audio_id,
            music_post_id=post.music_post_id,
            destinations=[Destination.of(destination) for destination in post.destinations],
            failure_reason=post.failure_reason,
            version=post.version,
            created_at=post.created_at,
            updated_at=post.updated_at,
            next_step=next_step(post),
            allowed_actions=post.allowed_actions,
        )
