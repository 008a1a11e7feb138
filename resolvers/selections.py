"""What a request selects, for the fields that cost extra.

Read from the document: Strawberry's `selected_fields` converts all that is selected, which costs more than asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from graphql import FragmentDefinitionNode, SelectionSetNode

    from resolvers.context import Info


def selects(info: Info, name: str) -> bool:
    """Whether the field being resolved is asked for this field of its own, directly or through fragments."""
    nodes, fragments = info._raw_info.field_nodes, info._raw_info.fragments
    return any(field.name.value == name for node in nodes for field in _fields(node.selection_set, fragments))


def selects_within(info: Info, name: str) -> bool:
    """Whether a field of this name is asked for anywhere inside the field being resolved."""
    nodes, fragments = info._raw_info.field_nodes, info._raw_info.fragments
    return any(_holds(node.selection_set, name, fragments) for node in nodes)


def _holds(selections: SelectionSetNode | None, name: str, fragments: dict[str, FragmentDefinitionNode]) -> bool:
    fields = _fields(selections, fragments)
    return any(field.name.value == name or _holds(field.selection_set, name, fragments) for field in fields)


def _fields(selections: SelectionSetNode | None, fragments: dict[str, FragmentDefinitionNode]) -> Iterator[FieldNode]:
    """The fields that are selected, those in fragments among them."""
    for selection in selections.selections if selections else ():
        if isinstance(selection, FieldNode):
            yield selection
        elif isinstance(selection, FragmentSpreadNode):
            yield from _fields(fragments[selection.name.value].selection_set, fragments)
        elif isinstance(selection, InlineFragmentNode):
            yield from _fields(selection.selection_set, fragments)
