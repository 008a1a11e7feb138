"""Cursors: a place in a list, as opaque text."""

from __future__ import annotations

import base64
from uuid import UUID

import orjson
from graphql import GraphQLError

from app.domain.events import Cursor
from app.domain.history import Revision
from app.domain.listing import Position, PostOrder
from app.domain.post import Post
from app.domain.schedule import format_instant, parse_instant


def cursor_of(post: Post, order: PostOrder) -> str:
    position = Position.of(post, order)
    instant = None if position.instant is None else format_instant(position.instant)
    return base64.urlsafe_b64encode(orjson.dumps([order, instant, position.post_id.hex])).decode()


def read_cursor(cursor: str, order: PostOrder) -> Position:
    """Raises GraphQLError for text that is not a cursor, or is one of another order."""
    try:
        of_order, instant, post_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        if of_order == order:
            return Position(instant=None if instant is None else parse_instant(instant), post_id=UUID(post_id))
    except (ValueError, TypeError, AttributeError):
        pass
    raise GraphQLError("`after` must be a cursor of a list in the same order.", extensions={"code": "BAD_USER_INPUT"})


def revision_cursor(revision: Revision) -> str:
    return base64.urlsafe_b64encode(orjson.dumps(["revision", revision.version])).decode()


def read_revision_cursor(cursor: str) -> int:
    """The version of the revision. Raises GraphQLError for text that is not a revision's cursor."""
    try:
        kind, version = orjson.loads(base64.urlsafe_b64decode(cursor))
        if kind == "revision" and type(version) is int and 0 < version < 2**31:
            return version
    except (ValueError, TypeError):
        pass
    raise GraphQLError("`after` must be a cursor of a post's history.", extensions={"code": "BAD_USER_INPUT"})


def read_event_cursor(cursor: str) -> Cursor:
    """Raises GraphQLError for text that is not an event's cursor."""
    try:
        return Cursor.read(cursor)
    except ValueError:
        raise no_event_cursor() from None


def no_event_cursor() -> GraphQLError:
    """What to raise for a cursor that no event was delivered with."""
    return GraphQLError("`after` must be the cursor of an event.", extensions={"code": "BAD_USER_INPUT"})
