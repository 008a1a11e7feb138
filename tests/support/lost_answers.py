"""A connection to PostgreSQL that breaks at the worst moment: after COMMIT was done, before its answer arrives."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Self

from tests.support.postgresql import PostgresqlServer


class LosingAnswers:
    """Passes everything on, both ways, until `lose` is set: then the answer to the next COMMIT is not."""

    def __init__(self, server: PostgresqlServer) -> None:
        self._server = server
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.lose = threading.Event()
        self.lost = 0

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def url(self, url: str) -> str:
        """The URL of a database of the server, by way of this."""
        name = url.partition("@/")[2].partition("?")[0]
        return f"postgresql://redraft@127.0.0.1:{self._listener.getsockname()[1]}/{name}?sslmode=disable"

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(f"{self._server.folder}/.s.PGSQL.{self._server.port}")
                has_committed = threading.Event()
                for pump in (self._ask, self._answer):
                    threading.Thread(target=pump, args=(client, server, has_committed), daemon=True).start()

    def _ask(self, client: socket.socket, server: socket.socket, has_committed: threading.Event) -> None:
        with suppress(OSError):
            while sent := client.recv(65536):
                if self.lose.is_set() and b"COMMIT\0" in sent:
                    has_committed.set()
                server.sendall(sent)
        server.close()

    def _answer(self, client: socket.socket, server: socket.socket, has_committed: threading.Event) -> None:
        with suppress(OSError):
            while answered := server.recv(65536):
                if has_committed.is_set():
                    self.lose.clear()
                    self.lost += 1
                    client.shutdown(socket.SHUT_RDWR)
                    break
                client.sendall(answered)
        client.close()
