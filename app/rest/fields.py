"""Reading the fields of a JSON body: everything that can be read, and an issue for everything that cannot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from app.domain.errors import InputIssue, IssueCode
from app.domain.ids import read_uuid
from app.domain.schedule import parse_instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

M = TypeVar("M", bound=BaseModel)

_SAID: Final = {
    "string_type": "must be text",
    "string_unicode": "must be text",
    "dict_type": "must be an object",
    "list_type": "must be a list",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_parsing_size": "must be a whole number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "greater_than_equal": "must be at least {ge}",
    "less_than_equal": "must be at most {le}",
    "enum": "must be {expected}",
    "value_error": "{error}",
}
"""The parser's name of a problem: what is said of it."""


def _read_instant(value: object) -> object:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text")
    return parse_instant(value)


def read_whole(value: object) -> object:
    """A number as JSON Schema sees it, for which 35.0 is an integer. Larger floats are not exact."""
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 2**53 else value


def _read_uuid(value: object) -> UUID:
    id = read_uuid(value) if isinstance(value, str) else None
    if id is None:
        raise ValueError("must be a UUID, as text")
    return id


InstantText = Annotated[
    datetime, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
WholeNumber = Annotated[int, BeforeValidator(read_whole)]
UuidText = Annotated[UUID, BeforeValidator(_read_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]


def as_clients_see_it(schema: dict[str, Any], model: type[Fields]) -> None:
    """Say what is accepted: no other names, and null where it means something.

    Made-up titles go, and null as a default, which is not what leaving a field out means.
    """
    for name, field in schema["properties"].items():
        field.pop("default", None)
        field.pop("title", None)
        if name in (*model.required, *model.never_null) and "anyOf" in field:
            kinds = [kind for kind in field.pop("anyOf") if kind != {"type": "null"}]
            field.update(kinds[0] if len(kinds) == 1 else {"anyOf": kinds})
    if model.required:
        schema["required"] = list(model.required)
    schema["additionalProperties"] = False


class Fields(BaseModel):
    """A body in which every field is optional. Types are strict: "5" is not a number, and 1 is not true.

    required: the fields that are documented as required. never_null: those that may be left out, and not be null.
    Whoever reads the body looks for both.
    """

    model_config = ConfigDict(strict=True, extra="ignore", json_schema_extra=as_clients_see_it)

    required: ClassVar[tuple[str, ...]] = ()
    never_null: ClassVar[tuple[str, ...]] = ()


def read_fields(model: type[M], body: Mapping[str, Any]) -> tuple[M, tuple[InputIssue, ...]]:
    """The fields of a body that are well-formed, and an issue for each of the others.

    Of a list, the well-formed items are kept, so that what is wrong with them can be told at the same time.
    """
    try:
        return model.model_validate(body), ()
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False)
        readable = _without(body, [problem["loc"] for problem in problems])
        issues = (issue_of(problem["loc"], problem["type"], problem.get("ctx", {})) for problem in problems)
        return model.model_validate(readable), tuple(issues)


def sent(fields: BaseModel) -> dict[str, Any]:
    """The fields that were in the body, null ones included; what was left out is not there."""
    values = vars(fields)  # getattr would warn of a deprecated field, which is the client's to know, not ours
    return {name: values[name] for name in fields.model_fields_set}


def issue_of(location: tuple[int | str, ...], problem: str, context: Mapping[str, Any]) -> InputIssue:
    """What the parser found, in our words. problem: the parser's name for it; context: the values it gave with it."""
    path = tuple(str(part) for part in location)
    said = _SAID.get(problem, "cannot be read").format_map(context)
    if problem == "enum":
        said = said.replace("'", "")
    return InputIssue(path=path, code=IssueCode.INVALID_VALUE, message=f"`{'.'.join(path)}` {said}.")


def _without(body: Mapping[str, Any], malformed: Iterable[tuple[int | str, ...]]) -> dict[str, Any]:
    """A body without its malformed fields. A field that holds a list loses only the items that are malformed."""
    readable = dict(body)
    items: dict[str, set[int]] = {}
    for name, *inside in malformed:
        if inside and isinstance(inside[0], int):
            items.setdefault(str(name), set()).add(inside[0])
        else:
            readable.pop(str(name), None)
    for name, positions in items.items():
        readable[name] = [item for position, item in enumerate(body[name]) if position not in positions]
    return readable
