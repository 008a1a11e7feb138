"""What an operation costs: how many values its answer may hold.

A field costs 1, and what is selected below it. A field of a mutation costs WRITE instead: it is a transaction of its
own. `__typename` costs nothing. The whole is multiplied by the number of items where the field is a list of objects:

- `first`, for such a list and for those of a connection: as it is written, as the variable has it, or its default;
- the number of changes, where a list answers each of them;
- ROOT_ITEMS for other lists of Query, and ITEMS for lists anywhere below.

Of a union's or an interface's members, the costliest counts. Fragments count wherever they are spread, fields as often
as they are selected, and as if no `@skip` or `@include` left them out. `posts(first: 10) { nodes { id } totalCount }`
costs 1 + 10 × (1 + 1) + 1 = 22. A subscription's cost is that of each event.

Only numbers of items depend on variables. The cost is therefore a sum of products of them, worked out once; where there
are none it is a number.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    NullValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
)

from app.domain.listing import PAGE_LIMIT
from resolvers.limits.limits import MOST, too_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from graphql import (
        DocumentNode,
        GraphQLField,
        GraphQLNamedType,
        GraphQLObjectType,
        GraphQLSchema,
        NamedTypeNode,
        SelectionSetNode,
        ValueNode,
    )

    from resolvers.limits.limits import Limits

WRITE: Final = 10
ITEMS: Final = 5
ROOT_ITEMS: Final = 20
PAGE: Final = 20
"""What `first` is where null is sent for it."""

_COUNTS: Final = ("first", "changes")
"""The arguments that say how many items there will be: as a number, or as a list."""


@dataclass(frozen=True, slots=True, order=True)
class _Count:
    """How many items a variable asks for; otherwise: where the variable is not sent."""

    variable: str
    otherwise: int

    def among(self, variables: Mapping[str, Any]) -> int:
        return _items(variables[self.variable]) if self.variable in variables else self.otherwise


_Cost: TypeAlias = dict[tuple[_Count, ...], int]
"""A sum: how often each product of counts is in it. The empty product stands for the number that never changes."""


def check_cost(cost: int, limits: Limits) -> None:
    """Raise GraphQLError for an operation that costs too much."""
    if cost > limits.cost:
        raise too_large("The operation costs {}", cost, limits.cost)


def cost_of(
    schema: GraphQLSchema, document: DocumentNode, operation_name: str | None
) -> Callable[[Mapping[str, Any]], int]:
    """What an operation of a valid document costs, for its variables as they were sent: they need not be valid.

    operation_name: the name of one of its operations; None where there is only one.
    """
    operation = next(
        node
        for node in document.definitions
        if isinstance(node, OperationDefinitionNode)
        and (operation_name is None or (node.name is not None and node.name.value == operation_name))
    )
    fragments = {node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)}
    cost = _Costs(schema, operation, fragments).whole()
    constant = min(cost.pop((), 0), MOST)
    if not cost:
        return lambda _: constant
    products = list(cost.items())

    def for_variables(variables: Mapping[str, Any]) -> int:
        varying = sum(times * prod(count.among(variables) for count in counts) for counts, times in products)
        return min(constant + varying, MOST)

    return for_variables


class _Costs:
    """Works out the cost of one operation: of each selection set once for each type that it is asked of."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
    ) -> None:
        self._schema = schema
        self._operation = operation
        self._fragments = fragments
        self._defaults = {
            node.variable.name.value: node.default_value
            for node in operation.variable_definitions or ()
            if node.default_value is not None
        }
        self._known: dict[tuple[object, ...], _Cost] = {}

    def whole(self) -> _Cost:
        root = cast("GraphQLObjectType", self._schema.get_root_type(self._operation.operation))
        return dict(self._selected(root, self._operation.selection_set, None))

    def _selected(self, parent: GraphQLNamedType, selected: SelectionSetNode, page: _Cost | None) -> _Cost:
        """page: how many items the connection holds whose fields these are; None for other types."""
        key = (id(selected), parent.name, page and frozenset(page.items()))
        known = self._known.get(key)
        if known is None:
            if is_abstract_type(parent):
                members = self._schema.get_possible_types(parent)
                known = _most(self._selected(member, selected, page) for member in members)
            else:
                known = self._selected_of_object(cast("GraphQLObjectType", parent), selected, page)
            self._known[key] = known
        return known

    def _selected_of_object(self, parent: GraphQLObjectType, selected: SelectionSetNode, page: _Cost | None) -> _Cost:
        total: _Cost = {}
        for selection in selected.selections:
            if isinstance(selection, FieldNode):
                _add(total, self._field(parent, selection, page))
            elif isinstance(selection, InlineFragmentNode):
                if self._is_asked_of(parent, selection.type_condition):
                    _add(total, self._selected(parent, selection.selection_set, page))
            elif isinstance(selection, FragmentSpreadNode):
                fragment = self._fragments[selection.name.value]
                if self._is_asked_of(parent, fragment.type_condition):
                    _add(total, self._selected(parent, fragment.selection_set, page))
        return total

    def _is_asked_of(self, parent: GraphQLObjectType, condition: NamedTypeNode | None) -> bool:
        if condition is None or condition.name.value == parent.name:
            return True
        asked = self._schema.type_map[condition.name.value]
        return is_abstract_type(asked) and self._schema.is_sub_type(asked, parent)

    def _field(self, parent: GraphQLObjectType, node: FieldNode, page: _Cost | None) -> _Cost:
        if node.name.value == "__typename":
            return {}
        field = cast("GraphQLField", self._schema.get_field(parent, node.name.value))
        kind = get_named_type(field.type)
        cost: _Cost = {(): WRITE if parent is self._schema.mutation_type else 1}
        if is_leaf_type(kind) or node.selection_set is None:
            return cost
        count = self._count(field, node)
        is_list = is_list_type(get_nullable_type(field.type))
        _add(cost, self._selected(kind, node.selection_set, None if is_list else count))
        if not is_list:
            return cost
        is_root = parent in (self._schema.query_type, self._schema.mutation_type)
        return _product(cost, count or page or {(): ROOT_ITEMS if is_root else ITEMS})

    def _count(self, field: GraphQLField, node: FieldNode) -> _Cost | None:
        """How many items the field's arguments ask for; None where they do not say."""
        name = next((name for name in _COUNTS if name in field.args), None)
        if name is None:
            return None
        default = _items(field.args[name].default_value)
        value = next((argument.value for argument in node.arguments or () if argument.name.value == name), None)
        if value is None:
            return {(): default}
        if not isinstance(value, VariableNode):
            return {(): _written_items(value)}
        variable = value.name.value
        written = self._defaults.get(variable)
        return {(_Count(variable, default if written is None else _written_items(written)),): 1}


