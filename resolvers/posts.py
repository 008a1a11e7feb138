"""Posts in the schema. A command answers with the whole post, so that every field but its history is read from it."""

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
from resolvers.reading import reads
from resolvers.revisions import RevisionConnection
from resolvers.scalars import JSON
from resolvers.selections import selects, selects_within


@strawberry.type(description="A post on one account, and how far it has got there.")
class Destination:
    source: strawberry.Private[domain_destination.Destination]
    account_id: int = reads("account.id", description="The account.")
    account_name: str = reads("account.name", description="What the account is called on its platform.")
    platform: Platform = reads("account.platform", description="Where the account is.")
    status: DestinationStatus = reads("status", description="How far the post has got on this account.")
    platform_post_id: str | None = reads("platform_post_id", description="The platform's own id of the published post.")
    platform_post_url: str | None = reads("platform_post_url", description="Where the published post can be seen.")
    published_at: datetime | None = reads("published_at", description="When it went out on this account.")
    error: str | None = reads("error", description="Why it failed on this account.")
    attempts: int = reads("attempts", description="How often it has been sent to this account.")
    next_attempt_at: datetime | None = reads(
        "next_attempt_at", description="When it will be sent to this account again."
    )


@strawberry.type(description="What goes out, when, and to which accounts.")
class Post:
    source: strawberry.Private[domain.Post]
    stored_version: strawberry.Private[int]
    id: strawberry.ID = reads("id", description="The post's UUID.")
    status: PostStatus = reads("status", description="Where the post stands.")
    kind: PostKind = reads("kind", description="Set when the post was created, and never changed.")
    content: str = reads("content", description="The text, exactly as it was sent.")
    title: str | None = reads("title", description="The title of a slideshow.")
    account_ids: list[int] = reads("account_ids", description="The target accounts, ascending.")
    scheduled_for: datetime | None = reads(
        "scheduled_for", description="When the post goes out; null for a draft without a time."
    )
    timezone: str = reads("timezone", description="An IANA name, for display only: it never moves the instant.")
    media_ids: list[UUID] = reads("media_ids", description="The media, in their order.")
    media: list[Media] = reads("media", by=Media, description="The media themselves, in their order.")
    platform_content: JSON = reads(
        "platform_content", description="What is said differently on a platform, by platform."
    )
    social_audio_id: str | None = reads("social_audio_id", description="A platform's audio that goes with the post.")
    music_post_id: str | None = reads("music_post_id", description="The post whose music is used.")
    destinations: list[Destination] = reads(
        "destinations", by=Destination, description="How far the post has got on each account."
    )
    failure_reason: str | None = reads("failure_reason", description="Why publishing failed.")
    version: int = reads(
        "version", description="Grows by one with every stored change of the post or its destinations."
    )
    created_at: datetime = reads("created_at", description="When the post was created.")
    updated_at: datetime = reads("updated_at", description="When the post was last changed.")
    next_step: str = reads(next_step, description="Where the post stands and what can be done next, as a sentence.")
    allowed_actions: list[PostAction] = reads("allowed_actions", description="What can be done with the post now.")

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
            post_id=self.source.id,
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
        return cls(source=post, stored_version=post.version if stored_version is None else stored_version)
