"""The history of a post: what each stored change did, and the way back to what the post said before."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from app.domain.changes import NAMES, PostChanges
from app.domain.errors import InputIssue, IssueCode
from app.domain.post import PostStatus
from app.domain.schedule import format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from app.domain.destination import Destination
    from app.domain.post import Post

PUBLISHER: Final = "publisher"
"""Who changed a post when no key did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """field: in the domain's snake_case. before and after are JSON values: instants, ids and statuses as text."""

    field: str
    before: object
    after: object


class EventType(StrEnum):
    """What a change is to those who follow posts."""

    UPDATED = "post.updated"
    SCHEDULED = "post.scheduled"
    PUBLISHING = "post.publishing"
    PUBLISHED = "post.published"
    FAILED = "post.failed"
    PARTIALLY_FAILED = "post.partially_failed"
    DELETED = "post.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One stored change: it made this version of the post. changed_by: a key's name, or PUBLISHER.

    event: what it is to those who follow posts. status: the post's after it; of a deletion, the last one it had. Both
    are None for what was stored before changes were events.
    """

    post_id: UUID
    version: int
    changed_at: datetime
    changed_by: str
    changes: tuple[FieldChange, ...]
    event: EventType | None
    status: PostStatus | None

    @classmethod
    def of(cls, before: Post | None, after: Post, *, by: str) -> Revision:
        """What a change stores beside the post itself. before None: the post is new."""
        return cls(
            post_id=after.id,
            version=after.version,
            changed_at=after.updated_at,
            changed_by=by,
            changes=changes_between(before, after),
            event=event_of(None if before is None else before.status, after.status),
            status=after.status,
        )

    @classmethod
    def of_deletion(cls, post: Post, *, by: str, at: datetime) -> Revision:
        return cls(
            post_id=post.id,
            version=post.version + 1,
            changed_at=at,
            changed_by=by,
            changes=changes_between(post, None),
            event=EventType.DELETED,
            status=post.status,
        )


def event_of(before: PostStatus | None, after: PostStatus) -> EventType:
    """A change of status is an event of its own, whatever else changed with it; a draft has none."""
    if before is after or after is PostStatus.DRAFT:
        return EventType.UPDATED
    return EventType(f"post.{after}")


def changes_between(before: Post | None, after: Post | None) -> tuple[FieldChange, ...]:
    """The fields in which two versions differ. None before: the post is new; None after: it was deleted."""
    if before is None or after is None:
        was, will_be = _facts(before), _facts(after)
        names = [name for name in (*NAMES, "kind") if (was or will_be)[name] is not None]
        return tuple(FieldChange(field=name, before=was.get(name), after=will_be.get(name)) for name in names)
    changes = [
        FieldChange(field=fact.field, before=old, after=new)
        for fact in _FACTS
        # Most of a post is the very same as before: what the history says of it need not be put into words.
        if getattr(before, fact.source) is not getattr(after, fact.source)
        and (old := fact.of(before)) != (new := fact.of(after))
    ]
    if any(change.field == "destinations" for change in changes) and not _records_differ(before, after):
        changes = [change for change in changes if change.field != "destinations"]  # account_ids says it all
    return tuple(changes)


def changes_back_to(
    version: int, post: Post, since: Iterable[Revision], *, expected_versions: frozenset[int] | None = None
) -> PostChanges:
    """The update that makes a post say again what its `version` said.

    since: every revision after that version, the newest first. Publishing is not undone: of what a revision holds,
    only fields that an update can change are brought back, and a status only where an update may ask for it.
    """
    values: dict[str, Any] = {}
    missing = post.version - version
    if 0 < version <= post.version:
        for revision in since:
            values |= {change.field: change.before for change in revision.changes if change.field in NAMES}
            missing -= 1
    if not 0 < version <= post.version or missing:
        message = f"The post has no version {version} to go back to: its version is {post.version}."
        issue = InputIssue(path=("version",), code=IssueCode.UNKNOWN_VERSION, message=message)
        return PostChanges(expected_versions=expected_versions, issues=(issue,))
    if values.get("status") not in (PostStatus.DRAFT, PostStatus.SCHEDULED):
        values.pop("status", None)
    read: dict[str, Any] = {
        name: None if value is None else _READERS.get(name, _as_it_is)(value) for name, value in values.items()
    }
    return PostChanges(**read, expected_versions=expected_versions)


def _as_it_is(value: Any) -> Any:
    return value


_READERS: Final[dict[str, Callable[[Any], Any]]] = {
    "account_ids": frozenset,
    "scheduled_for": parse_instant,
    "media_ids": lambda ids: tuple(UUID(id) for id in ids),
    "status": PostStatus,
}
"""How the JSON value of a field becomes what an update holds."""


def _records_differ(before: Post, after: Post) -> bool:
    """Whether an account that both versions go to has another record: it was published, it failed, it was queued."""
    old = {destination.account.id: _record(destination) for destination in before.destinations}
    new = {destination.account.id: _record(destination) for destination in after.destinations}
    return any(old[id] != new[id] for id in old.keys() & new.keys())


def _record(destination: Destination) -> dict[str, Any]:
    return {
        "account_id": destination.account.id,
        "status": destination.status.value,
        "platform_post_id": destination.platform_post_id,
        "platform_post_url": destination.platform_post_url,
        "published_at": _time(destination.published_at),
        "error": destination.error,
        "attempts": destination.attempts,
    }


def _time(instant: datetime | None) -> str | None:
    return None if instant is None else format_instant(instant)


@dataclass(frozen=True, slots=True)
class _Fact:
    """What the history says of a post under a name. source: the attribute of the post that it is read from."""

    field: str
    source: str
    read: Callable[[Any], Any] = _as_it_is

    def of(self, post: Post) -> Any:
        return self.read(getattr(post, self.source))


_FACTS: Final = (
    _Fact("content", "content"),
    _Fact("account_ids", "destinations", lambda items: [item.account.id for item in items]),
    _Fact("scheduled_for", "scheduled_for", _time),
    _Fact("timezone", "timezone"),
    _Fact("media_ids", "media", lambda items: [str(item.id) for item in items]),
    _Fact("platform_content", "platform_content", dict),
    _Fact("status", "status", lambda status: status.value),
    _Fact("title", "title"),
    _Fact("social_audio_id", "social_audio_id"),
    _Fact("kind", "kind", lambda kind: kind.value),
    _Fact("failure_reason", "failure_reason"),
    _Fact("destinations", "destinations", lambda items: [_record(item) for item in items]),
)


def _facts(post: Post | None) -> dict[str, Any]:
    return {} if post is None else {fact.field: fact.of(post) for fact in _FACTS}
