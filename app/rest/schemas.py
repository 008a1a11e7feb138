"""The shapes of answers in OpenAPI: named where a route is documented, described when somebody asks for the document.

FastAPI would describe the model of every answer of every route when it starts and again on the first request, at half
a second each. Nobody waits for that here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
    for content in _contents(document):
        for holder, key in _examples(content):
            holder[key] = _with_nulls(holder[key], content["schema"], described["$defs"])


def _contents(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for methods in document["paths"].values():
        for route in methods.values():
            for response in route["responses"].values():
                yield from response.get("content", {}).values()


def _examples(content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    if "example" in content:
        yield content, "example"
    for example in content.get("examples", {}).values():
        yield example, "value"


def _with_nulls(example: Any, schema: dict[str, Any], shapes: dict[str, Any]) -> Any:
    """An example with the nulls that FastAPI takes out of a document: fields that are always there are there again."""
    if isinstance(example, list):
        items = _shape_of(example, schema, shapes).get("items", {})
        return [_with_nulls(item, items, shapes) for item in example]
    if not isinstance(example, dict):
        return example
    shape = _shape_of(example, schema, shapes)
    fields = shape.get("properties", {})
    always = {name: None for name in fields if name in shape.get("required", ())}
    return always | {name: _with_nulls(value, fields.get(name, {}), shapes) for name, value in example.items()}


def _shape_of(example: dict[str, Any] | list[Any], schema: dict[str, Any], shapes: dict[str, Any]) -> dict[str, Any]:
    """The schema that describes this example, where several could."""
    if "$ref" in schema:
        schema = shapes[schema["$ref"].rpartition("/")[2]]
    for option in schema.get("anyOf", ()):
        shape = _shape_of(example, option, shapes)
        names = shape.get("properties", {}).keys()
        if ("items" in shape) if isinstance(example, list) else (names and example.keys() <= names):
            return shape
    return schema
