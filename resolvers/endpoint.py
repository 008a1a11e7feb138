"""The GraphQL endpoint: one POST, one operation; queries over GET; streams; the explorer for browsers.

It is mounted as it is, beside FastAPI's routes and not through them: resolving dependencies for every request would
cost two fifths of the throughput. How an operation is read, found, run and answered is told in resolvers.operations;
here is the order in which that happens. The transports of subscriptions are Strawberry's.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from graphql import GraphQLError, OperationType
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL, GRAPHQL_TRANSPORT_WS_PROTOCOL

from app.http.access import Gate, allowance_headers
from app.http.body import UnreadableRequest
from app.http.headers import header_value, header_values
from app.http.hosts import is_loopback, without_port
from app.http.request_id import request_id_of
from app.monitoring.logs import bind
from resolvers.context import Context
from resolvers.graphiql.page import CONTENT_SECURITY_POLICY, is_built, render_page
from resolvers.limits import check_cost
from resolvers.operations.answers import Manner, Statuses, answer_to, answer_to_failure, as_result, is_refused
from resolvers.operations.cache import Operations
from resolvers.operations.deadlines import Deadlines, Timeouts
from resolvers.operations.execution import execute
from resolvers.operations.media_types import MediaType, accepted
from resolvers.operations.preparing import InvalidOperation, Rules
from resolvers.operations.requests import PARAMETERS, read_request
from resolvers.persisted.documents import AnyDocuments
from resolvers.subscriptions.sse import EventStream
from resolvers.subscriptions.websocket import Connection, Messages

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping

    from starlette.types import Receive, Scope, Send
    from strawberry import Schema
    from strawberry.http import GraphQLHTTPResponse

    from resolvers.operations.answers import Answer
    from resolvers.operations.operation import Operation
    from resolvers.operations.requests import Asked
    from resolvers.persisted.documents import Documents
    from resolvers.subscriptions.feeds import Feeds

OPERATIONS_OF_A_CONNECTION: Final = 50
"""Operations that may run at once over one WebSocket."""

_SUBSCRIPTIONS: Final = "Send subscriptions with Accept: text/event-stream, or over WebSocket (graphql-transport-ws)."

_CONTENT_TYPES: Final = {
    MediaType.JSON: (b"content-type", b"application/json"),
    MediaType.GRAPHQL: (b"content-type", b"application/graphql-response+json; charset=utf-8"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the endpoint lets through, and how it answers. gets: whether queries may be sent with GET."""

    rules: Rules = field(default_factory=Rules)
    timeouts: Timeouts = field(default_factory=Timeouts)
    statuses: Statuses = Statuses.AUDIT
    gets: bool = True
    shows_explorer: bool = True


