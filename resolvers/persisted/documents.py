"""Which text to execute for what a request asks: any text, remembered by its hash, or trusted documents only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from cachetools import LRUCache

from resolvers.persisted.asked import hash_of, is_hash, name_in
from resolvers.persisted.refusals import (
    another_text,
    id_required,
    misnamed,
    not_found,
    nothing_asked,
    unknown_document,
    untrusted_text,
)

if TYPE_CHECKING:
    from resolvers.persisted.asked import Asked
    from resolvers.persisted.manifest import Manifest

LONGEST_TEXT: Final = 32 * 1024
ALL_TEXTS: Final = 512 * 1024
"""Characters. A longer text is executed, and not remembered."""

_BESIDES: Final = 128
"""What a remembered text counts for besides its characters, so that there are not too many short ones either: what is
kept of them together stays below 5 MB."""


class Documents(Protocol):
    """What a request may have executed."""

    def text_of(self, asked: Asked) -> str:
        """Raises DocumentRefused where there is none."""


class AnyDocuments:
    """Every text is executed; one that came with its hash can be named by it afterwards.

    Automatic persisted queries, as Apollo's server has them. What is remembered is this process's, until newer texts
    displace it: a client then sends the text again. It is every caller's too: whoever knows the hash of a text has
    the text, and what it does is decided by the caller's own key.
    """

    def __init__(self) -> None:
        self._texts: LRUCache[str, str] = LRUCache(ALL_TEXTS, getsizeof=lambda text: len(text) + _BESIDES)

    def text_of(self, asked: Asked) -> str:
        name = name_in(asked)
        text = asked.query
        if name is None:
            if not text:
                raise nothing_asked()
            return text
        if not is_hash(name):
            return _unless_hashed(asked)
        if not text:
            remembered = self._texts.get(name)
            if remembered is None:
                raise not_found()
            return remembered
        if hash_of(text) != name:
            raise another_text()
        if len(text) <= LONGEST_TEXT:
            self._texts[name] = text
        return text


class TrustedDocuments:
    """Those of a manifest are executed, and nothing else."""

    def __init__(self, manifest: Manifest) -> None:
        self._texts = manifest.texts
        self._trusted = frozenset(manifest.texts.values())

    def text_of(self, asked: Asked) -> str:
        name = name_in(asked)
        if name is None:
            if not asked.query:
                raise id_required()
            if asked.query not in self._trusted:
                raise untrusted_text()
            return asked.query
        text = self._texts.get(name)
        if text is None:
            raise unknown_document()
        if asked.query and asked.query != text:
            raise another_text()
        return text


def _unless_hashed(asked: Asked) -> str:
    """The text beside an id that means something to others only, which is no hash."""
    if asked.extensions and asked.extensions.get("persistedQuery") is not None:
        raise misnamed("extensions.persistedQuery.sha256Hash must have 64 lower-case hexadecimal digits.")
    if not asked.query:
        raise not_found()
    return asked.query
