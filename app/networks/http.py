"""HTTP to the outside: posts to networks, webhooks to whoever wants them, files that a post names.

Where to is what anybody who may make an account has typed. So calls go to the public internet only, follow no
redirect, take no proxy or password from the environment, keep no cookies, and read an answer only so far. No
connection is used twice: one that the other side has just closed would fail a call in a way that leaves open whether
it was heard.
"""

from __future__ import annotations

import json as json_format
from collections.abc import Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Final, Literal

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, TCPConnector, TraceConfig
from yarl import URL

from app.domain.publishing import Refused, TryLater, Unanswered
from app.networks.addresses import public_socket
from app.networks.failures import CallFailed, Failure, by_status, without_answer, without_connection

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import timedelta
    from types import SimpleNamespace

    from aiohttp import ClientResponse, FormData

ANSWER_LIMIT: Final = 1024 * 1024
"""Bytes of an answer that are read."""

_PIECE: Final = 64 * 1024
_NO_HEADERS: Final[Mapping[str, str]] = {}
_HEADERS: Final[Mapping[str, str]] = {
    "User-Agent": "Redraft",
    # What is compressed may be far longer than it seems, so nothing is asked for compressed, or unpacked.
    "Accept-Encoding": "identity",
}


@asynccontextmanager
async def open_http(*, allow_private: bool, timeout: float) -> AsyncIterator[Http]:  # noqa: ASYNC109 - for its calls
    """HTTP for as long as the context lasts.

    allow_private: whether addresses may be called that are not on the public internet. timeout: seconds that one call
    may take in all, from the look at the name to the last byte of the answer.
    """
    connector = TCPConnector(
        force_close=True,
        limit=0,  # how much goes on at once is for the caller to bound; waiting here would use up its timeout
        socket_factory=None if allow_private else public_socket,
    )
    async with ClientSession(
        connector=connector,
        timeout=ClientTimeout(total=timeout),
        trust_env=False,
        cookie_jar=DummyCookieJar(),
        auto_decompress=False,
        trace_configs=[_connection_trace()],
        headers=_HEADERS,
    ) as session:
        yield Http(session, timeout=timeout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer of any status. headers: whatever case their names are asked for in. body: None where it broke off, or
    was longer than ANSWER_LIMIT."""

    host: str
    status: int
    headers: Mapping[str, str]
    body: bytes | None
    is_harmless: bool

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def object(self) -> Mapping[str, object] | None:
        """The JSON object that the body is, if it is one."""
        try:
            value = json_format.loads(self.body or b"")
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None

    def failure(self, said: str | None = None, *, wait: timedelta | None = None) -> CallFailed:
        """What to raise when it is not a success. said: the network's own reason, fit to be shown, as in said.py.
        wait: what the network asks for elsewhere than in Retry-After."""
        return self._failed(by_status(self.host, self.status, self.headers, said=said, wait=wait))

    def unreadable(self) -> CallFailed:
        """What to raise when it is a success that does not say what it should: who knows what has answered."""
        return self._failed(Unanswered(reason=f"{self.host} answered {self.status}, and nothing that can be read."))

    def _failed(self, failure: Failure) -> CallFailed:
        return CallFailed(_judged(failure, is_harmless=self.is_harmless))


class Http:
    """Calls, each with a time limit. What goes wrong is raised as CallFailed, which says what it comes to."""

    def __init__(self, session: ClientSession, *, timeout: float) -> None:
        self._session = session
        self._timeout = timeout

    async def call(
        self,
        method: Literal["GET", "POST"],
        url: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        json: object = None,
        data: bytes | FormData | None = None,
        harmless: bool = False,
    ) -> Answer:
        """One request, and its answer whatever its status. Raises CallFailed where none came.

        query: what to add to the URL's own. json or data: the body. harmless: whether nothing is out however the call
        ends (a sign-in, an upload that a post names later), so that no end of it is Unanswered.
        """
        if json is not None:
            data = json_format.dumps(json, ensure_ascii=False, separators=(",", ":")).encode()
            headers = {"Content-Type": "application/json", **headers}
        async with self._answering(method, url, query=query, headers=headers, data=data, is_harmless=harmless) as (
            host,
            response,
        ):
            return Answer(
                host=host,
                status=response.status,
                headers=response.headers,
                body=await _read(response, limit=ANSWER_LIMIT),
                is_harmless=harmless,
            )

    async def download(self, url: str, *, limit: int) -> bytes:
        """A file of at most limit bytes. Raises CallFailed, as Refused where trying again would be of no use."""
        async with self._answering("GET", url, is_harmless=True) as (host, response):
            answer = Answer(host=host, status=response.status, headers=response.headers, body=None, is_harmless=True)
            if not answer.is_success:
                raise answer.failure()
            body = await _read(response, limit=limit)
            if body is not None:
                return body
            if response.content.total_bytes > limit or (response.content_length or 0) > limit:
                raise CallFailed(Refused(reason=f"{host} sent a file of more than {limit} bytes."))
            raise CallFailed(TryLater(reason=f"{host} broke off in the middle of a file."))

    @asynccontextmanager
    async def _answering(
        self,
        method: str,
        url: str,
        *,
        is_harmless: bool,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] = _NO_HEADERS,
        data: bytes | FormData | None = None,
    ) -> AsyncIterator[tuple[str, ClientResponse]]:
        """An answer whose status is there and whose body is not yet, and who it is from."""
        address, host = _address(url)
        _refuse_unless_sendable(headers)
        connection = _Connection()
        try:
            response = await self._session.request(
                method,
                address.update_query(query or {}),
                headers=headers,
                data=BytesIO(data) if isinstance(data, bytes) else data,
                allow_redirects=False,
                trace_request_ctx=connection,
            )
        # TimeoutError is an OSError. ValueError: a host that cannot be looked up.
        except (ClientError, OSError, ValueError) as error:
            judge = without_answer if connection.is_made else without_connection
            failure = judge(host, error, timeout=self._timeout)
            # The error is not chained: it quotes the whole address, which may be a secret.
            raise CallFailed(_judged(failure, is_harmless=is_harmless)) from None
        async with response:
            yield host, response


class _Connection:
    """Whether a call has got a connection: from then on its first bytes may have been read."""

    is_made = False


def _connection_trace() -> TraceConfig:
    trace: TraceConfig = TraceConfig()

    async def note(session: ClientSession, context: SimpleNamespace, parameters: object) -> None:
        context.trace_request_ctx.is_made = True

    trace.on_connection_create_end.append(note)
    return trace


def _address(url: str) -> tuple[URL, str]:
    """A URL and who it leads to. Raises CallFailed."""
    try:
        address = URL(url)
        host = address.host
    except ValueError:
        host = None
    if not host or address.scheme not in ("http", "https"):
        raise CallFailed(Refused(reason="The address is not one that can be called."))
    if address.user is not None or address.password is not None:
        raise CallFailed(Refused(reason="The address holds a user name or a password, and none is sent that way."))
    return address, address.host_port_subcomponent or host


def _refuse_unless_sendable(headers: Mapping[str, str]) -> None:
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise CallFailed(Refused(reason="The account's credentials hold characters that cannot be sent."))


async def _read(response: ClientResponse, *, limit: int) -> bytes | None:
    """The body; None where it breaks off or is longer than the limit."""
    body = bytearray()
    try:
        async for piece in response.content.iter_chunked(_PIECE):
            body += piece
            if len(body) > limit:
                return None
    except (ClientError, OSError):
        return None
    return bytes(body)


def _judged(failure: Failure, *, is_harmless: bool) -> Failure:
    if is_harmless and isinstance(failure, Unanswered):
        return TryLater(reason=failure.reason)
    return failure
