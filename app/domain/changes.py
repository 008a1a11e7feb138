"""What an update asks for: every field in three states.

A field that is left out stays as it is (LEAVE), null clears it (None), and anything else sets it. The three states
are in the type, because the two-state spelling, `str | None = None`, cannot tell the first from the second.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from uuid import UUID

    from app.domain.errors import InputIssue, InvalidFieldName
    from app.domain.post import Post, PostStatus


class Leave(Enum):
    """The third state of a field: untouched. Its one member is exported as LEAVE."""

    LEAVE = "leave"


LEAVE: Final = Leave.LEAVE

T = TypeVar("T")
Change: TypeAlias = T | Leave | None
"""LEAVE: untouched. None: cleared. Anything else: the new value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostChanges:
    """The changes that one update asks for.

    scheduled_for and its deprecated alias scheduled_at are instants in UTC, whole milliseconds. platform_content is
    as the caller wrote it. expected_versions: refuse unless the post still has one of these; None expects nothing.
    echoed: looks at the stored post, and refuses a name that is allowed only when it repeats what the post shows.
    invalid_field and issues are what an edge found while it was reading the request; they are
    kept here, and refused by Post.apply, so that every edge refuses in the same order: a published post says so
    whatever else the request holds.
    """

    content: Change[str] = LEAVE
    account_ids: Change[frozenset[int]] = LEAVE
    scheduled_for: Change[datetime] = LEAVE
    scheduled_at: Change[datetime] = LEAVE
    timezone: Change[str] = LEAVE
    media_ids: Change[tuple[UUID, ...]] = LEAVE
    platform_content: object = LEAVE
    status: Change[PostStatus] = LEAVE
    title: Change[str] = LEAVE
    social_audio_id: Change[str] = LEAVE

    expected_versions: frozenset[int] | None = None
    echoed: Callable[[Post], InvalidFieldName | None] | None = None
    invalid_field: InvalidFieldName | None = None
    issues: tuple[InputIssue, ...] = ()

    def names(self, field: str) -> bool:
        """Whether the update says anything of a field, be it something that could not be read."""
        return getattr(self, field) is not LEAVE or any(issue.path[:1] == (field,) for issue in self.issues)

    def asked_time(self, stored: datetime | None) -> datetime | None:
        """The time that a post has if nothing stands in its way. stored: the one it has now."""
        for time in (self.scheduled_for, self.scheduled_at):
            if time is not LEAVE:
                return time
        return stored

    def moved_from(self, stored: datetime | None, revised: Post) -> datetime | None:
        """The time asked for, where the post got another one; stored: the time it had before."""
        asked = self.asked_time(stored)
        return None if asked == revised.scheduled_for else asked

    def refuse_invalid_names(self, post: Post) -> None:
        """Raise InvalidFieldName for a name that an update does not know."""
        refusal = self.invalid_field or (self.echoed(post) if self.echoed is not None else None)
        if refusal is not None:
            raise refusal


NAMES: Final = (
    "content",
    "account_ids",
    "scheduled_for",
    "timezone",
    "media_ids",
    "platform_content",
    "status",
    "title",
    "social_audio_id",
)
"""The fields that an update can change, in the order in which answers list them."""
