"""The owner's own endpoint, as Standard Webhooks asks for one: it remembers ids, and publishes each of them once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

from aiohttp import web
from standardwebhooks import Webhook

from tests.faults.sites import serving


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Receiver:
    """calls: by webhook-id, how often it was called. published: by webhook-id, the text that came first, and
    published_at, when it came. at_once: by account, and by "" for all of them, the most calls that there were at once.

    wait: what goes on between a call and its answer. clock: by which calls must have been signed within five minutes.
    """

    secret: str
    url: str = ""
    wait: Callable[[str], Awaitable[None]] | None = None
    clock: Callable[[], datetime] = utc_now
    calls: Counter[str] = field(default_factory=Counter)
    published: dict[str, str] = field(default_factory=dict)
    published_at: dict[str, datetime] = field(default_factory=dict)
    at_once: Counter[str] = field(default_factory=Counter)
    _on_the_wire: Counter[str] = field(default_factory=Counter)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def credentials(self) -> dict[str, str]:
        return {"url": self.url, "secret": self.secret}

    async def until(self, condition: Callable[[], bool], *, within: float) -> None:
        """Wait until it holds; it is asked after every call. within: seconds."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(condition)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        self._verify(request, body)
        id = request.headers["webhook-id"]
        data = json.loads(body)["data"]
        self.calls[id] += 1
        self.published.setdefault(id, data["content"])
        self.published_at.setdefault(id, self.clock())
        async with self._changed:
            self._changed.notify_all()
        names = (str(data["account_id"]), "")
        for name in names:
            self._on_the_wire[name] += 1
            self.at_once[name] = max(self.at_once[name], self._on_the_wire[name])
        try:
            if self.wait is not None:
                await self.wait(data["content"])
        finally:
            self._on_the_wire.subtract(names)
        return web.json_response({"platform_post_id": id, "platform_post_url": f"https://receiver.test/{id}"})

    def _verify(self, request: web.Request, body: bytes) -> None:
        """As the library's verify does, which knows no clock but the machine's."""
        signed = datetime.fromtimestamp(int(request.headers["webhook-timestamp"]), UTC)
        signature = Webhook(self.secret).sign(request.headers["webhook-id"], signed, body.decode())
        assert signature in request.headers["webhook-signature"].split(" ")
        assert abs((self.clock() - signed).total_seconds()) < 300


@asynccontextmanager
async def receiving(secret: str) -> AsyncIterator[Receiver]:
    receiver = Receiver(secret)
    async with serving(receiver.take) as receiver.url:
        yield receiver
