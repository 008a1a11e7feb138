"""How a request says what to execute: with a text, with the name of a document, or with both.

A document is named by `documentId`, as the draft "Persisted Documents" of GraphQL over HTTP has it, or by
`extensions.persistedQuery.sha256Hash`, as Apollo's clients and urql do. There are no other names: Relay, for one, has
none of its own, and leaves the request to the application.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any, Final, Protocol

from resolvers.persisted.refusals import misnamed

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION: Final = 1
"""Of Apollo's extension."""

_PREFIX: Final = "sha256:"
_HASH: Final = re.compile(r"[0-9a-f]{64}")


class Asked(Protocol):
    """What a request holds of it. An empty text is none: clients that must send one send that."""

    @property
    def query(self) -> str | None: ...
    @property
    def extensions(self) -> Mapping[str, Any] | None: ...
    @property
    def document_id(self) -> str | None: ...


def hash_of(text: str) -> str:
    """SHA-256 of the text in UTF-8, as 64 lower-case hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_hash(name: str) -> bool:
    return _HASH.fullmatch(name) is not None


def plain_name(name: str) -> str:
    """A hash is the same name with its prefix and without."""
    return name.removeprefix(_PREFIX)


def name_in(asked: Asked) -> str | None:
    """The name of the document, without the prefix of a hash. Raises DocumentRefused if it cannot be understood."""
    by_id = plain_name(asked.document_id) if asked.document_id else None
    by_hash = _persisted_query(asked.extensions) if asked.extensions else None
    if by_id is not None and by_hash is not None and by_id != by_hash:
        raise misnamed("documentId and extensions.persistedQuery.sha256Hash name different documents.")
    return by_id if by_id is not None else by_hash


def _persisted_query(extensions: Mapping[str, Any]) -> str | None:
    extension = extensions.get("persistedQuery")
    if extension is None:
        return None
    if not isinstance(extension, dict):
        raise misnamed("extensions.persistedQuery must be an object, or left out.")
    version = extension.get("version")
    if version != VERSION or isinstance(version, bool):
        raise misnamed(f"extensions.persistedQuery.version must be {VERSION}.")
    name = extension.get("sha256Hash")
    if not isinstance(name, str) or not name:
        raise misnamed("extensions.persistedQuery.sha256Hash must be text.")
    return plain_name(name)
