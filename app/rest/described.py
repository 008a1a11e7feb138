"""How a field of an answer is documented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import Field

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic.config import JsonDict


def described(description: str, *examples: object, among: Iterable[str] | None = None) -> Any:
    """The annotation of a field: what it says, what it may look like, and the values it can have if they are few."""
    extra: JsonDict = {} if among is None else {"enum": [str(value) for value in among]}
    return Field(description=description, examples=list(examples), json_schema_extra=extra or None)
