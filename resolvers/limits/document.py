"""Limits of a document, before it is validated.

It need not be valid: a fragment may be missing or go in circles, a field may not exist. Nothing here calls itself, so
no document can be nested too deep for it, and each definition is walked once, however often it is spread.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
)

from resolvers.limits.limits import MOST, too_large

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from graphql import ArgumentNode, DocumentNode, Node, SelectionSetNode, ValueNode

    from resolvers.limits.limits import Limits

_INTROSPECTION: Final = frozenset({"__schema", "__type"})
"""What they answer is not deeper for being asked deeper: it is one description, some types of which name others."""


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Raise GraphQLError for a document of which any operation, or all of it together, asks for too much."""
    if (count := len(document.definitions)) > limits.definitions:
        raise too_large("The document has {} operations and fragments", count, limits.definitions)
    written = [
        (node, _Written.of(node, limits))
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if (count := sum(part.selections for _, part in written)) > limits.selections:
        raise too_large("The document has {} fields and spreads", count, limits.selections)
    fragments = _expanded({node.name.value: part for node, part in written if isinstance(node, FragmentDefinitionNode)})
    for node, part in written:
        if isinstance(node, OperationDefinitionNode):
            _check_operation(node, part.expanded(fragments), limits)
    # Fragments that no operation spreads are refused by a rule of validation, which is not to be asked too much either.
    for fragment in fragments.values():
        if fragment.nesting > limits.nesting:
            raise too_large("A fragment has {} selections within each other", fragment.nesting, limits.nesting)


def _check_operation(node: OperationDefinitionNode, found: _Expanded, limits: Limits) -> None:
    if found.root_fields > limits.root_fields:
        raise too_large("The operation has {} root fields", found.root_fields, limits.root_fields, node)
    if found.aliases > limits.aliases:
        raise too_large("The operation has {} aliases", found.aliases, limits.aliases, node)
    if found.depth > limits.depth:
        raise too_large("The operation has {} fields within each other", found.depth, limits.depth, node)
    if found.nesting > limits.nesting:
        raise too_large("The operation has {} selections within each other", found.nesting, limits.nesting, node)


class _Expanded(NamedTuple):
    """A definition with all that its fragments put in. root_fields: those that no other field holds."""

    nesting: int
    depth: int
    aliases: int
    root_fields: int


class _Spread(NamedTuple):
    """Where a fragment is spread: how many selections and how many fields are around it.

    depth: None within introspection, where no depth is counted.
    """

    name: str
    nesting: int
    depth: int | None


@dataclass(slots=True)
class _Written:
    """A definition as it is written, its fragments not yet put in."""

    selections: int = 0
    nesting: int = 0
    depth: int = 0
    aliases: int = 0
    root_fields: int = 0
    spreads: list[_Spread] = field(default_factory=list)

    @classmethod
    def of(cls, definition: OperationDefinitionNode | FragmentDefinitionNode, limits: Limits) -> _Written:
        """Raises GraphQLError for a location with too many directives."""
        found = cls()
        _check_directives(definition, limits)
        for variable in definition.variable_definitions or ():
            _check_directives(variable, limits)
            if variable.default_value is not None:
                _check_values(variable.default_value, limits)
        # A selection set, how many selection sets it is in, itself included, and how many fields: None, not counted.
        waiting: list[tuple[SelectionSetNode, int, int, bool]] = [(definition.selection_set, 1, 0, True)]
        while waiting:
            selection_set, nesting, depth, counts_depth = waiting.pop()
            found.nesting = max(found.nesting, nesting)
            found.selections += len(selection_set.selections)
            for selection in selection_set.selections:
                _check_directives(selection, limits)
                if isinstance(selection, FragmentSpreadNode):
                    found.spreads.append(_Spread(selection.name.value, nesting, depth if counts_depth else None))
                    continue
                inner, inner_counts = depth, counts_depth
                if isinstance(selection, FieldNode):
                    inner += 1
                    found.aliases += selection.alias is not None
                    found.root_fields += depth == 0
                    _check_arguments(selection.arguments, limits)
                    if counts_depth:
                        found.depth = max(found.depth, inner)
                    inner_counts = counts_depth and selection.name.value not in _INTROSPECTION
                if (below := getattr(selection, "selection_set", None)) is not None:
                    waiting.append((below, nesting + 1, inner, inner_counts))
        return found

    def expanded(self, fragments: Mapping[str, _Expanded]) -> _Expanded:
        """With the fragments put in that are known: others are missing, or hold this one themselves."""
        nesting, depth, aliases, root_fields = self.nesting, self.depth, self.aliases, self.root_fields
        for spread in self.spreads:
            fragment = fragments.get(spread.name)
            if fragment is None:
                continue
            nesting = max(nesting, spread.nesting + fragment.nesting)
            aliases += fragment.aliases
            if spread.depth is not None:
                depth = max(depth, spread.depth + fragment.depth)
            if spread.depth == 0:
                root_fields += fragment.root_fields
        return _Expanded(nesting, depth, min(aliases, MOST), min(root_fields, MOST))


def _expanded(written: Mapping[str, _Written]) -> dict[str, _Expanded]:
    """Every fragment, those first that others spread. Of a circle, the spread that closes it counts nothing."""
    done: dict[str, _Expanded] = {}
    begun: set[str] = set()
    for first in written:
        waiting = [first]
        while waiting:
            name = waiting[-1]
            if name in begun:
                waiting.pop()
                if name not in done:
                    done[name] = written[name].expanded(done)
                continue
            begun.add(name)
            names = (spread.name for spread in written[name].spreads)
            waiting += [inner for inner in names if inner in written and inner not in begun]
    return done


def _check_directives(node: Node, limits: Limits) -> None:
    directives = getattr(node, "directives", None) or ()
    if len(directives) > limits.directives:
        raise too_large("A location has {} directives", len(directives), limits.directives, node)
    for directive in directives:
        _check_arguments(directive.arguments, limits)


def _check_arguments(arguments: Iterable[ArgumentNode] | None, limits: Limits) -> None:
    for argument in arguments or ():
        _check_values(argument.value, limits)


def _check_values(value: ValueNode, limits: Limits) -> None:
    waiting = [value]
    while waiting:
        outermost = waiting.pop()
        if isinstance(outermost, ListValueNode):
            waiting += outermost.values
        elif isinstance(outermost, ObjectValueNode) and (count := _values_in(outermost)) > limits.values:
            raise too_large("An object has {} values", count, limits.values, outermost)


def _values_in(value: ObjectValueNode) -> int:
    """How many values an object holds, those of the objects and lists in it included."""
    count = 0
    waiting: list[ValueNode] = [value]
    while waiting:
        outer = waiting.pop()
        if isinstance(outer, ObjectValueNode):
            inside = [field.value for field in outer.fields]
        elif isinstance(outer, ListValueNode):
            inside = list(outer.values)
        else:
            continue
        count += len(inside)
        waiting += inside
    return count
