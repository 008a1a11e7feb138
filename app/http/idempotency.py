"""The Idempotency-Key header: a request that may be sent again without having its effect again."""

from __future__ import annotations

import hashlib
import marshal
from typing import TYPE_CHECKING, Any, Final

import orjson

from app.commands.idempotency import KeyedRequest
from app.http.body import UnreadableRequest
from app.http.headers import header_values

if TYPE_CHECKING:
    from starlette.requests import Request

HEADER: Final = "Idempotency-Key"
_NAME: Final = HEADER.lower().encode()
LONGEST_KEY: Final = 255
"""Characters."""

_WRITING: Final = frozenset({"POST", "PATCH", "PUT", "DELETE"})


def keyed_request(request: Request) -> KeyedRequest | None:
    """None for a request without a key, and for one that only reads. Raises UnreadableRequest for a bad key."""
    keys = header_values(request, _NAME)
    if not keys or request.method not in _WRITING:
        return None
    if len(keys) > 1:
        raise UnreadableRequest(400, f"{HEADER} must be sent once.")
    key = keys[0]
    if not 0 < len(key) <= LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise UnreadableRequest(400, f"{HEADER} must have 1 to {LONGEST_KEY} printable ASCII characters.")
    return KeyedRequest(key, lambda: _fingerprint(request))


def _fingerprint(request: Request) -> bytes:
    """What makes it this request: method, path, query, If-Match, and the content, however its JSON is written."""
    content = getattr(request.state, "content", b"")
    parts = (
        request.method.encode(),
        request.scope["path"].encode(),
        request.scope["query_string"],
        ",".join(header_values(request, b"if-match")).encode(),
        content if isinstance(content, bytes) else _canonical(content),
    )
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).digest()


def _canonical(content: Any) -> bytes:
    """The same bytes for the same JSON, whatever the order of its names."""
    try:
        return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # It reads 1,024 levels of objects and lists, but writes 254. No request has a use for more: there the order
        # of names counts. Version 2 writes values only, not which of them are the same object in memory.
        return marshal.dumps(content, 2)
