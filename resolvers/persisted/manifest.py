"""The file that lists trusted documents: read whole, or not at all.

Two shapes are understood, as build tools write them:

    {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [{"id", "body", "name", "type"}, …]}
    {"ID": "TEXT", …}

The first is that of Apollo's tools, the second that of GraphQL Code Generator's client preset and of Relay's compiler.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from resolvers.persisted.asked import hash_of, is_hash, plain_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

LARGEST_FILE: Final = 4 * 1024 * 1024
"""Bytes: some thousands of operations. Each is validated before the server starts."""

FORMAT: Final = "apollo-persisted-query-manifest"
VERSION: Final = 1

_SHOWN_PROBLEMS: Final = 10
_SHOWN_CHARACTERS: Final = 80


class UnusableManifest(ValueError):
    """problems: every one, as a line that begins with the file's name. None quotes a document."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        more = len(self.problems) - _SHOWN_PROBLEMS
        last = [f"… and {more} more: `redraft documents FILE` lists them all."] if more > 0 else []
        super().__init__("\n".join([*self.problems[:_SHOWN_PROBLEMS], *last]))


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a manifest. called: what a person finds it by in the file."""

    id: str
    text: str
    called: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """path: as it was given. texts: by every name that a client may give them, their ids and their hashes."""

    path: Path
    entries: tuple[Entry, ...]
    texts: dict[str, str]

    def problem(self, entry: Entry, message: str) -> str:
        return _problem(self.path, entry.called, message)


def read_manifest(path: Path) -> Manifest:
    """Raises UnusableManifest."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unusable(path, f"cannot be read: {error.strerror}.") from None
    if len(content) > LARGEST_FILE:
        raise _unusable(path, f"is larger than {LARGEST_FILE} bytes.")
    try:
        # Not as a dict, of which an id that is there twice would have only the later text.
        value = json.loads(content.decode("utf-8-sig"), object_pairs_hook=_Pairs)
    except (ValueError, RecursionError):
        raise _unusable(path, "is not valid JSON in UTF-8.") from None

    problems: list[str] = []
    entries: list[Entry] = []
    texts: dict[str, str] = {}
    for called, name, text in _listed(path, value):
        wrong = _wrong(name, text)
        if wrong is None and texts.get(plain_name(name), text) != text:
            wrong = "its id is that of another document too."
        if wrong is not None:
            problems.append(_problem(path, called, wrong))
            continue
        entries.append(Entry(plain_name(name), text, called))
        texts[plain_name(name)] = text
    if problems:
        raise UnusableManifest(problems)
    if not entries:
        raise _unusable(path, "lists no documents.")
    return Manifest(path, tuple(entries), {**{hash_of(entry.text): entry.text for entry in entries}, **texts})


class _Pairs(list[tuple[str, Any]]):
    """An object, with every value of a name that is there more than once."""

    def get(self, wanted: str) -> Any:
        """The last, as is usual."""
        return next((value for name, value in reversed(self) if name == wanted), None)


def _listed(path: Path, value: Any) -> Iterator[tuple[str, Any, Any]]:
    """What to call each document, its id and its text."""
    if not isinstance(value, _Pairs):
        raise _unusable(path, "must be a JSON object.")
    if not any(name in ("format", "operations") for name, _ in value):
        for name, text in value:
            yield f"document {_shown(name)}", name, text
        return
    version = value.get("version")
    if value.get("format") != FORMAT or version != VERSION or isinstance(version, bool):
        raise _unusable(path, f'must have "format": "{FORMAT}" and "version": {VERSION}.')
    operations = value.get("operations")
    if type(operations) is not list:
        raise _unusable(path, "must have a list of operations.")
    for number, operation in enumerate(operations, 1):
        if not isinstance(operation, _Pairs):
            raise _unusable(path, f"operation {number} must be an object.")
        name, known_as = operation.get("id"), operation.get("name")
        called = ", ".join(_shown(word) for word in (known_as, name) if isinstance(word, str) and word)
        yield f"operation {number}{f' ({called})' if called else ''}", name, operation.get("body")


def _wrong(name: Any, text: Any) -> str | None:
    if not isinstance(name, str) or not plain_name(name):
        return "its id must be text."
    if not isinstance(text, str) or not text:
        return "its document must be text."
    try:
        hashed = hash_of(text)
    except UnicodeEncodeError:
        return "its document holds half of a surrogate pair."
    if (is_hash(plain_name(name)) or plain_name(name) != name) and plain_name(name) != hashed:
        return "its id is a SHA-256, and not that of its document."
    return None


def _unusable(path: Path, message: str) -> UnusableManifest:
    return UnusableManifest([f"{path} {message}"])


def _problem(path: Path, called: str, message: str) -> str:
    return f"{path}: {called}: {message}"


def _shown(word: str) -> str:
    """On one line, whatever it holds."""
    shown = word if word.isprintable() else ascii(word)
    return shown if len(shown) <= _SHOWN_CHARACTERS else f"{shown[:_SHOWN_CHARACTERS]}…"
