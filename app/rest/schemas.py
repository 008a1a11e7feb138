"""The shapes of answers in OpenAPI: named where a route is documented, described when somebody asks for the document.

FastAPI would describe the model of every answer of every route when it starts and again on the first request, at half
a second each. Nobody waits for that here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable

_COMPONENT = "#/components/schemas/{model}"


def content_of(shape: Any, **more: Any) -> dict[str, Any]:
    """The JSON content of an answer of this shape, with its example or examples."""
    return {"application/json": {"schema": {"$ref": _COMPONENT.format(model=shape.__name__)}, **more}}


def add_shapes(document: dict[str, Any], shapes: Iterable[Any]) -> None:
    """Add the shapes that content_of named, and the shapes inside them, to an OpenAPI document."""
    adapters: list[tuple[Any, Literal["serialization"], TypeAdapter[Any]]] = [
        (shape, "serialization", TypeAdapter(shape)) for shape in shapes
    ]
    _, described = TypeAdapter.json_schemas(adapters, ref_template=_COMPONENT)
    document.setdefault("components", {}).setdefault("schemas", {}).update(described["$defs"])
