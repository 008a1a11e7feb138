"""Headers and body leave together, and nothing waits longer than the turn of the loop in which it was written."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import cast

import pytest

from app.http.joined_writes import JoinedWrites


class Sending(asyncio.Transport):
    """A transport that notes each call of its own `write`, and which of them came after it was closed."""

    def __init__(self) -> None:
        super().__init__({"peername": ("127.0.0.1", 7)})
        self.sent: list[bytes] = []
        self._is_closing = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._is_closing
        self.sent.append(bytes(data))

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
