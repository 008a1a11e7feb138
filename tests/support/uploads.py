"""The application with a home of its own for files, and uploads to it."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx

from app.main import create_app
from app.settings import Settings
from tests.support.clock import Clock, Ids
from tests.support.files import END, FORM, part


@asynccontextmanager
async def serving_files(
    database_url: str, clock: Clock, home: Path, key: str, **settings: Any
) -> AsyncIterator[httpx.AsyncClient]:
    """A client with a key of the whole application in this process; its files are kept in the home."""
    app = create_app(Settings(database_url=database_url, home=home, **settings), clock=clock, new_id=Ids())
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://redraft.test") as client:
            client.headers["Authorization"] = f"Bearer {key}"
            yield client


async def upload(
    client: httpx.AsyncClient, content: bytes, *, path: str = "/v1/media", key: str | None = None, **texts: str
) -> httpx.Response:
    """Upload a file with a name and a type that it does not have. key: the idempotency key."""
    form = b"".join(part(name, text.encode()) for name, text in texts.items())
    form += part("file", content, filename="../../etc/passwd.html", content_type="text/html")
    return await send(client, form + END, path=path, headers={} if key is None else {"Idempotency-Key": key})


async def send(
    client: httpx.AsyncClient,
    form: bytes | AsyncIterable[bytes],
    *,
    path: str = "/v1/media",
    headers: dict[str, str] | None = None,
) -> httpx.Response:
    return await client.post(path, content=form, headers={**FORM, **(headers or {})})


def files_in(home: Path) -> list[str]:
    """Every file in the home, wherever it is."""
    return sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
