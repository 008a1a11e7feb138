"""Headers and body leave together, and nothing waits longer than the turn of the loop in which it was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest
import uvicorn
from uvicorn.server import ServerState

from app.http.joined_writes import HttpProtocol, JoinedWrites


class Sending(asyncio.Transport):
    """A transport that notes each call of its own `write`, and which of them came after it was closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 7)})
        self.sent: list[bytes] = []
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._is_closing
        self.sent.append(bytes(data))

    def write_eof(self) -> None:
        self.sent.append(b"(end)")

    def close(self) -> None:
        self._is_closing = True

    def is_closing(self) -> bool:
        return self._is_closing


@pytest.fixture
async def sending() -> AsyncIterator[Sending]:
    yield Sending()
    await asyncio.sleep(0)  # what a transport would still do is done, and fails here


def over(sending: Sending) -> asyncio.Transport:
    return cast(asyncio.Transport, JoinedWrites(sending, asyncio.get_running_loop().call_soon))


async def test_headers_and_body_are_sent_with_one_call_as_soon_as_both_are_there(sending: Sending) -> None:
    joined = over(sending)

    joined.write(b"headers ")
    assert sending.sent == []
    joined.write(b"body")

    assert sending.sent == [b"headers body"]
    await asyncio.sleep(0)
    assert sending.sent == [b"headers body"]


async def test_what_nothing_follows_is_sent_before_the_next_turn(sending: Sending) -> None:
    joined = over(sending)

    for part in (b"headers ", b"first ", b"second "):
        joined.write(part)
    await asyncio.sleep(0)
    joined.write(b"third")
    await asyncio.sleep(0)

    assert sending.sent == [b"headers first ", b"second ", b"third"]


async def test_an_answer_without_a_body_is_sent_by_itself(sending: Sending) -> None:
    joined = over(sending)

    joined.write(b"headers")
    joined.write(b"")
    joined.write(b"")
    await asyncio.sleep(0)

    assert sending.sent == [b"headers"]


async def test_what_was_written_is_sent_before_the_connection_is_closed(sending: Sending) -> None:
    joined = over(sending)

    joined.write(b"the last words")
    joined.close()

    assert sending.sent == [b"the last words"]
    assert joined.is_closing()


async def test_nothing_is_sent_over_a_connection_that_was_lost_meanwhile(sending: Sending) -> None:
    joined = over(sending)

    joined.write(b"headers")
    sending.close()
    joined.write(b"body")
    joined.write(b"more")
    await asyncio.sleep(0)

    assert sending.sent == []


async def test_it_is_otherwise_the_transport_it_stands_for(sending: Sending) -> None:
    assert over(sending).get_extra_info("peername") == ("127.0.0.1", 7)


async def test_what_is_held_goes_before_whatever_is_sent_in_another_way(sending: Sending) -> None:
    joined = over(sending)

    joined.write(b"headers ")
    joined.writelines([b"one ", b"two"])
    joined.write(b"the last")
    joined.write_eof()

    assert sending.sent == [b"headers one two", b"the last", b"(end)"]


async def test_who_sends_no_more_still_gets_what_was_written() -> None:
    """Over sockets: a loop closes a connection that its peer has closed half, before it comes to what is held."""
    beneath: list[asyncio.Transport] = []
    protocols: list[HttpProtocol] = []

    class Noting(HttpProtocol):
        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            beneath.append(transport)
            protocols.append(self)
            super().connection_made(transport)

    loop = asyncio.get_running_loop()
    config = uvicorn.Config(answering, log_config=None, ws="none")
    config.load()

    server = await loop.create_server(lambda: Noting(config, ServerState(), {}), "127.0.0.1", 0)
    try:
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
        assert await reader.readuntil(b"\r\n\r\n")
        [protocol] = protocols
        protocol.transport.write(b"last words")
        protocol.eof_received()
        beneath[0].close()

        assert await reader.read() == b"last words"
        writer.close()
        await writer.wait_closed()
    finally:
        server.close()
        await server.wait_closed()


async def answering(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": []})
    await send({"type": "http.response.body"})