def _items(value: object) -> int:
    """How many items a value asks for. More than any page can hold is refused when the page is read."""
    if isinstance(value, list):
        asked = len(value)
    elif isinstance(value, int):
        asked = value
    elif isinstance(value, float):
        asked = int(value) if value.is_integer() else PAGE_LIMIT
    else:
        return PAGE if value is None else 1
    return min(max(asked, 0), PAGE_LIMIT)


def _written_items(value: ValueNode) -> int:
    if isinstance(value, IntValueNode):
        return _items(int(value.value))
    if isinstance(value, ListValueNode):
        return _items(len(value.values))
    return _items(None) if isinstance(value, NullValueNode) else 1


def _add(total: _Cost, cost: _Cost) -> None:
    for counts, times in cost.items():
        total[counts] = total.get(counts, 0) + times


def _product(one: _Cost, other: _Cost) -> _Cost:
    product: _Cost = {}
    for counts, times in one.items():
        _add(product, {tuple(sorted(counts + more)): times * again for more, again in other.items()})
    return product


def _most(costs: Iterable[_Cost]) -> _Cost:
    """No less than any of them, whatever the variables."""
    most: _Cost = {}
    for cost in costs:
        for counts, times in cost.items():
            most[counts] = max(most.get(counts, 0), times)
    return most
