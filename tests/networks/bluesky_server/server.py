"""The reference server, in a process of its own, and what its accounts can see and do without Redraft."""

from __future__ import annotations

import base64
import hmac
import json
import re
import secrets
import subprocess
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import time
from types import TracebackType
from typing import Any, Final, Self

import httpx

from tests.support.server import environment

FOLDER: Final = Path(__file__).parent

_ADMIN: Final = "the-admin-of-the-test"


@dataclass(frozen=True, kw_only=True)
class Person:
    """An account on the server, signed in."""

    did: str
    handle: str
    password: str
    token: str


class ReferenceServer:
    """It ends with the context, and also when this process does."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._log = folder / "server.log"
        self._process: subprocess.Popen[str] | None = None
        self._numbers = count(1)
        self._jwt_secret = secrets.token_hex(16)
        self._client = httpx.Client(trust_env=False, timeout=30)
        self.address = ""

    def __enter__(self) -> Self:
        with self._log.open("w") as log:
            self._process = subprocess.Popen(
                ["node", "start.mjs", str(self._folder)],
                cwd=FOLDER,
                env=environment(self._folder, JWT_SECRET=self._jwt_secret, ADMIN_PASSWORD=_ADMIN),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if (ready := re.fullmatch(r"(http://127\.0\.0\.1:\d+)\n", line)) is not None:
                self.address = ready[1]
                return self
        self._end()
        raise AssertionError(f"The reference server did not start:\n{self._log.read_text()}")

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        self._end()

    def sign_up(self) -> Person:
        """A new account."""
        handle, password = f"person{next(self._numbers)}.test", secrets.token_hex(8)
        body = {"handle": handle, "password": password, "email": f"{handle}@example.com"}
        told = self._call("com.atproto.server.createAccount", body)
        return Person(did=told["did"], handle=handle, password=password, token=told["accessJwt"])

    def posts(self, person: Person) -> list[dict[str, Any]]:
        """uri, cid and value of each."""
        query = {"repo": person.did, "collection": "app.bsky.feed.post"}
        found: list[dict[str, Any]] = self._call("com.atproto.repo.listRecords", query=query)["records"]
        return found

    def file(self, person: Person, blob: dict[str, Any]) -> bytes:
        """The bytes that a post's blob stands for."""
        query = {"did": person.did, "cid": blob["ref"]["$link"]}
        answer = self._client.get(f"{self.address}/xrpc/com.atproto.sync.getBlob", params=query)
        assert answer.status_code == 200, answer.text
        return answer.content

    def create_app_password(self, person: Person) -> str:
        told = self._call("com.atproto.server.createAppPassword", {"name": "redraft"}, token=person.token)
        password: str = told["password"]
        return password

    def revoke_app_password(self, person: Person) -> None:
        self._call("com.atproto.server.revokeAppPassword", {"name": "redraft"}, token=person.token)

    def deactivate(self, person: Person) -> None:
        self._call("com.atproto.server.deactivateAccount", {}, token=person.token)

    def take_down(self, person: Person) -> None:
        """What a server's owner does to an account."""
        subject = {"$type": "com.atproto.admin.defs#repoRef", "did": person.did}
        body = {"subject": subject, "takedown": {"applied": True, "ref": "1"}}
        self._call("com.atproto.admin.updateSubjectStatus", body, admin=True)

    def delete(self, person: Person, uri: str) -> None:
        _, _, _, collection, key = uri.split("/")
        body = {"repo": person.did, "collection": collection, "rkey": key}
        self._call("com.atproto.repo.deleteRecord", body, token=person.token)

    def end_session(self, refresh_token: str) -> None:
        """What signing out does."""
        self._call("com.atproto.server.deleteSession", token=refresh_token)

    def expired(self, token: str) -> str:
        """The same token of the server's own, but for its time, which was up an hour ago."""
        header, claims, _ = token.split(".")
        past = _decoded(claims) | {"iat": int(time()) - 3 * 3600, "exp": int(time()) - 3600}
        signed = f"{header}.{_encoded(json.dumps(past).encode())}"
        return f"{signed}.{_encoded(hmac.digest(self._jwt_secret.encode(), signed.encode(), 'sha256'))}"

    def _call(
        self,
        name: str,
        body: dict[str, Any] | None = None,
        *,
        query: dict[str, str] | None = None,
        token: str | None = None,
        admin: bool = False,
    ) -> dict[str, Any]:
        answer = self._client.request(
            "POST" if query is None else "GET",
            f"{self.address}/xrpc/{name}",
            params=query,
            json=body,
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
            auth=("admin", _ADMIN) if admin else None,
        )
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json() if answer.content else {}
        return told

    def _end(self) -> None:
        process = self._process
        assert process is not None
        assert process.stdin is not None
        assert process.stdout is not None
        self._client.close()
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait(timeout=30)


def _decoded(part: str) -> dict[str, Any]:
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return claims


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()
