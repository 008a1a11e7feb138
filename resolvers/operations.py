"""Operations: each text is parsed and validated once.

Parsing and validating one updatePost costs ten times what executing it does. A text that was found valid is kept with
its document, least recently used first out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cachetools import LRUCache
from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, OperationDefinitionNode
from strawberry.extensions import SchemaExtension
from strawberry.schema.exceptions import CannotGetOperationTypeError

from app.monitoring.logs import bind
from resolvers.limits import RootFieldLimit, refuse_long_numbers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import DocumentNode, SelectionSetNode

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
        if not text or document is None or operation.pre_execution_errors:
            return
        if len(text) <= LONGEST_TEXT:
            self._documents[text] = _Kept(document, len(text))
        bind(operation=_asked_for(document, operation._provided_operation_name))


def _asked_for(document: DocumentNode, operation_name: str | None) -> str:
    """The root field that a valid document's operation selects, or `several`.

    Not the operation's own name, for logs and figures: a client makes those up, and there are only so many fields.
    """
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    for node in document.definitions:
        if not isinstance(node, OperationDefinitionNode):
            continue
        if operation_name is None or (node.name is not None and node.name.value == operation_name):
            names = set(_fields_of(node.selection_set, fragments))
            return names.pop() if len(names) == 1 else "several"
    return "none"


def _fields_of(selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[str]:
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields_of(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields_of(fragments[selection.name.value].selection_set, fragments)


def _operations_in(document: DocumentNode) -> int:
    return sum(isinstance(definition, OperationDefinitionNode) for definition in document.definitions)
