"""What a client asks, as it arrives over HTTP: the request of the GraphQL over HTTP specification."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from app.http.body import UnreadableRequest, parse_json_object, read_json_object

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

PARAMETERS: Final = frozenset({"query", "operationName", "variables", "extensions", "documentId"})


class UnclearRequest(UnreadableRequest):
    """It can be read, and does not say what to execute. What its status is depends on resolvers.operations.answers."""

    def __init__(self, message: str) -> None:
        super().__init__(400, message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """query: the document's text. document_id and extensions may name it instead: see resolvers.persisted."""

    query: str | None
    operation_name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None
    document_id: str | None

    @classmethod
    def of(cls, parameters: Mapping[str, Any]) -> Asked:
        """Raises UnclearRequest for a parameter that is not of its type."""
        return cls(
            query=_parameter(parameters, "query", str),
            operation_name=_parameter(parameters, "operationName", str) or None,
            variables=_parameter(parameters, "variables", dict),
            extensions=_parameter(parameters, "extensions", dict),
            document_id=_parameter(parameters, "documentId", str),
        )


async def read_request(request: Request, *, gets: bool) -> Asked:
    """gets: whether GET is a way to ask. Raises UnreadableRequest: 405, 415, 413 or 400.

    Only a body of application/json is read. A page of another site can send a body of any simple type without asking
    (CSRF), and even that would lack the key, which no browser adds by itself.
    """
    if request.method == "POST":
        return Asked.of(await read_json_object(request))
    if request.method == "GET" and gets:
        return Asked.of(_of_address(request.query_params))
    allowed = "GET, POST" if gets else "POST"
    raise UnreadableRequest(405, f"Send operations with {allowed.replace(', ', ' or ')}.", headers={"Allow": allowed})


def _of_address(query: Mapping[str, str]) -> dict[str, Any]:
    parameters: dict[str, Any] = dict(query)
    for name in ("variables", "extensions"):
        if parameters.get(name) in ("", "null"):
            del parameters[name]
        elif name in parameters:
            parameters[name] = parse_json_object(parameters[name], called=name)
    return parameters


def _parameter(parameters: Mapping[str, Any], name: str, kind: type) -> Any:
    value = parameters.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise UnclearRequest(f"{name} must be {'text' if kind is str else 'an object'}, or left out.")
