"""GraphQL over WebSocket, the protocol graphql-transport-ws: every operation is let in like a request of its own.

A connection shows its key in the payload of connection_init, {"Authorization": "Bearer KEY"}, or where it can set
them in the headers of its handshake. There are no cookies, so that a page of another origin has nothing to abuse; yet
only pages of this origin are let in, as they alone can send the endpoint requests over HTTP.
"""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, Final, cast

import orjson
from starlette.requests import Request
from starlette.websockets import WebSocketDisconnect, WebSocketState
from strawberry.asgi import ASGIWebSocketAdapter
from strawberry.http.exceptions import NonJsonMessageReceived, NonTextMessageReceived, WebSocketDisconnected
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.types.execution import PreExecutionError

from app.domain.errors import Refusal, Unauthenticated
from app.http.body import UnreadableRequest
from app.http.request_id import give_request_id
from resolvers.operations.requests import Asked

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping

    from starlette.types import Scope
    from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import Operation
    from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage, SubscribeMessage

    from resolvers.context import Context
    from resolvers.endpoint import GraphQLEndpoint

FORBIDDEN: Final = 4403
SERVICE_RESTART: Final = 1012
TRY_AGAIN_LATER: Final = 1013
"""Why a connection is closed. Clients of the protocol come back after the last two by themselves."""

_OF_THE_HANDSHAKE: Final = frozenset({b"authorization", b"idempotency-key"})
"""Headers that are not those of every operation."""


class Messages(ASGIWebSocketAdapter):
    """Messages as objects. What is not JSON, or no object, is told from what is."""

    async def iter_json(self, *, ignore_parsing_errors: bool = False) -> AsyncGenerator[object, None]:
        while self.ws.application_state != WebSocketState.DISCONNECTED:
            try:
                text = await self.ws.receive_text()
            except KeyError:
                raise NonTextMessageReceived from None
            except WebSocketDisconnect:
                return
            try:
                message = orjson.loads(text)
            except ValueError:
                raise NonJsonMessageReceived from None
            if not _is_message(message):
                raise NonJsonMessageReceived
            yield message

    async def send_json(self, message: Mapping[str, object]) -> None:
        try:
            await self.ws.send_text(orjson.dumps(message).decode())
        except (WebSocketDisconnect, RuntimeError) as error:  # the latter: it was closed meanwhile
            raise WebSocketDisconnected from error


def _is_message(message: object) -> bool:
    """Whether the types of a message are those that the protocol gives its fields."""
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        return False
    if not isinstance(message.get("id", ""), str):
        return False
    if message["type"] != "subscribe":
        return True
    payload = message.get("payload")
    return (
        isinstance(payload, dict)
        and isinstance(payload.get("query"), str | None)
        and isinstance(payload.get("variables"), dict | None)
        and isinstance(payload.get("operationName"), str | None)
        and isinstance(payload.get("documentId"), str | None)
        and isinstance(payload.get("extensions"), dict | None)
    )


class Connection(BaseGraphQLTransportWSHandler["Context | None", None]):
    """One connection. The order of its messages is Strawberry's; what an operation may do and show, the endpoint's."""

    _authorization = ""

    @property
    def _endpoint(self) -> GraphQLEndpoint:
        return cast("GraphQLEndpoint", self.view)

    @property
    def _scope(self) -> Scope:
        return cast(Messages, self.websocket).ws.scope

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        payload: Any = message.get("payload") or {}
        if isinstance(payload, dict) and not self.connection_init_received:
            shown = [value for name, value in payload.items() if name.lower() == "authorization"]
            headers = dict(self._scope["headers"])
            header = headers.get(b"authorization", b"").decode("latin-1")
            self._authorization = next((value for value in shown if isinstance(value, str)), header)
            try:
                await self._endpoint.admit(self._request())
            except Unauthenticated:
                await self.websocket.close(FORBIDDEN, "A valid API key is required.")
                return
            except Refusal as refusal:
                await self.websocket.close(TRY_AGAIN_LATER, refusal.message)
                return
        await super().handle_connection_init({"type": "connection_init", "payload": payload})

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        limit = self.max_subscriptions_per_connection
        if self.connection_acknowledged and limit is not None and len(self.operations) >= limit:
            said = f"A connection may run {limit} operations at once."
            errors = self._endpoint.errors(self._request(), UnreadableRequest(429, said))
            await self.websocket.send_json({"id": message["id"], "type": "error", "payload": errors})
            return
        payload: Any = message["payload"]
        payload["query"] = Asked.of(payload)  # Strawberry hands it on as it is, and knows no other parameters
        await super().handle_subscribe(message)

    async def run_operation(self, operation: Operation[Context | None, None]) -> None:
        request = self._request()
        try:
            answered = await self._answer(operation, request)
        except WebSocketDisconnected:
            return
        except Exception as error:  # noqa: BLE001 - logged, and answered without a trace of it
            answered = {"type": "error", "payload": self._endpoint.errors(request, error)}
        if self._endpoint.is_stopping(request):
            # Not complete: the client is to come back, to another process.
            await self.websocket.close(SERVICE_RESTART, "The server is stopping.")
            return
        await operation.send_operation_message(cast(Any, {"id": operation.id, **answered}))

    async def _answer(self, operation: Operation[Context | None, None], request: Request) -> dict[str, Any]:
        """Send every result; the answer is the operation's last message, without its id."""
        context = await self._endpoint.admit(request)
        asked = cast(Asked, operation.query)
        async with aclosing(self._endpoint.results(asked, context)) as results:
            async for result in results:
                payload: Any = await self._endpoint.process_result(request, result)
                if isinstance(result, PreExecutionError):
                    return {"type": "error", "payload": payload["errors"]}
                await operation.send_operation_message({"id": operation.id, "type": "next", "payload": payload})
        return {"type": "complete"}

    def _request(self) -> Request:
        """What an operation would be as a request over HTTP, with an id of its own."""
        scope = self._scope
        headers = [(name, value) for name, value in scope["headers"] if name not in _OF_THE_HANDSHAKE]
        headers.append((b"authorization", self._authorization.encode("latin-1", "replace")))
        request = {
            **scope,
            "type": "http",
            "method": "POST",
            "scheme": "https" if scope["scheme"] == "wss" else "http",
            "headers": headers,
            "state": dict(scope.get("state", {})),
        }
        give_request_id(request)
        return Request(request)
