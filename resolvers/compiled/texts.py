"""What writes the commonest scalars, of one type each: the texts are those of the schema's own serializers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import orjson

from app.domain.schedule import format_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def uuid_text(value: UUID) -> str:
    """str, in a quarter of its time."""
    return orjson.dumps(value).decode()[1:-1]


WRITERS: Final[Mapping[Callable[[Any], str], tuple[type, Callable[[Any], str]]]] = {
    str: (UUID, uuid_text),
    format_instant: (datetime, format_instant),
}
"""By the serializer of a scalar: the type that it usually writes, and what writes values of that type alike."""
