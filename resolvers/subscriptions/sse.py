"""GraphQL over server-sent events, "distinct connections mode": a request with `Accept: text/event-stream`."""

from __future__ import annotations

from typing import Final

from strawberry.http.streaming import SSETransport

KEEP_ALIVE: Final = 12.0
"""Seconds of silence after which a comment is sent: proxies give a connection up after 15 or more."""


class EventStream(SSETransport):
    def __init__(self) -> None:
        super().__init__(heartbeat_interval=KEEP_ALIVE)

    @property
    def complete(self) -> str:
        return self.encode_complete()
