"""A bucket that speaks as much of S3's protocol as keeping files takes, on a loopback port."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import md5
from xml.sax.saxutils import escape

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_ready.set()


class Bucket:
    """objects: by their keys in the bucket. requests: method and path of each, to see what was asked for."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.requests: list[str] = []
        self.address = ""
        self._parts: dict[int, bytes] = {}

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Bucket]:
        methods = ["GET", "HEAD", "PUT", "POST", "DELETE"]
        app = Starlette(routes=[Route("/{path:path}", self._answer, methods=methods)])
        server = _Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", lifespan="off"))
        task = asyncio.create_task(server.serve())
        await server.is_ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        try:
            yield self
        finally:
            server.should_exit = True
            await task

    async def _answer(self, request: Request) -> Response:
        _, _, key = request.url.path.removeprefix("/").partition("/")
        self.requests.append(f"{request.method} {request.url.path}")
        body = await request.body()
        query = request.query_params
        if request.method == "PUT" and "partNumber" in query:
            self._parts[int(query["partNumber"])] = body
            return Response(headers={"ETag": f'"{md5(body, usedforsecurity=False).hexdigest()}"'})
        if request.method == "PUT":
            self.objects[key] = body
            return Response(headers={"ETag": '"1"'})
        if request.method == "POST" and "uploads" in query:
            return _xml("<InitiateMultipartUploadResult><UploadId>1</UploadId></InitiateMultipartUploadResult>")
        if request.method == "POST" and "uploadId" in query:
            self.objects[key] = b"".join(part for _, part in sorted(self._parts.items()))
            self._parts.clear()
            return _xml("<CompleteMultipartUploadResult><ETag>1</ETag></CompleteMultipartUploadResult>")
        if request.method == "POST" and "delete" in query:
            keys = re.findall("<Key>(.*?)</Key>", body.decode())
            for removed in keys:
                self.objects.pop(removed, None)
            deleted = "".join(f"<Deleted><Key>{escape(removed)}</Key></Deleted>" for removed in keys)
            return _xml(f"<DeleteResult>{deleted}</DeleteResult>")
        if key not in self.objects:
            return Response(status_code=404)
        if request.method == "DELETE":
            del self.objects[key]
            return Response(status_code=204)
        return _part_of(self.objects[key], request.headers.get("range"))


def _part_of(content: bytes, asked: str | None) -> Response:
    headers = {"ETag": '"1"', "Last-Modified": "Sun, 12 Apr 2026 08:30:00 GMT"}
    if asked is None:
        return Response(content, headers=headers)
    first, _, last = asked.removeprefix("bytes=").partition("-")
    start, end = int(first), min(len(content), int(last) + 1)
    headers["Content-Range"] = f"bytes {start}-{end - 1}/{len(content)}"
    return Response(content[start:end], 206, headers=headers)


def _xml(content: str) -> Response:
    return Response(content, media_type="application/xml")
