"""A proxy in front of a server: it notes what is called, and makes calls fail as networks do."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from aiohttp import ClientSession, web

Forward: TypeAlias = Callable[[], Awaitable[web.Response]]
Fault: TypeAlias = Callable[[Forward], Awaitable[web.Response | None]]
"""Answers in the server's place; None breaks the connection. What it is given hands the call on to the server."""


class Proxy:
    """calls: the names of all calls so far. told: the last answer to each name."""

    def __init__(self, server: str) -> None:
        self.address = ""
        self.calls: list[str] = []
        self.told: dict[str, Any] = {}
        self._server = server
        self._faults: dict[str, list[Fault]] = {}

    def fail(self, name: str, fault: Fault) -> None:
        """The next call of that name fails; said twice, the one after it too."""
        self._faults.setdefault(name, []).append(fault)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Proxy]:
        application = web.Application(client_max_size=2**28)
        application.router.add_route("*", "/xrpc/{name}", self._answer)
        async with ClientSession(auto_decompress=False) as self._client:
            runner = web.AppRunner(application, shutdown_timeout=0.1)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0]
            self.address = f"http://{host}:{port}"
            try:
                yield self
            finally:
                await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        self.calls.append(name)
        body = await request.read()

        async def forward() -> web.Response:
            kept = ("Authorization", "Content-Type")
            headers = {key: request.headers[key] for key in kept if key in request.headers}
            url = f"{self._server}{request.path_qs}"
            async with self._client.request(request.method, url, headers=headers, data=body or None) as response:
                content = await response.read()
                self.told[name] = json.loads(content) if content else None
                headers = {key: value for key, value in response.headers.items() if key in _PASSED_BACK}
                return web.Response(status=response.status, body=content, headers=headers)

        faults = self._faults.get(name, [])
        answer = await (faults.pop(0)(forward) if faults else forward())
        if answer is None:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        return answer


_PASSED_BACK = ("Content-Type", "Date", "RateLimit-Reset", "RateLimit-Limit", "RateLimit-Remaining")


def answers(status: int, body: object, headers: Mapping[str, str] | None = None) -> Fault:
    """The call does not reach the server."""

    async def fault(forward: Forward) -> web.Response:
        return web.json_response(body, status=status, headers=headers)

    return fault


def does_and_answers(status: int, body: object) -> Fault:
    """The server has done it, and whoever called is told something else."""

    async def fault(forward: Forward) -> web.Response:
        await forward()
        return web.json_response(body, status=status)

    return fault


async def does_and_breaks_off(forward: Forward) -> None:
    """The server has done it, and the answer is lost."""
    await forward()


async def breaks_off(forward: Forward) -> None:
    """The call is lost."""


async def does_and_stays_silent(forward: Forward) -> web.Response:
    """The server has done it, and whoever called waits in vain."""
    await forward()
    await asyncio.Event().wait()
    raise AssertionError


def changes(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Fault:
    """What the server answers is changed on the way back."""

    async def fault(forward: Forward) -> web.Response:
        answer = await forward()
        assert isinstance(answer.body, bytes)
        return web.json_response(change(json.loads(answer.body)), status=answer.status)

    return fault
