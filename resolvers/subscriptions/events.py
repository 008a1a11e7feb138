"""Events in the schema."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import strawberry

from app.domain.history import EventType
from resolvers.names import spelled
from resolvers.posts import Post

if TYPE_CHECKING:
    from app.commands.list_events import FollowedChange


@strawberry.type(description="One stored change of a post.")
class PostEvent:
    cursor: str = strawberry.field(description="As `after`, it resumes the stream after this change.")
    event: str = strawberry.field(
        description=f"What happened: {', '.join(event.value for event in EventType)}. Others may come later."
    )
    at: datetime = strawberry.field(description="When it happened.")
    post_id: strawberry.ID = strawberry.field(description="The post's UUID.")
    post: Post | None = strawberry.field(
        description="The post as it is now, which may be later than this change; null when it has been deleted."
    )
    changed_fields: list[str] = strawberry.field(description="Names of the fields whose stored value changed.")

    @classmethod
    def of(cls, change: FollowedChange) -> PostEvent:
        event = change.event
        return cls(
            cursor=str(event.cursor),
            event=event.type.value,
            at=event.at,
            post_id=strawberry.ID(str(event.post_id)),
            post=None if change.post is None else Post.of(change.post),
            changed_fields=[spelled(field) for field in event.changed_fields],
        )
