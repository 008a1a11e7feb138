"""The GraphQL endpoint: Strawberry's ASGI app, strict about requests and discreet about failures.

It is mounted as it is, beside FastAPI's routes and not through them: resolving dependencies for every request would
cost two fifths of the throughput. Authentication, limits and error shapes are the methods of this class.

The same operations are taken as JSON, as a stream of events and over WebSocket; the first takes no subscriptions.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import orjson
from cross_web import HTTPException
from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http import GraphQLHTTPResponse, GraphQLRequestData
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types.graphql import OperationType

from app.domain.errors import ErrorCode, Refusal
from app.http.access import Gate, allowance_headers, refusal_headers
from app.http.body import UnreadableRequest, parse_json_object, read_json_object
from app.http.failures import report_failure
from app.http.hosts import is_loopback, without_port
from app.http.request_id import request_id_of
from app.monitoring.logs import bind
from resolvers.context import Context
from resolvers.graphiql.page import CONTENT_SECURITY_POLICY, is_built, render_page
from resolvers.subscriptions.sse import EventStream
from resolvers.subscriptions.websocket import Connection, Messages

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping

    from cross_web import AsyncHTTPRequestAdapter
    from starlette.types import Receive, Scope, Send
    from strawberry import Schema
    from strawberry.types import ExecutionResult

    from resolvers.subscriptions.feeds import Feeds

STATUSES: Final = {
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.REQUEST_IN_PROGRESS: 409,
    ErrorCode.IDEMPOTENCY_KEY_REUSED: 422,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.UNAVAILABLE: 503,
}
"""Refusals that concern the request, not a post: they are answered with a status and a top-level error."""

_QUOTED: Final = re.compile(r"(,|\?) found: .*", re.DOTALL | re.IGNORECASE)
"""Where a message about an input object quotes the object: it may hold credentials."""


OPERATIONS_OF_A_CONNECTION: Final = 50
"""Operations that may run at once over one WebSocket."""


class GraphQLEndpoint(GraphQL["Context | None", None]):
    """One POST, one operation; queries over GET; the explorer for browsers."""

    websocket_adapter_class = Messages
    graphql_transport_ws_handler_class = Connection
    stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: EventStream}  # noqa: RUF012 - the base class's own way

    def __init__(self, schema: Schema, *, path: str) -> None:
        super().__init__(
            schema,
            # Named one by one: the legacy graphql-ws would be among them.
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=OPERATIONS_OF_A_CONNECTION,
        )
        self._path = path
        self._stream = EventStream()
        self.demo_key: str | None = None
        """Written into the explorer's page, for whoever can load it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        try:
            if self._wants_explorer(request):
                bind(operation="explorer")
                response = self._explorer(request)
            else:
                response = await self.run(request)
        except Refusal as refusal:
            response = _refusal(request, refusal)
        except UnreadableRequest as error:
            response = _errors(request, error.status, error.message, "BAD_REQUEST", headers=error.headers)
        except HTTPException as error:
            response = _http_error(request, error)
        except Exception as error:  # noqa: BLE001 - logged, and answered without a trace of it
            message = report_failure(request_id_of(scope), error)
            response = _errors(request, 500, message, ErrorCode.INTERNAL)
        await response(scope, receive, send)

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context | None:
        """Of a WebSocket None: each of its operations has a context of its own."""
        if not (isinstance(request, Request) and isinstance(response, Response)):
            return None
        gate: Gate = request.app.state.gate
        caller = await gate.admit(request)
        response.headers.update(allowance_headers(request))
        request.state.response = response
        return Context.of(caller, request.app.state.feeds)

    async def parse_http_body(self, request: AsyncHTTPRequestAdapter) -> GraphQLRequestData:
        if request.method == "GET":
            body = dict(request.query_params)
            for name in ("variables", "extensions"):
                if body.get(name) in ("", "null"):
                    del body[name]
                elif name in body:
                    body[name] = parse_json_object(str(body[name]), called=name)  # type: ignore[assignment]
        else:
            body = await read_json_object(request._request)  # type: ignore[attr-defined]
        return GraphQLRequestData(
            query=_field(body, "query", str),
            variables=_field(body, "variables", dict),
            operation_name=_field(body, "operationName", str),
            extensions=_field(body, "extensions", dict),
            protocol="sse" if self._stream.accepts(request.headers.get("accept", "")) else "http",
        )

    async def process_result(self, request: Request, result: ExecutionResult) -> GraphQLHTTPResponse:
        answer: GraphQLHTTPResponse = {"data": result.data}
        if result.errors:
            for error in result.errors:
                refusal = error.original_error
                if isinstance(refusal, Refusal) and refusal.code in STATUSES:
                    request.state.response.status_code = STATUSES[refusal.code]
                    request.state.response.headers.update(refusal_headers(refusal))
                    answer["data"] = None
            answer["errors"] = [_shown(request, error) for error in result.errors]
        if result.extensions:
            answer["extensions"] = result.extensions
        return answer

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        async def unless_stopping() -> AsyncIterator[str]:
            async for event in stream():
                if event == self._stream.complete and self.is_stopping(request):
                    return  # the client is to see that the stream was cut off, and to come back
                yield event

        return await super().create_streaming_response(request, unless_stopping, sub_response, headers)

    def is_stopping(self, request: Request | WebSocket) -> bool:
        feeds: Feeds = request.app.state.feeds
        return feeds.are_ended

    def request_errors(self, request: Request, message: str, code: str) -> list[dict[str, Any]]:
        """The `errors` of an operation that was not even begun."""
        return [{"message": message, "extensions": {"code": code, "requestId": request_id_of(request.scope)}}]

    def failure_errors(self, request: Request, error: Exception) -> list[dict[str, Any]]:
        """The `errors` of an operation that was not answered: as a client may see them."""
        if isinstance(error, Refusal):
            return self.request_errors(request, error.message, error.code)
        message = report_failure(request_id_of(request.scope), error)
        return self.request_errors(request, message, ErrorCode.INTERNAL)

    def should_render_graphql_ide(self, request: Any) -> bool:
        return False  # __call__ has looked: the explorer needs no key

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    def _wants_explorer(self, request: Request) -> bool:
        wants_page = "text/html" in request.headers.get("accept", "")
        return request.method == "GET" and wants_page and "query" not in request.query_params

    def _explorer(self, request: Request) -> Response:
        # Asked for under another name, the page may be on its way to a stranger: a site whose name was made to mean
        # this machine, or somebody behind a proxy.
        is_own_name = is_loopback(without_port(request.headers.get("host", "")))
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY} if is_built() else {}
        page = render_page(endpoint=self._path, demo_key=self.demo_key if is_own_name else None)
        return HTMLResponse(page, headers={"Cache-Control": "no-store", **headers})


