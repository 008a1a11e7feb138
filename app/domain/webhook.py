"""Webhooks: who wants to be told of changes of posts, and of which."""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.errors import IssueCode
from app.domain.history import EventType
from app.domain.issues import Issues
from app.domain.media import is_media_url
from app.domain.names import nearest_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from app.domain.events import Cursor

MOST_WEBHOOKS: Final = 100
"""Of one organisation. Each of its changes is told to every one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """events: in the order of EventType; none for all. is_active: False once its receiver has said that it is gone.

    created_after: the place of the last change before it was made. cursor: of the last change that deliveries of it
    were made for.
    """

    id: UUID
    url: str
    events: tuple[EventType, ...]
    is_active: bool
    created_at: datetime
    created_after: Cursor
    cursor: Cursor

    @classmethod
    def create(
        cls,
        id: UUID,
        *,
        url: str,
        events: Sequence[str],
        newest: Cursor,
        now: datetime,
        others: int,
        keeps_secrets: bool,
    ) -> Webhook:
        """A new active webhook, which is told of what changes from now on.

        others: how many the organisation has. keeps_secrets: whether the caller's server can encrypt any. Raises
        InvalidInput with every problem at once.
        """
        issues = Issues()
        _check_url(url, issues)
        known = _read_events(events, issues)
        if others >= MOST_WEBHOOKS:
            message = f"There are {others} webhooks already; at most {MOST_WEBHOOKS} are allowed."
            issues.add("url", code=IssueCode.INVALID_VALUE, message=message)
        if not keeps_secrets:
            message = "`secret` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt it with."
            issues.add("secret", code=IssueCode.INVALID_VALUE, message=message)
        issues.refuse_if_any()
        return cls(id=id, url=url, events=known, is_active=True, created_at=now, created_after=newest, cursor=newest)

    def wound_back(self, cursor: Cursor | None, *, newest: Cursor) -> Webhook:
        """The webhook as it has to tell again of everything after a cursor, or after its creation where that is None.

        It is active again. One that was active misses nothing, so that a cursor ahead of it moves it nowhere; one that
        was not starts at the cursor, and is not told of the rest of what it has missed.
        """
        asked = self.created_after if cursor is None else cursor
        return replace(self, is_active=True, cursor=min(asked, self.cursor if self.is_active else newest))


def new_secret() -> str:
    """What signs a webhook's calls: 256 random bits, spelled as Standard Webhooks has it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _check_url(url: str, issues: Issues) -> None:
    if not is_media_url(url):
        message = "`url` must be an http or https URL of at most 2048 bytes."
        issues.add("url", code=IssueCode.INVALID_VALUE, message=message)
    elif "@" in urlsplit(url).netloc:
        message = "`url` must not hold a user name or a password: every call is signed instead."
        issues.add("url", code=IssueCode.INVALID_VALUE, message=message)


def _read_events(names: Iterable[str], issues: Issues) -> tuple[EventType, ...]:
    """The events that these are the names of, each once."""
    known = {event.value for event in EventType}
    found = set()
    for place, name in enumerate(names):
        if name in known:
            found.add(EventType(name))
        else:
            near = nearest_name(name, known)
            hint = f"known events are {', '.join(EventType)}." if near is None else f"did you mean {near}?"
            message = f"`events.{place}` is not an event: {hint}"
            issues.add("events", str(place), code=IssueCode.INVALID_VALUE, message=message)
    return tuple(event for event in EventType if event in found)
