"""What an operation selects: graphql-core's own collection of fields, done beforehand.

It depends on variables only where @skip or @include do; these are given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import FieldNode, InlineFragmentNode, VariableNode
from graphql.execution.collect_fields import FragmentDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.field import StrawberryField

from resolvers.compiled.unexpected import NotCovered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from graphql import (
        DirectiveNode,
        FragmentDefinitionNode,
        GraphQLField,
        GraphQLObjectType,
        OperationDefinitionNode,
        SelectionSetNode,
    )
    from graphql.execution.collect_fields import FieldDetails
    from strawberry import Schema


class Selected:
    """What an operation selects where its variables have these values."""

    def __init__(
        self,
        schema: Schema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        values: dict[str, Any],
    ) -> None:
        self.converter = schema.schema_converter
        self.schema = schema._schema
        self.operation = operation
        self._fragments = {name: FragmentDetails(fragment) for name, fragment in fragments.items()}
        self._values = VariableValues({}, values)

    def at_root(self, type_: GraphQLObjectType) -> dict[str, list[FieldDetails]]:
        """By response key, in their order."""
        return collect_fields(self.schema, self._fragments, self._values, type_, self.operation).grouped_field_set

    def within(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, list[FieldDetails]]:
        """What is selected of a field that answers with this type, by response key, in their order."""
        return collect_subfields(
            self.schema, self._fragments, self._values, self.operation, type_, details
        ).grouped_field_set

    def field(self, definition: GraphQLField) -> StrawberryField:
        """Raises NotCovered for a field that something takes part in resolving."""
        field = definition.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
        if not isinstance(field, StrawberryField) or field.extensions or field.default_resolver is not getattr:
            raise NotCovered
        return field


def deciding_variables(nodes: list[SelectionSetNode]) -> tuple[str, ...]:
    """The variables that @skip and @include look at. Raises NotCovered where there is another directive."""
    return tuple(sorted({name for node in nodes for name in _deciding(node)}))


def _deciding(selections: SelectionSetNode) -> Iterator[str]:
    for selection in selections.selections:
        for directive in selection.directives or ():
            yield from _decides(directive)
        if isinstance(selection, FieldNode | InlineFragmentNode) and selection.selection_set:
            yield from _deciding(selection.selection_set)


def _decides(directive: DirectiveNode) -> Iterator[str]:
    if directive.name.value not in ("skip", "include"):
        raise NotCovered
    for argument in directive.arguments or ():
        if isinstance(argument.value, VariableNode):
            yield argument.value.name.value
