"""What OpenAPI says of the values in a request, as far as a schema can say it. That they are so, others check."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic import WithJsonSchema

from app.domain.media import URL_LIMIT
from app.domain.platforms import OVERRIDE_FIELDS, Platform

if TYPE_CHECKING:
    from collections.abc import Callable

_WITHOUT_NUL: Final = r"^[^\u0000]*$"
_NOT_BLANK: Final = r"^[^\u0000]*[^\s\u0000\u001c-\u001f\u0085][^\u0000]*$"
_HTTP: Final = r"^https?://([!$&-.0-;=A-Z_a-z~]+@)?[0-9A-Za-z._~-]+(:[0-9]{1,4})?([/?#][!-~]*)?$"

HIGHEST_INTEGER: Final = 2**31 - 1
"""GraphQL has none above it, and what one edge takes, the others can show."""


def text(*, is_blank_allowed: bool = True, **more: object) -> WithJsonSchema:
    """Any text that can be stored. more: keywords of JSON Schema, such as maxLength in Unicode code points."""
    return WithJsonSchema(text_schema(is_blank_allowed=is_blank_allowed, **more))


def text_schema(*, is_blank_allowed: bool = True, **more: object) -> dict[str, Any]:
    return {"type": "string", "pattern": _WITHOUT_NUL if is_blank_allowed else _NOT_BLANK, **more}


def whole_number(least: int, most: int = HIGHEST_INTEGER) -> WithJsonSchema:
    return WithJsonSchema({"type": "integer", "minimum": least, "maximum": most})


def list_of(**keywords: object) -> Callable[[dict[str, Any]], None]:
    """Says more of a field that is a list, or null. keywords: of JSON Schema, such as maxItems."""

    def say(schema: dict[str, Any]) -> None:
        next(kind for kind in schema["anyOf"] if kind["type"] == "array").update(keywords)

    return say


ADDRESS: Final[dict[str, Any]] = {"type": "string", "pattern": _HTTP, "maxLength": URL_LIMIT}
"""An http or https URL."""

OVERRIDES: Final[dict[str, Any]] = {
    "type": "object",
    "propertyNames": {"enum": [str(platform) for platform in Platform]},
    "additionalProperties": {
        "type": "object",
        "propertyNames": {"enum": list(OVERRIDE_FIELDS)},
        "additionalProperties": text_schema(),
    },
}
"""platform_content."""
