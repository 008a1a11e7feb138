"""Read what has happened to posts since some place in the events, and the posts as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads
from app.domain.listing import PostFilter, PostListing

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.events import Cursor, Event
    from app.domain.post import Post, PostStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowedChange:
    """One event. post: as it is now; None where it was deleted since."""

    event: Event
    post: Post | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """In the order of the events. Of what was asked for, there is nothing else up to `through`.

    end: the place after everything that can be read now.
    """

    changes: tuple[FollowedChange, ...]
    through: Cursor
    end: Cursor


@reads
def list_events(
    unit: Unit,
    *,
    after: Cursor | None,
    limit: int,
    post_id: UUID | None = None,
    statuses: frozenset[PostStatus] | None = None,
) -> EventPage:
    """The next events of one post or of all, with one of these statuses after them or any.

    after None: of what comes, so that there is nothing yet. At most `limit`, which is at most a page of posts.
    """
    end = unit.events.newest()
    if after is None:
        return EventPage(changes=(), through=end, end=end)
    events = unit.events.after(after, limit=limit, post_id=post_id, statuses=statuses)
    ids = frozenset(event.post_id for event in events)
    listing = PostListing(filter=PostFilter(post_ids=ids), limit=limit)
    posts = {post.id: post for post in unit.posts.page(listing)} if ids else {}
    return EventPage(
        changes=tuple(FollowedChange(event=event, post=posts.get(event.post_id)) for event in events),
        through=events[-1].cursor if len(events) == limit else max(after, end),
        end=end,
    )
