"""The owner's own endpoint, as Standard Webhooks asks for one: it remembers ids, and publishes each of them once."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web
from standardwebhooks import Webhook


@dataclass(slots=True)
class Receiver:
    """calls: by webhook-id, how often it was called. published: by webhook-id, the text that came first."""

    secret: str
    url: str = ""
    pause: Callable[[], float] = lambda: 0.0
    calls: Counter[str] = field(default_factory=Counter)
    published: dict[str, str] = field(default_factory=dict)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.read()
        Webhook(self.secret).verify(body.decode(), dict(request.headers))
        id = request.headers["webhook-id"]
        self.calls[id] += 1
        self.published.setdefault(id, json.loads(body)["data"]["content"])
        await asyncio.sleep(self.pause())
        return web.json_response({"platform_post_id": id, "platform_post_url": f"https://receiver.test/{id}"})


@asynccontextmanager
async def receiving(secret: str) -> AsyncIterator[Receiver]:
    receiver = Receiver(secret)
    application = web.Application()
    application.router.add_post("/", receiver.take)
    runner = web.AppRunner(application, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    receiver.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    try:
        yield receiver
    finally:
        await runner.cleanup()
