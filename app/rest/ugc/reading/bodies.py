"""What `POST /post` and `POST /post/status` accept."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.domain.errors import PostNotFound
from app.domain.listing import PostFilter
from app.domain.schedule import parse_instant
from app.rest.fields import read_fields
from app.rest.ugc.examples import ACCOUNT_ID, POST_ID
from app.rest.ugc.fields import AnyAccountId, PostIdText, UgcFields, invalid_name, refuse_if_any
from app.rest.ugc.ids import read_account_id, read_post_id

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

_A_MILLISECOND: Final = timedelta(milliseconds=1)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _day_or_instant(time_of_day: str) -> Callable[[object], object]:
    """Reads an instant, or a date, which stands for a time of its day in UTC."""

    def read(value: object) -> object:
        if value is None or isinstance(value, datetime):
            return value
        if not isinstance(value, str):
            raise ValueError("must be text")
        return parse_instant(f"{value}T{time_of_day}Z" if _DATE.fullmatch(value) else value)

    return read


_INSTANT: Final = WithJsonSchema(
    {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]}
)
_Start = Annotated[datetime, BeforeValidator(_day_or_instant("00:00:00.000")), _INSTANT]
_End = Annotated[datetime, BeforeValidator(_day_or_instant("23:59:59.999")), _INSTANT]


class ListBody(UgcFields):
    """Every field is optional, and narrows the list: a post is listed where it matches each of them."""

    accountIds: list[AnyAccountId] | None = Field(
        None, description="Posts on any of these accounts.", examples=[[ACCOUNT_ID]]
    )
    postIds: list[str] | None = Field(None, description="Posts of these ids.", examples=[[POST_ID]])
    startDate: _Start | None = Field(
        None,
        description="Posts that go out at this time or later: RFC 3339 with an offset, or a day in UTC.",
        examples=["2025-01-01"],
    )
    endDate: _End | None = Field(
        None,
        description="Posts that go out at this time or earlier, or until the end of this day in UTC.",
        examples=["2025-01-31T23:59:59Z"],
    )


class StatusBody(UgcFields):
    """The post to look at."""

    needed: ClassVar = {"postId": "the id of the post to look at"}

    postId: PostIdText | None = Field(None, description="The post.", examples=[POST_ID])


def read_filter(body: Mapping[str, Any]) -> PostFilter:
    """Raises InvalidFieldName and InvalidInput. An id that no post and no account can have matches nothing."""
    fields, issues = read_fields(ListBody, body)
    refuse_if_any(invalid_name(body, ListBody), issues)
    accounts, posts = fields.accountIds, fields.postIds
    return PostFilter(
        account_ids=None if accounts is None else frozenset(id for id in map(read_account_id, accounts) if id),
        post_ids=None if posts is None else frozenset(id for id in map(read_post_id, posts) if id),
        # A filter leaves its own instants out, and these two belong to the list.
        scheduled_after=_shifted(fields.startDate, -_A_MILLISECOND),
        scheduled_before=_shifted(fields.endDate, _A_MILLISECOND),
    )


def read_status(body: Mapping[str, Any]) -> UUID:
    """The post's id. Raises InvalidFieldName, InvalidInput, and PostNotFound for an id that no post can have."""
    fields, issues = read_fields(StatusBody, body)
    refuse_if_any(invalid_name(body, StatusBody), [*issues, *fields.missing(issues)])
    written = fields.postId or ""
    post_id = read_post_id(written)
    if post_id is None:
        raise PostNotFound(written)
    return post_id


def _shifted(instant: datetime | None, by: timedelta) -> datetime | None:
    try:
        return None if instant is None else instant + by
    except OverflowError:  # the first instant or the last one that can be written: no post is there
        return instant
