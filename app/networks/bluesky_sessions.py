"""Sessions of Bluesky accounts, and calls made in them (XRPC, atproto.com/specs/xrpc).

A password is shown as rarely as can be, as servers take few sign-ins a day: a session is kept in memory, and renewed
with its refresh token when its access token has expired.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from cachetools import LRUCache

from app.domain.publishing import Refused
from app.networks.failures import CallFailed, until
from app.networks.said import reason

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from app.domain.credentials import Credentials
    from app.networks.http import Answer, Http

SESSIONS_KEPT: Final = 10_000

_STALE: Final = frozenset({"ExpiredToken", "InvalidToken"})
"""What a server says of an access token that it takes no more, before it does anything."""

_SENTENCES: Final[Mapping[str, str]] = {
    "AccountDeactivated": "{host} says that the account is deactivated.",
    "AccountTakedown": "{host} says that the account has been taken down.",
    "AuthFactorTokenRequired": "{host} wants a code sent by email for this password. An app password needs none.",
    "AuthenticationRequired": "{host} does not take the account's identifier and password.",
}
_DID: Final = re.compile(r"did:[a-z]+:[A-Za-z0-9._:%-]*[A-Za-z0-9._-]", re.ASCII)


@dataclass(frozen=True, slots=True, repr=False)
class _Tokens:
    did: str
    access: str
    refresh: str


class Session:
    """One account's. Whoever calls in it first signs in; calls may be made at once."""

    def __init__(self, http: Http, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials
        self._tokens: _Tokens | None = None
        self._lock = asyncio.Lock()

    async def did(self) -> str:
        """The account's identity. Raises CallFailed."""
        return (await self._renewed(None) if self._tokens is None else self._tokens).did

    async def call(
        self,
        method: Literal["GET", "POST"],
        name: str,
        *,
        query: Mapping[str, str] | None = None,
        json: object = None,
        data: bytes | None = None,
        content_type: str | None = None,
        harmless: bool = False,
    ) -> Answer:
        """One call by the name of its lexicon, and its answer whatever it is. Raises CallFailed where none came."""
        headers = {} if content_type is None else {"Content-Type": content_type}
        tokens = await self._renewed(None) if self._tokens is None else self._tokens
        for is_last in (False, True):
            answer = await self._http.call(
                method,
                self._address(name),
                query=query,
                headers={"Authorization": f"Bearer {tokens.access}", **headers},
                json=json,
                data=data,
                harmless=harmless,
            )
            if is_last or answer.is_success or error_name(answer) not in _STALE:
                break
            tokens = await self._renewed(tokens)
        return answer

    def failure(self, answer: Answer) -> CallFailed:
        """What to raise for an answer that is not a success."""
        sentence = _SENTENCES.get(error_name(answer) or "")
        if sentence is not None and answer.status in (400, 401, 403):
            return CallFailed(Refused(reason=sentence.format(host=answer.host)))
        said = (answer.object() or {}).get("message")
        return answer.failure(reason(said, self._secrets()), wait=_wait(answer) if answer.status == 429 else None)

    async def _renewed(self, stale: _Tokens | None) -> _Tokens:
        """Tokens that are not the stale ones. Several calls may ask at once: one of them fetches tokens for all."""
        async with self._lock:
            if self._tokens is None or self._tokens is stale:
                self._tokens = await self._refreshed(stale) or await self._signed_in()
            return self._tokens

    async def _refreshed(self, stale: _Tokens | None) -> _Tokens | None:
        """None where there is nothing to refresh, or the server will have the password again."""
        if stale is None:
            return None
        headers = {"Authorization": f"Bearer {stale.refresh}"}
        address = self._address("com.atproto.server.refreshSession")
        answer = await self._http.call("POST", address, headers=headers, harmless=True)
        if error_name(answer) in _STALE or answer.status == 401:
            return None
        return self._read(answer)

    async def _signed_in(self) -> _Tokens:
        body = {name: self._credentials[name] for name in ("identifier", "password")}
        address = self._address("com.atproto.server.createSession")
        return self._read(await self._http.call("POST", address, json=body, harmless=True))

    def _read(self, answer: Answer) -> _Tokens:
        if not answer.is_success:
            raise self.failure(answer)
        match answer.object():
            case {"did": str(did), "accessJwt": str(access), "refreshJwt": str(refresh)} if is_did(did):
                return _Tokens(did, access, refresh)
            case _:
                raise answer.unreadable()

    def _address(self, name: str) -> str:
        return f"{self._credentials['service'].rstrip('/')}/xrpc/{name}"

    def _secrets(self) -> Credentials:
        tokens = self._tokens
        return self._credentials if tokens is None else {**self._credentials, "a": tokens.access, "r": tokens.refresh}


class Sessions:
    """The sessions of the accounts that were published to last."""

    def __init__(self, http: Http) -> None:
        self._http = http
        self._kept: LRUCache[bytes, Session] = LRUCache(SESSIONS_KEPT)

    def of(self, credentials: Credentials) -> Session:
        """By the credentials themselves: when they change, it is another session."""
        names = ("service", "identifier", "password")
        key = sha256("\0".join(credentials[name] for name in names).encode()).digest()
        session = self._kept.get(key)
        if session is None:
            session = self._kept[key] = Session(self._http, credentials)
        return session


def error_name(answer: Answer) -> str | None:
    """What a server calls what is wrong."""
    name = None if answer.is_success else (answer.object() or {}).get("error")
    return name if isinstance(name, str) else None


def is_did(text: str) -> bool:
    """Whether this is a decentralized identifier, as atproto.com/specs/did allows them."""
    return _DID.fullmatch(text) is not None


def _wait(answer: Answer) -> timedelta | None:
    """How long a rate limit lasts: RateLimit-Reset says when it ends, in seconds since 1970."""
    end = answer.headers.get("RateLimit-Reset", "")
    try:
        return until(datetime.fromtimestamp(int(end), UTC), answer.headers)
    except (ValueError, OverflowError, OSError):
        return None
