"""The Idempotency-Key header: a request that may be sent again without having its effect again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

import orjson

from app.commands.idempotency import KeyedRequest
from app.http.body import UnreadableRequest

if TYPE_CHECKING:
    from starlette.requests import Request

HEADER: Final = "Idempotency-Key"
LONGEST_KEY: Final = 255
"""Characters."""

_WRITING: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})


def keyed_request(request: Request) -> KeyedRequest | None:
    """None for a request without a key, and for one that only reads. Raises UnreadableRequest for a bad key."""
    key = request.headers.get(HEADER)
    if key is None or request.method not in _WRITING:
        return None
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise UnreadableRequest(400, f"{HEADER} must have 1 to {LONGEST_KEY} printable ASCII characters.")
    return KeyedRequest(key, lambda: _fingerprint(request))


def _fingerprint(request: Request) -> bytes:
    """What makes it this request: method, path, query, If-Match, and the content, however its JSON is written."""
    content = getattr(request.state, "content", b"")
    parts = (
        request.method.encode(),
        request.url.path.encode(),
        request.url.query.encode(),
        ",".join(request.headers.getlist("if-match")).encode(),
        content if isinstance(content, bytes) else orjson.dumps(content, option=orjson.OPT_SORT_KEYS),
    )
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()
