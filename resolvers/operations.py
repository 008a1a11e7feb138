"""Operations: each text is parsed and validated once.

Parsing and validating one updatePost costs ten times what executing it does. A text that was found valid is kept with
its document, least recently used first out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache
from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

from resolvers.limits import RootFieldLimit, refuse_long_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DocumentNode

LONGEST_TEXT = 32 * 1024
ALL_TEXTS = 512 * 1024
"""Characters. A document takes some 70 times its text, and a client can send any number of texts: what is kept of
them together stays below 40 MB."""


class OperationCache:
    """The valid documents of one schema, by their text. Calling it makes the extension of one request."""

    def __init__(self) -> None:
        self.documents: LRUCache[str, _Kept] = LRUCache(ALL_TEXTS, getsizeof=len)

    def __call__(self) -> SchemaExtension:
        return _ParseAndValidateOnce(self.documents)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A valid document, of the length of its text."""

    document: DocumentNode
    length: int

    def __len__(self) -> int:
        return self.length


class _ParseAndValidateOnce(SchemaExtension):
    def __init__(self, documents: LRUCache[str, _Kept]) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        operation = self.execution_context
        kept = self._documents.get(operation.query or "")
        if kept is not None:
            operation.graphql_document = kept.document
            operation.validation_rules = ()  # it was validated when it was first seen
        else:
            operation.validation_rules += (RootFieldLimit,)
        yield
        document = operation.graphql_document
        if document is None:
            return
        if operation._provided_operation_name is None and _operations_in(document) > 1:
            # Strawberry would execute the first; the specification (6.1, GetOperation) makes this an error.
            raise CannotGetOperationTypeError(None)
        if kept is None:
            refuse_long_numbers(document, operation.query or "")

    def on_validate(self) -> Iterator[None]:
        yield
        operation = self.execution_context
        text, document = operation.query, operation.graphql_document
        if text and document and not operation.pre_execution_errors and len(text) <= LONGEST_TEXT:
            self._documents[text] = _Kept(document, len(text))


def _operations_in(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
