"""What a request selects, for the fields that cost extra."""

from __future__ import annotations

from typing import TYPE_CHECKING

from strawberry.types.nodes import SelectedField

if TYPE_CHECKING:
    from collections.abc import Iterable

    from strawberry.types.nodes import Selection

    from resolvers.context import Info


def selects(info: Info, name: str) -> bool:
    """Whether the field being resolved is asked for this field of its own, directly or through fragments."""
    return any(_among(field.selections, name) for field in info.selected_fields)


def selects_within(info: Info, name: str) -> bool:
    """Whether a field of this name is asked for anywhere inside the field being resolved."""
    return any(_inside(field.selections, name) for field in info.selected_fields)


def _inside(selections: Iterable[Selection], name: str) -> bool:
    return any(
        (isinstance(selection, SelectedField) and selection.name == name) or _inside(selection.selections, name)
        for selection in selections
    )


def _among(selections: Iterable[Selection], name: str) -> bool:
    return any(
        selection.name == name if isinstance(selection, SelectedField) else _among(selection.selections, name)
        for selection in selections
    )
