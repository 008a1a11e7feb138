"""What a command came to, as JSON and back: its answer or its refusal, for the repeat of a request.

A value is read back as an equal value of the same type. Only types that are named here are ever made from JSON.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final
from uuid import UUID

from app.commands.create_post import CreatedPost
from app.commands.create_webhook import CreatedWebhook
from app.commands.redeliver_webhook import RedeliveredWebhook
from app.commands.retry_post import RetriedPost
from app.commands.update_post import UpdatedPost
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import InputIssue, IssueCode, Refusal
from app.domain.events import Cursor
from app.domain.history import EventType
from app.domain.kind import PostKind
from app.domain.media import Media, MediaType
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.domain.rule_overrides import RuleOverrides
from app.domain.schedule import format_instant, parse_instant
from app.domain.webhook import Webhook


def _refusals(kind: type[Refusal]) -> Iterator[type[Refusal]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _refusals(narrower)


_VALUES: Final[Mapping[str, Any]] = {
    kind.__name__: kind
    for kind in (
        *(Post, Destination, Account, RuleOverrides, Media, Webhook, Cursor, InputIssue),
        *(UpdatedPost, CreatedPost, RetriedPost, CreatedWebhook, RedeliveredWebhook),
        *(PostKind, PostStatus, DestinationStatus, MediaType, Platform, EventType, IssueCode),
        *_refusals(Refusal),
    )
}


def _can_be_made(value: object) -> bool:
    """Whether the name of its type is the name of this type, and of no other."""
    return _VALUES.get(type(value).__name__) is type(value)


def to_json(value: object) -> Any:
    """Raises TypeError for a value of a type that could not be read back."""
    match value:
        case Enum() | Refusal() if not _can_be_made(value):
            raise TypeError(f"{type(value).__name__} cannot be read back from JSON")
        case Enum():
            return {"type": type(value).__name__, "value": value.value}
        case None | bool() | int() | float() | str():
            return value
        case datetime():
            return {"instant": format_instant(value)}
        case UUID():
            return {"uuid": str(value)}
        case list():
            return [to_json(item) for item in value]
        case tuple() if type(value) is tuple:
            return {"tuple": [to_json(item) for item in value]}
        case frozenset():
            return {"set": [to_json(item) for item in sorted(value)]}
        case Mapping():
            return {"object": {key: to_json(item) for key, item in value.items()}}
        case Refusal():
            # Every refusal keeps what it was made from under the same names.
            names = list(inspect.signature(type(value)).parameters)
        case Post():
            names = list(value._fields)
        case _ if is_dataclass(value) and _can_be_made(value):
            names = [field.name for field in fields(value)]
        case _:
            raise TypeError(f"{type(value).__name__} cannot be read back from JSON")
    return {"type": type(value).__name__, "fields": {name: to_json(getattr(value, name)) for name in names}}


def from_json(json: Any) -> Any:
    """What to_json was given.

    It may have been given it by another release: a field that this one does not have is passed over, and one that
    the other did not have gets its default, so that a field which is added to one of these types needs a default.
    """
    match json:
        case {"instant": text}:
            return parse_instant(text)
        case {"uuid": text}:
            return UUID(text)
        case {"tuple": items}:
            return tuple(from_json(item) for item in items)
        case {"set": items}:
            return frozenset(from_json(item) for item in items)
        case {"object": members}:
            return {key: from_json(item) for key, item in members.items()}
        case {"type": name, "value": value}:
            return _VALUES[name](value)
        case {"type": name, "fields": members}:
            kind = _VALUES[name]
            known = inspect.signature(kind).parameters
            return kind(**{key: from_json(item) for key, item in members.items() if key in known})
        case list():
            return [from_json(item) for item in json]
        case _:
            return json
