"""Requests, as the endpoint reads them, and documents to ask for."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from resolvers.operations.requests import Asked
from resolvers.persisted.documents import Documents
from resolvers.persisted.refusals import DocumentRefused

POSTS: Final = "query Posts {\n  posts(first: 1) {\n    totalCount\n  }\n}"
PLATFORMS: Final = "query Platforms {\n  platformRules {\n    platform\n  }\n}"


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def asking(**parameters: Any) -> Asked:
    """A request with these parameters, spelled as a client spells them."""
    return Asked.of(parameters)


def by_hash(name: str, text: str | None = None, **more: Any) -> Asked:
    """What Apollo's clients and urql send."""
    return asking(query=text, extensions={"persistedQuery": {"version": 1, "sha256Hash": name, **more}})


def refused(documents: Documents, asked: Asked) -> tuple[int, str, str]:
    """How: status, code and message."""
    try:
        documents.text_of(asked)
    except DocumentRefused as refusal:
        return refusal.status, refusal.code, refusal.message
    raise AssertionError("it was answered with a text")
