"""Reading the fields of a JSON body: everything that can be read, and an issue for everything that cannot."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, WithJsonSchema

from app.domain.errors import InputIssue, IssueCode
from app.domain.schedule import parse_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

M = TypeVar("M", bound=BaseModel)


def _read_instant(value: object) -> object:
    if value is None or isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError("must be text")
    return parse_instant(value)


def _read_uuid(value: object) -> UUID:
    if not isinstance(value, str):
        raise ValueError("must be a UUID, as text")
    try:
        return UUID(value)
    except ValueError:
        raise ValueError("must be a UUID") from None


InstantText = Annotated[
    datetime, BeforeValidator(_read_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
UuidText = Annotated[UUID, BeforeValidator(_read_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]


class Fields(BaseModel):
    """A body in which every field is optional. Types are strict: "5" is not a number, and 1 is not true."""

    model_config = ConfigDict(strict=True, extra="ignore")


def read_fields(model: type[M], body: Mapping[str, Any]) -> tuple[M, tuple[InputIssue, ...]]:
    """The fields of a body that are well-formed, and an issue for each of the others."""
    try:
        return model.model_validate(body), ()
    except ValidationError as error:
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        malformed = {problem["loc"][0] for problem in problems}
        readable = {name: value for name, value in body.items() if name not in malformed}
        return model.model_validate(readable), tuple(_issue_of(problem["loc"], problem["msg"]) for problem in problems)


def sent(fields: BaseModel) -> dict[str, Any]:
    """The fields that were in the body, null ones included; what was left out is not there."""
    values = vars(fields)  # getattr would warn of a deprecated field, which is the client's to know, not ours
    return {name: values[name] for name in fields.model_fields_set}


def _issue_of(location: tuple[int | str, ...], message: str) -> InputIssue:
    path = tuple(str(part) for part in location)
    said = message.removeprefix("Value error, ").removeprefix("Input should be ")
    verb = "" if said != message and message.startswith("Value error") else "should be "
    return InputIssue(path=path, code=IssueCode.INVALID_VALUE, message=f"`{'.'.join(path)}` {verb}{said}.")
