"""What a request selects, for the fields that cost extra.

Read from the document: Strawberry's `selected_fields` converts all that is selected, which costs more than asking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import FieldNode, FragmentSpreadNode, InlineFragmentNode

if TYPE_CHECKING:
    from graphql import SelectionSetNode

    from resolvers.context import Info


def selects(info: Info, name: str) -> bool:
    """Whether the field being resolved is asked for this field of its own, directly or through fragments."""
    return _Search(info, name).finds(deeply=False)


def selects_within(info: Info, name: str) -> bool:
    """Whether a field of this name is asked for anywhere inside the field being resolved."""
    return _Search(info, name).finds(deeply=True)


class _Search:
    """Looks into each fragment once: those that spread others twice, and these others, would be thousands."""

    def __init__(self, info: Info, name: str) -> None:
        self._nodes = info._raw_info.field_nodes
        self._fragments = info._raw_info.fragments
        self._name = name
        self._seen: set[str] = set()

    def finds(self, *, deeply: bool) -> bool:
        return any(self._is_in(node.selection_set, deeply=deeply) for node in self._nodes)

    def _is_in(self, selections: SelectionSetNode | None, *, deeply: bool) -> bool:
        for selection in selections.selections if selections else ():
            inner: SelectionSetNode | None = None
            if isinstance(selection, FieldNode):
                if selection.name.value == self._name:
                    return True
                inner = selection.selection_set if deeply else None
            elif isinstance(selection, InlineFragmentNode):
                inner = selection.selection_set
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in self._seen:
                self._seen.add(selection.name.value)
                inner = self._fragments[selection.name.value].selection_set
            if self._is_in(inner, deeply=deeply):
                return True
        return False
