"""What a document may ask for at most, checked before anything is executed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from graphql import (
    FieldNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    IntValueNode,
    ValidationContext,
    ValidationRule,
    Visitor,
    visit,
)

if TYPE_CHECKING:
    from graphql import DocumentNode, OperationDefinitionNode, SelectionSetNode

ROOT_FIELDS = 50
"""Fields of one operation, aliases and fragments counted. Each field of a mutation is a transaction of its own, and
graphql-core's recursion ends somewhere below a thousand of them: after some were stored, and without their answers."""

DIGITS = 4000
"""Digits of one number. Python refuses to read numbers of more than 4,300."""

_LONG_NUMBER = re.compile(rf"\d{{{DIGITS},}}", re.ASCII)


class RootFieldLimit(ValidationRule):
    """Refuses an operation of more than ROOT_FIELDS fields."""

    context: ValidationContext

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: Any) -> None:
        if self._count(node.selection_set, frozenset()) > ROOT_FIELDS:
            self.report_error(GraphQLError(f"An operation may have {ROOT_FIELDS} fields at most.", node))

    def _count(self, selections: SelectionSetNode, inside: frozenset[str]) -> int:
        total = 0
        for selection in selections.selections:
            if isinstance(selection, FieldNode):
                total += 1
            elif isinstance(selection, InlineFragmentNode):
                total += self._count(selection.selection_set, inside)
            elif isinstance(selection, FragmentSpreadNode) and (name := selection.name.value) not in inside:
                fragment = self.context.get_fragment(name)
                total += self._count(fragment.selection_set, inside | {name}) if fragment is not None else 0
            if total > ROOT_FIELDS:
                break
        return total


def refuse_long_numbers(document: DocumentNode, text: str) -> None:
    """Raise GraphQLError for a number that Python would not read; validation would fail on it, not refuse it."""

    class LongNumbers(Visitor):
        def enter_int_value(self, node: IntValueNode, *_: Any) -> None:
            if len(node.value) > DIGITS:
                raise GraphQLError(f"A number may have {DIGITS} digits at most.", node)

    if _LONG_NUMBER.search(text):
        visit(document, LongNumbers())