def _field(body: dict[str, Any], name: str, kind: type) -> Any:
    value = body.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise UnreadableRequest(400, f"{name} must be {'text' if kind is str else 'an object'}, or left out.")


def _shown(request: Request, error: GraphQLError) -> dict[str, Any]:
    """An error as a client may see it: its own mistakes in full, ours as no more than the request's id."""
    shown: dict[str, Any] = dict(error.formatted)
    extensions = dict(error.extensions or {})
    original = error.original_error
    if (misasked := _misasked(original)) is not None:
        extensions["code"] = "BAD_REQUEST"
        shown["message"] = misasked.message
    elif isinstance(original, Refusal):
        extensions["code"] = original.code
    elif original is None or isinstance(original, GraphQLError):
        extensions.setdefault("code", "BAD_USER_INPUT")
        shown["message"] = _QUOTED.sub(lambda quoted: "?" if quoted[1] == "?" else ".", error.message)
    else:
        shown["message"] = report_failure(request_id_of(request.scope), original)
        extensions = {"code": ErrorCode.INTERNAL}
    shown["extensions"] = {**extensions, "requestId": request_id_of(request.scope)}
    return shown


def _misasked(error: BaseException | None) -> UnreadableRequest | None:
    """How a request is answered that asks for no operation, or for one that cannot be had in this way."""
    match error:
        case MissingQueryError():
            return UnreadableRequest(400, "No GraphQL query found in the request")
        case CannotGetOperationTypeError(operation_name=None):
            message = "The document must hold one operation, or operationName must say which of them to run."
            return UnreadableRequest(400, message)
        case CannotGetOperationTypeError():
            return UnreadableRequest(400, error.as_http_error_reason())
        case InvalidOperationTypeError(operation_type=OperationType.SUBSCRIPTION):
            message = "Send subscriptions with Accept: text/event-stream, or over WebSocket (graphql-transport-ws)."
            return UnreadableRequest(406, message)
        case InvalidOperationTypeError():
            return UnreadableRequest(405, "Send mutations with POST.", headers={"Allow": "POST"})
    return None


def _refusal(request: Request, refusal: Refusal) -> Response:
    headers = refusal_headers(refusal)
    return _errors(request, STATUSES[refusal.code], refusal.message, refusal.code, headers=headers)


def _http_error(request: Request, error: HTTPException) -> Response:
    if error.status_code == 405:
        return _errors(request, 405, error.reason, "BAD_REQUEST", headers={"Allow": "GET, POST"})
    if (misasked := _misasked(error.__cause__)) is not None:
        return _errors(request, misasked.status, misasked.message, "BAD_REQUEST", headers=misasked.headers)
    return _errors(request, error.status_code, error.reason, "BAD_REQUEST")


def _errors(
    request: Request, status: int, message: str, code: str, *, headers: dict[str, str] | None = None
) -> Response:
    extensions = {"code": code, "requestId": request_id_of(request.scope)}
    return Response(
        orjson.dumps({"errors": [{"message": message, "extensions": extensions}]}),
        status_code=status,
        media_type="application/json",
        headers={**allowance_headers(request), **(headers or {})},
    )
