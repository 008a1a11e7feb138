"""Operations: each text is parsed and validated once.

Parsing and validating one updatePost costs ten times what executing it does. A text that was found valid is kept with
its document, least recently used first out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cachetools import LRUCache
from graphql import OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DocumentNode

TEXTS = 512
LONGEST_TEXT = 32 * 1024
"""Characters. Longer texts are parsed each time: keeping them would let one client fill the memory."""


class OperationCache:
    """The valid documents of one schema, by their text. Calling it makes the extension of one request."""

    def __init__(self) -> None:
        self.documents: LRUCache[str, DocumentNode] = LRUCache(TEXTS)

    def __call__(self) -> SchemaExtension:
        return _ParseAndValidateOnce(self.documents)


class _ParseAndValidateOnce(SchemaExtension):
    def __init__(self, documents: LRUCache[str, DocumentNode]) -> None:
        self._documents = documents

    def on_parse(self) -> Iterator[None]:
        operation = self.execution_context
        document = self._documents.get(operation.query or "")
        if document is not None:
            operation.graphql_document = document
            operation.validation_rules = ()  # it was validated when it was first seen
        yield
        document = operation.graphql_document
        if document is not None and operation._provided_operation_name is None and _operations_in(document) > 1:
            # Strawberry would execute the first; the specification (6.1, GetOperation) makes this an error.
            raise CannotGetOperationTypeError(None)

    def on_validate(self) -> Iterator[None]:
        yield
        operation = self.execution_context
        text, document = operation.query, operation.graphql_document
        if text and document and not operation.pre_execution_errors and len(text) <= LONGEST_TEXT:
            self._documents[text] = document


def _operations_in(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
