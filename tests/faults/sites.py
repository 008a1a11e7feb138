"""Local servers that do what the documentation of networks says, and take as long over it as they are told to."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from json import loads

from aiohttp import web

from tests.networks.peer import parts_of

GUILD = "199737254929760256"
CHANNEL = "199737254929760257"


@dataclass(slots=True)
class Channel:
    """Discord's: it keeps every message that it gets, and has no key by which it would know one again.

    wait: what goes on between a message and its answer.
    """

    url: str = ""
    wait: Callable[[], Awaitable[object]] | None = None
    messages: list[str] = field(default_factory=list)

    @property
    def credentials(self) -> dict[str, str]:
        return {"webhook_url": f"{self.url}/api/webhooks/223704706495545344/a-token-that-only-tests-know"}

    async def take(self, request: web.Request) -> web.Response:
        if request.method == "GET":
            return web.json_response({"id": "223704706495545344", "type": 1, "guild_id": GUILD})
        (part,) = parts_of(request.headers, await request.read())
        content = part.content
        self.messages.append(loads(content)["content"])
        number = len(self.messages)
        if self.wait is not None:
            await self.wait()
        return web.json_response({"id": f"90{number}", "channel_id": CHANNEL})


@dataclass(slots=True)
class Timeline:
    """Mastodon's: a status that comes again under its Idempotency-Key is the one that is there already.

    wait: what goes on between a status and its answer. calls: by key.
    """

    url: str = ""
    wait: Callable[[], Awaitable[object]] | None = None
    calls: Counter[str] = field(default_factory=Counter)
    statuses: dict[str, str] = field(default_factory=dict)

    @property
    def credentials(self) -> dict[str, str]:
        return {"base_url": self.url, "access_token": "a-token-that-only-tests-know"}

    async def take(self, request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        self.calls[key] += 1
        self.statuses.setdefault(key, (await request.json())["status"])
        if self.wait is not None:
            await self.wait()
        number = list(self.statuses).index(key) + 1
        return web.json_response({"id": str(number), "url": f"https://mastodon.test/@mybrand/{number}"})


@asynccontextmanager
async def serving(take: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """The base URL of a server on this machine that answers everything so."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", take)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
