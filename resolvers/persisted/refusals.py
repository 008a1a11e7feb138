"""Why a request is not answered that names its document, in the codes that clients and gateways already know.

The first is Apollo's, to the letter: its clients, urql and others look for the message or the code, and then send the
text. The three of trusted documents are those of Apollo's router.
"""

from __future__ import annotations

from typing import Final

_NOT_TO_BE_KEPT: Final = {"Cache-Control": "no-store"}
"""Of answers that the same request may not get again: a GET with a hash is one that caches are there for."""


class DocumentRefused(Exception):
    """There is no text to execute.

    status: of the answer as application/graphql-response+json. json_status: of the answer as application/json. There
    the clients of Apollo for phones, and older ones for browsers, read no further when they see another than 200.
    """

    def __init__(self, status: int, message: str, code: str, *, json_status: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.json_status = json_status or status
        self.message = message
        self.code = code
        self.headers = _NOT_TO_BE_KEPT


def not_found() -> DocumentRefused:
    """The client is to send the text along."""
    return DocumentRefused(400, "PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND", json_status=200)


def another_text() -> DocumentRefused:
    return DocumentRefused(400, "The query is not the document that it is said to be.", "PERSISTED_QUERY_MISMATCH")


def misnamed(message: str) -> DocumentRefused:
    return DocumentRefused(400, message, "BAD_REQUEST")


def nothing_asked() -> DocumentRefused:
    return misnamed("No GraphQL query found in the request")


def unknown_document() -> DocumentRefused:
    """Not PersistedQueryNotFound: clients would send the text, in vain. Not 404, as nothing is wrong with the path."""
    message = "The document is not among those that this server answers."
    return DocumentRefused(400, message, "PERSISTED_QUERY_NOT_IN_LIST")


def id_required() -> DocumentRefused:
    message = "Name the document with documentId: this server answers only those that it was given."
    return DocumentRefused(400, message, "PERSISTED_QUERY_ID_REQUIRED")


def untrusted_text() -> DocumentRefused:
    """403, as there is nothing about the request that the client could correct."""
    message = "The query is none of the documents that this server answers."
    return DocumentRefused(403, message, "QUERY_NOT_IN_SAFELIST")
