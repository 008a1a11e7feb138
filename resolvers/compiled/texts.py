"""How the commonest scalars are written, only faster: the texts are those of the schema's own serializers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def uuid_text(value: UUID) -> str:
    """str, in a quarter of its time."""
    return orjson.dumps(value).decode()[1:-1]


def instant_text(value: datetime) -> str:
    """format_instant, in a third of its time."""
    if value.tzinfo is not UTC:
        return format_instant(value)
    text = orjson.dumps(value).decode()  # with quotes, and with six decimals or, on the second, with none
    return f"{text[1:24]}Z" if value.microsecond else f"{text[1:20]}.000Z"


FASTER: Final[Mapping[Callable[[Any], str], tuple[type, Callable[[Any], str]]]] = {
    str: (UUID, uuid_text),
    format_instant: (datetime, instant_text),
}
"""By the serializer of a scalar: what it usually writes, and what writes that alike."""
