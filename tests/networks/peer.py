"""The other side of a call: a real server on loopback that notes what it gets, and fails when it is told to."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from dataclasses import field as defaulting
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any, TypeAlias

from aiohttp import web

Handler: TypeAlias = Callable[[web.Request], Awaitable[web.StreamResponse]]
Fault: TypeAlias = Callable[[web.Request, Handler], Awaitable[web.StreamResponse]]
"""What happens to a request instead of what its handler does by itself."""


@dataclass(frozen=True, kw_only=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    connection: int


@dataclass(kw_only=True)
class Peer:
    """received: every request, in order. faults: for the next requests, one each; the rest are handled."""

    url: str
    received: list[Received] = defaulting(default_factory=list)
    faults: deque[Fault] = defaulting(default_factory=deque)


@asynccontextmanager
async def a_peer(handle: Handler) -> AsyncIterator[Peer]:
    """handle: what answers where no fault does."""
    peer = Peer(url="")
    mistakes: list[Exception] = []

    async def receive(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        peer.received.append(
            Received(
                method=request.method,
                path=request.path_qs,
                headers=request.headers,
                body=await request.read(),
                connection=id(request.transport),
            )
        )
        try:
            return await (peer.faults.popleft()(request, handle) if peer.faults else handle(request))
        except OSError:  # the caller has had enough
            raise
        except Exception as error:
            mistakes.append(error)
            raise

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", receive)
    runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        peer.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield peer
    finally:
        await runner.cleanup()
    assert mistakes == []  # a server that breaks by itself would look like one that was told to


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of a form. content: text where the part is no file."""

    name: str
    content: str | bytes
    filename: str | None = None
    content_type: str | None = None


def parts_of(headers: Mapping[str, str], body: bytes) -> list[Part]:
    """The parts of a form (multipart/form-data)."""
    head = f"Content-Type: {headers['Content-Type']}\r\n\r\n".encode()
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = []
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        assert isinstance(content, bytes)
        name, filename = part.get_param("name", header="Content-Disposition"), part.get_filename()
        parts.append(
            Part(name=str(name), content=content.decode())
            if filename is None
            else Part(name=str(name), content=content, filename=filename, content_type=part.get_content_type())
        )
    return parts


def answers(status: int, json: object = None, *, body: bytes = b"", headers: Mapping[str, str] | None = None) -> Fault:
    """An answer that the handler knows nothing of."""

    async def answer(request: web.Request, handle: Handler) -> web.StreamResponse:
        if json is not None:
            return web.json_response(json, status=status, headers=headers)
        return web.Response(status=status, body=body, headers=headers)

    return answer


async def accepts_and_never_answers(request: web.Request, handle: Handler) -> web.StreamResponse:
    await handle(request)
    await asyncio.Event().wait()
    raise AssertionError


async def accepts_and_hangs_up(request: web.Request, handle: Handler) -> web.StreamResponse:
    answer = await handle(request)
    assert request.transport is not None
    request.transport.abort()
    return answer


async def accepts_and_hangs_up_within_the_answer(request: web.Request, handle: Handler) -> web.StreamResponse:
    answer: Any = await handle(request)
    begun = web.StreamResponse(status=answer.status, headers={"Content-Length": str(len(answer.body))})
    await begun.prepare(request)
    await begun.write(answer.body[:5])
    assert request.transport is not None
    request.transport.close()
    return begun


async def accepts_and_answers_endlessly(request: web.Request, handle: Handler) -> web.StreamResponse:
    answer = await handle(request)
    endless = web.StreamResponse(status=answer.status)
    await endless.prepare(request)
    while True:
        await endless.write(b" " * 65536)


def accepts_and_answers(status: int, body: bytes = b"") -> Fault:
    """The call is heard, and something on its way back makes another answer of it."""

    async def answer(request: web.Request, handle: Handler) -> web.StreamResponse:
        await handle(request)
        return web.Response(status=status, body=body)

    return answer