class GraphQLEndpoint(GraphQL["Context | None", None]):
    """The ASGI application of one path."""

    schema: Schema
    websocket_adapter_class = Messages
    graphql_transport_ws_handler_class = Connection
    stream_transport_classes_by_protocol = {GRAPHQL_SSE_PROTOCOL: EventStream}  # noqa: RUF012 - the base class's own way

    def __init__(
        self, schema: Schema, *, path: str, policy: Policy | None = None, documents: Documents | None = None
    ) -> None:
        """documents: what may be asked for; any text, where it is left out."""
        super().__init__(
            schema,
            # Named one by one: the legacy graphql-ws would be among them.
            subscription_protocols=(GRAPHQL_TRANSPORT_WS_PROTOCOL, GRAPHQL_SSE_PROTOCOL),
            connection_init_wait_timeout=timedelta(seconds=10),
            max_subscriptions_per_connection=OPERATIONS_OF_A_CONNECTION,
        )
        self._path = path
        self._policy = policy or Policy()
        self._documents = documents or AnyDocuments()
        self._deadlines = Deadlines(self._policy.timeouts)
        self.operations = Operations(schema, self._policy.rules)
        self._stream = EventStream()
        self.demo_key: str | None = None
        """Written into the explorer's page, for whoever can load it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await self.run(WebSocket(scope, receive, send))
            return
        request = Request(scope, receive)
        response = self._explorer(request) if self._wants_explorer(request) else await self._answer(request)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        usual = self._policy.statuses.usual_type
        wanted = accepted(",".join(header_values(request, b"accept")), otherwise=usual)
        manner = self._manner(request, wanted.media_type or usual)
        try:
            context = await self.admit(request)
            if wanted.media_type is None and not wanted.takes_events:
                raise UnreadableRequest(406, f"Answers are {MediaType.GRAPHQL} or {MediaType.JSON}.")
            asked = await read_request(request, gets=self._policy.gets)
            if wanted.prefers_events:
                return await self._answer_with_events(request, asked, context)
            operation, cost = await self._find(asked, context, only_reads=request.method == "GET")
            if operation.kind is OperationType.SUBSCRIPTION:
                if wanted.takes_events:
                    return await self._answer_with_events(request, asked, context)
                raise UnreadableRequest(406, _SUBSCRIPTIONS)
            result = await execute(self.schema, operation, asked.variables, context, self._deadlines)
            answer = answer_to(result, manner, cost=cost)
        except Exception as failure:  # noqa: BLE001 - logged, and answered without a trace of it
            answer = answer_to_failure(failure, manner)
        return _JsonResponse(request, answer, manner.media_type)

    async def admit(self, request: Request) -> Context:
        """What the resolvers of one operation know. Raises what Gate.admit raises."""
        gate: Gate = request.app.state.gate
        return Context(await gate.admit(request), request.app.state.feeds)

    async def results(self, asked: Asked, context: Context, *, only_reads: bool = False) -> AsyncGenerator[Any]:
        """What an operation comes to, over a transport that takes any number of results: each as answer_to takes it.

        Raises, before the first, what keeps it from being executed.
        """
        operation, _ = await self._find(asked, context, only_reads=only_reads)
        if operation.kind is not OperationType.SUBSCRIPTION:
            result = await execute(self.schema, operation, asked.variables, context, self._deadlines)
            if is_refused(result):
                raise InvalidOperation(result.errors or ())
            yield result
            return
        context.operation = operation
        stream = await self.schema.stream(
            operation.text, variable_values=asked.variables, context_value=context, operation_name=operation.name
        )
        async with aclosing(stream):
            async for event in stream:
                yield event

    async def _find(self, asked: Asked, context: Context, *, only_reads: bool) -> tuple[Operation, int]:
        """The operation that is asked for, and what it costs with its variables."""
        text = self._documents.text_of(asked)
        operation = self.operations.known(text, asked.operation_name)
        if operation is None:
            client = context.caller.key.public_id
            async with self._deadlines.of(OperationType.QUERY):
                operation = await self.operations.prepare(text, asked.operation_name, client=client)
        bind(operation=operation.root_field)
        if only_reads and operation.kind is OperationType.MUTATION:
            raise UnreadableRequest(405, "Send mutations with POST.", headers={"Allow": "POST"})
        cost = operation.cost_for(asked.variables or {})
        try:
            check_cost(cost, self._policy.rules.limits)
        except GraphQLError as error:
            raise InvalidOperation([error]) from None
        return operation, cost

    def _manner(self, request: Request, media_type: MediaType) -> Manner:
        return Manner(
            request_id=request_id_of(request.scope),
            media_type=media_type,
            statuses=self._policy.statuses,
            most_errors=self._policy.rules.limits.errors,
        )

    # Streams: Strawberry calls these.

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> None:
        """None of the connection's own: each of its operations has one."""

    async def process_result(self, request: Request, result: Any) -> GraphQLHTTPResponse:
        answer = answer_to(result, self._manner(request, MediaType.JSON))
        return cast("GraphQLHTTPResponse", answer.body)

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

    async def _answer_with_events(self, request: Request, asked: Asked, context: Context) -> Response:
        async def results() -> AsyncIterator[Any]:
            try:
                async for result in self.results(asked, context, only_reads=request.method == "GET"):
                    yield result
            except Exception as failure:  # noqa: BLE001 - it is shown as any error is
                yield as_result(failure)

        response = await self.get_sub_response(request)
        response.headers.update(allowance_headers(request))
        return await self._create_streaming_response(request, cast(Any, results()), "sse", response)

    def is_stopping(self, request: Request | WebSocket) -> bool:
        feeds: Feeds = request.app.state.feeds
        return feeds.are_ended

    def errors(self, request: Request, failure: Exception) -> list[dict[str, Any]]:
        """The `errors` of an operation that was not executed: as a client may see them."""
        errors: list[dict[str, Any]] = answer_to_failure(failure, self._manner(request, MediaType.JSON)).body["errors"]
        return errors

    def encode_json(self, data: object) -> bytes:
        return orjson.dumps(data)

    # The explorer.

    def _wants_explorer(self, request: Request) -> bool:
        if request.method != "GET" or not self._policy.shows_explorer:
            return False
        return "text/html" in header_value(request, b"accept") and request.query_params.keys().isdisjoint(PARAMETERS)

    def _explorer(self, request: Request) -> Response:
        bind(operation="explorer")
        # Asked for under another name, the page may be on its way to a stranger: a site whose name was made to mean
        # this machine, or somebody behind a proxy.
        is_own_name = is_loopback(without_port(header_value(request, b"host")))
        headers = {"Content-Security-Policy": CONTENT_SECURITY_POLICY} if is_built() else {}
        page = render_page(endpoint=self._path, demo_key=self.demo_key if is_own_name else None)
        return HTMLResponse(page, headers={"Cache-Control": "no-store", **headers})


class _JsonResponse(Response):
    """One whose headers are as ASGI has them: Starlette's takes a while to make them so."""

    def __init__(self, request: Request, answer: Answer, media_type: MediaType) -> None:
        self.status_code = answer.status
        self.background = None
        self.body = orjson.dumps(answer.body)
        self.raw_headers = [_CONTENT_TYPES[media_type], (b"content-length", b"%d" % len(self.body))]
        for name, value in (*allowance_headers(request).items(), *answer.headers.items()):
            self.raw_headers.append((name.lower().encode("latin-1"), value.encode("latin-1")))
