"""Inputs of the schema, and how they become changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry import UNSET, Maybe

from app.commands.update_posts import PostUpdate
from app.domain.changes import LEAVE, PostChanges
from app.domain.errors import InvalidFieldName
from app.domain.ids import read_uuid
from app.domain.kind import PostKind
from app.domain.listing import SEARCH_LIMIT
from app.domain.listing import PostFilter as Filter
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.domain.text import is_storable
from resolvers.enums import RequestedStatus
from resolvers.names import spelled
from resolvers.scalars import JSON

_NOT_A_FIELD = "Not a field of an update: answers InvalidFieldName. Use mediaIds."


@strawberry.input(
    description="Every field is optional: leave it out and it stays as it is; null clears it where empty makes sense."
)
class UpdatePostInput:
    content: Maybe[str | None] = strawberry.field(description="The text. null clears it.")
    account_ids: Maybe[list[int] | None] = strawberry.field(description="The new set of target accounts.")
    scheduled_for: Maybe[datetime | None] = strawberry.field(
        description="When to go out: in the future, at most 5 years ahead. null takes the time off a draft."
    )
    timezone: Maybe[str | None] = strawberry.field(description="An IANA name, for display only.")
    media_ids: Maybe[list[UUID] | None] = strawberry.field(description="The whole media set, in order. null clears it.")
    platform_content: Maybe[JSON | None] = strawberry.field(
        description="The whole object of overrides, by platform. null clears it."
    )
    status: Maybe[RequestedStatus | None] = strawberry.field(description="Unschedule, or queue.")
    title: Maybe[str | None] = strawberry.field(
        description="Slideshow posts only; at most 90 characters. null clears it."
    )
    social_audio_id: Maybe[str | None] = strawberry.field(description="A platform's audio. null clears it.")
    expected_version: Maybe[int | None] = strawberry.field(
        description="Refuse the update with VersionConflict unless the post still has this version."
    )
    scheduled_at: Maybe[datetime | None] = strawberry.field(
        description="An alias of scheduledFor.", deprecation_reason="A misnomer. Use scheduledFor."
    )
    media: Maybe[JSON | None] = strawberry.field(
        description="Answers InvalidFieldName.", deprecation_reason=_NOT_A_FIELD
    )
    media_id: Maybe[JSON | None] = strawberry.field(
        description="Answers InvalidFieldName.", deprecation_reason=_NOT_A_FIELD
    )
    attachments: Maybe[JSON | None] = strawberry.field(
        description="Answers InvalidFieldName.", deprecation_reason=_NOT_A_FIELD
    )

    def to_changes(self) -> PostChanges:
        account_ids = _change(self.account_ids)
        media_ids = _change(self.media_ids)
        status = _change(self.status)
        return PostChanges(
            content=_change(self.content),
            account_ids=frozenset(account_ids) if isinstance(account_ids, list) else account_ids,
            scheduled_for=_change(self.scheduled_for),
            scheduled_at=_change(self.scheduled_at),
            timezone=_change(self.timezone),
            media_ids=tuple(media_ids) if isinstance(media_ids, list) else media_ids,
            platform_content=_change(self.platform_content),
            status=status.value if isinstance(status, RequestedStatus) else status,
            title=_change(self.title),
            social_audio_id=_change(self.social_audio_id),
            expected_versions=expected_versions(self.expected_version and self.expected_version.value),
            invalid_field=self._invalid_field(),
        )

    def _invalid_field(self) -> InvalidFieldName | None:
        for name in ("media", "media_id", "attachments"):
            if getattr(self, name) is not None:
                return InvalidFieldName(spelled(name), suggestion="media_ids")
        return None


@strawberry.input(description="One of the changes of updatePosts.")
class PostChange:
    id: strawberry.ID = strawberry.field(description="The post's UUID.")
    input: UpdatePostInput = strawberry.field(description="What to change.")

    def to_update(self) -> PostUpdate:
        return PostUpdate(post_id=read_uuid(self.id) or str(self.id), changes=self.input.to_changes())


@strawberry.input(description="A new post. A draft may be incomplete.")
class CreatePostInput:
    content: str = strawberry.field(default="", description="The text, stored exactly as sent.")
    kind: PostKind = strawberry.field(default=PostKind.STANDARD, description="Never changes afterwards.")
    account_ids: list[int] = strawberry.field(default_factory=list, description="The target accounts.")
    scheduled_for: datetime | None = strawberry.field(
        default=UNSET, description="When to go out: in the future, at most 5 years ahead."
    )
    timezone: str = strawberry.field(default="UTC", description="An IANA name, for display only.")
    media_ids: list[UUID] = strawberry.field(default_factory=list, description="The media, in their order.")
    platform_content: JSON | None = strawberry.field(default=UNSET, description="Overrides, by platform.")
    status: RequestedStatus = strawberry.field(default=RequestedStatus.DRAFT, description="Draft, or queued at once.")
    title: str | None = strawberry.field(default=UNSET, description="Slideshow posts only; at most 90 characters.")
    social_audio_id: str | None = strawberry.field(default=UNSET, description="A platform's audio.")

    def to_changes(self) -> PostChanges:
        return PostChanges(
            content=self.content,
            account_ids=frozenset(self.account_ids),
            scheduled_for=_given(self.scheduled_for),
            timezone=self.timezone,
            media_ids=tuple(self.media_ids),
            platform_content=_given(self.platform_content),
            status=self.status.value,
            title=_given(self.title),
            social_audio_id=_given(self.social_audio_id),
        )


@strawberry.input(description="What posts must match: every field that is given, and any of a field's values.")
class PostFilter:
    status: list[PostStatus] | None = strawberry.field(default=UNSET, description="Posts of these statuses.")
    platform: list[Platform] | None = strawberry.field(default=UNSET, description="Posts that go to these platforms.")
    account_ids: list[int] | None = strawberry.field(default=UNSET, description="Posts that go to these accounts.")
    scheduled_after: datetime | None = strawberry.field(default=UNSET, description="Posts that go out later than this.")
    scheduled_before: datetime | None = strawberry.field(
        default=UNSET, description="Posts that go out earlier than this."
    )
    search: str | None = strawberry.field(
        default=UNSET, description="Posts whose content holds this text, whatever its case."
    )

    def to_filter(self) -> Filter:
        """Raises GraphQLError for text that no search can be made for."""
        if self.search and not (is_storable(self.search) and len(self.search) <= SEARCH_LIMIT):
            message = f"`search` must be at most {SEARCH_LIMIT} characters without NUL."
            raise GraphQLError(message, extensions={"code": "BAD_USER_INPUT"})
        return Filter(
            statuses=_any_of(self.status),
            platforms=_any_of(self.platform),
            account_ids=_any_of(self.account_ids),
            scheduled_after=self.scheduled_after or None,
            scheduled_before=self.scheduled_before or None,
            search=self.search or None,
        )


def expected_versions(version: Any) -> frozenset[int] | None:
    """The one version a caller expects; left out or null expects nothing."""
    return None if version is UNSET or version is None else frozenset([version])


def _change(maybe: Any) -> Any:
    """Strawberry's three states in the domain's words."""
    return LEAVE if maybe is None else maybe.value


def _any_of(values: Any) -> Any:
    """A filter's values; None where it was left out or null. An empty list is kept: nothing is any of it."""
    return None if values is UNSET or values is None else frozenset(values)


def _given(value: Any) -> Any:
    return LEAVE if value is UNSET else value
