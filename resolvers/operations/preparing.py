"""From a text to an operation: limits, parsing, validation, compiling. A plain function, which any thread may run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    parse,
    validate,
)
from strawberry.schema.validation_rules.maybe_null import MaybeNullValidationRule
from strawberry.schema.validation_rules.one_of import OneOfInputValidationRule

from resolvers.compiled import compile_operation
from resolvers.limits import RULES, Limits, check_document, check_text, cost_of
from resolvers.limits.errors import said_once
from resolvers.operations.operation import Operation
from resolvers.operations.requests import UnclearRequest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from graphql import DocumentNode, SelectionSetNode
    from strawberry import Schema

_RULES = (*RULES, MaybeNullValidationRule, OneOfInputValidationRule)
"""The rules of the specification, and those that Strawberry adds."""


class InvalidOperation(Exception):
    """A text that is no operation of the schema, or a larger one than is let in.

    is_parsed: False for one that the parser could not read.
    """

    def __init__(self, errors: Iterable[GraphQLError], *, is_parsed: bool = True) -> None:
        super().__init__("the operation is not valid")
        self.errors = list(errors)
        self.is_parsed = is_parsed


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an operation must be. suggests: whether errors name what may have been meant, and so parts of the schema.

    introspects: whether the schema may be asked for. compiles: see resolvers.compiled.
    """

    limits: Limits = field(default_factory=Limits)
    suggests: bool = True
    introspects: bool = True
    compiles: bool = True


def prepare(schema: Schema, text: str, name: str | None, rules: Rules) -> Operation:
    """Raises InvalidOperation, and UnclearRequest where the text does not hold the operation that is asked for."""
    try:
        check_text(text, rules.limits)
    except GraphQLError as error:
        raise InvalidOperation([error]) from None
    try:
        document = parse(text)
    except GraphQLError as error:
        raise InvalidOperation([error], is_parsed=False) from None
    operation = _operation_of(document, name)
    try:
        check_document(document, rules.limits)
        if not rules.introspects:
            refuse_introspection(document)
    except GraphQLError as error:
        raise InvalidOperation([error]) from None
    most = max(1, rules.limits.errors - 1)  # beside which one more says that there would be more
    errors = validate(schema._schema, document, _RULES, max_errors=most, hide_suggestions=not rules.suggests)
    if errors:
        raise InvalidOperation(said_once(errors) if rules.suggests else map(_without_hint, said_once(errors)))
    return Operation(
        text=text,
        name=name,
        document=document,
        kind=operation.operation,
        root_field=_root_field(document, operation),
        cost_for=cost_of(schema._schema, document, name),
        plan=compile_operation(schema, document, name) if rules.compiles else None,
    )


def _without_hint(error: GraphQLError) -> GraphQLError:
    """One rule hints whatever it is told."""
    error.message = error.message.partition(" Did you mean ")[0]
    return error


def refuse_introspection(document: DocumentNode) -> None:
    """Raise GraphQLError for a document that asks for the schema."""
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode | FragmentDefinitionNode):
            for node in _fields_in(definition.selection_set):
                if node.name.value in ("__schema", "__type"):
                    raise GraphQLError("This server does not show its schema.", node)


def _fields_in(selections: SelectionSetNode) -> Iterator[FieldNode]:
    """Every field, however deep: check_document has seen to it that it is not too deep."""
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection
        if isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
            yield from _fields_in(selection.selection_set)


def _operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The specification's GetOperation (6.1). Strawberry would take the first of several."""
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    if name is not None:
        operations = [node for node in operations if node.name is not None and node.name.value == name]
    if len(operations) == 1:
        return operations[0]
    if name is None:
        raise UnclearRequest("The document must hold one operation, or operationName must say which of them to run.")
    raise UnclearRequest(f'Unknown operation named "{name}".')


def _root_field(document: DocumentNode, operation: OperationDefinitionNode) -> str:
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    names = set(_names_in(operation.selection_set, fragments))
    return names.pop() if len(names) == 1 else "several"


def _names_in(selections: SelectionSetNode, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[str]:
    for selection in selections.selections:
        if isinstance(selection, FieldNode):
            yield selection.name.value
        elif isinstance(selection, InlineFragmentNode):
            yield from _names_in(selection.selection_set, fragments)
        elif isinstance(selection, FragmentSpreadNode):
            yield from _names_in(fragments[selection.name.value].selection_set, fragments)
