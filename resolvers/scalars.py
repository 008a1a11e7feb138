"""The scalars of the schema: strict on the way in, one spelling on the way out."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, NewType
from uuid import UUID

import strawberry
from graphql import GraphQLError

from app.domain.ids import read_uuid
from app.domain.schedule import format_instant, parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from strawberry.types.scalar import ScalarDefinition

JSON = NewType("JSON", object)


def _parse_datetime(value: object) -> datetime:
    if not isinstance(value, str):
        raise GraphQLError("A DateTime must be text.")
    try:
        return parse_instant(value)
    except ValueError as error:
        raise GraphQLError(f"A DateTime {error}.") from None


def _parse_uuid(value: object) -> UUID:
    uuid = read_uuid(value) if isinstance(value, str) else None
    if uuid is None:
        raise GraphQLError("A UUID must be text such as a1b2c3d4-e5f6-7890-abcd-ef1234567890.")
    return uuid


SCALARS: Mapping[Any, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description=(
            "RFC 3339 with an offset on the way in (no bare dates, no naive times); "
            "UTC with milliseconds and Z on the way out."
        ),
        specified_by_url="https://www.rfc-editor.org/rfc/rfc3339",
        serialize=format_instant,
        parse_value=_parse_datetime,
    ),
    UUID: strawberry.scalar(
        name="UUID",
        description="A UUID as text: 32 hexadecimal digits, with or without hyphens.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc9562",
        serialize=str,
        parse_value=_parse_uuid,
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value.",
        specified_by_url="https://www.rfc-editor.org/rfc/rfc8259",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
}
