"""A field's arguments, as its resolver takes them: of graphql-core's values, Strawberry's classes are made."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import MISSING
from typing import TYPE_CHECKING, Any, Final

from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    ListValueNode,
    ObjectValueNode,
    Undefined,
    VariableNode,
    is_required_argument,
    is_required_input_field,
)
from graphql.utilities.coerce_input_value import coerce_default_value, coerce_input_literal
from strawberry import UNSET
from strawberry.relay.types import GlobalID
from strawberry.scalars import is_scalar
from strawberry.types.base import StrawberryList, StrawberryMaybe, StrawberryOptional, has_object_definition
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.lazy_type import LazyType
from strawberry.types.maybe import Some

from resolvers.compiled.unexpected import NotCovered, Unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TypeAlias

    from graphql import FieldNode, GraphQLArgument, GraphQLField, GraphQLInputType, ValueNode
    from strawberry import Schema
    from strawberry.types.base import StrawberryObjectDefinition, StrawberryType
    from strawberry.types.field import StrawberryField

    Values: TypeAlias = Mapping[str, Any]
    """Of the operation's variables; one that was left out, and has no default, is not in it."""
    Supply: TypeAlias = Callable[[Values], Any]
    """What an argument or a part of one is; Undefined where a variable was left out. Raises where it cannot be."""
    Convert: TypeAlias = Callable[[Any], Any]
    """From graphql-core's value to Strawberry's."""

_ITSELF: Final = None
"""The Convert of what needs none."""


def arguments_maker(
    schema: Schema, field: StrawberryField, definition: GraphQLField, node: FieldNode
) -> Callable[[Values], dict[str, Any]]:
    """What makes the keyword arguments of a resolver. It raises, whatever it raises, where something is wrong."""
    given = {argument.name.value: argument.value for argument in node.arguments or ()}
    constant: dict[str, Any] = {}
    supplies: list[tuple[str, Supply]] = []
    for argument in field.arguments:
        name = schema.config.name_converter.from_argument(argument)
        convert = _converter(schema, argument.type, ())
        supply = _argument(definition.args[name], given.get(name), convert)
        if not callable(supply):
            if supply is not Undefined:
                constant[argument.python_name] = supply
        else:
            supplies.append((argument.python_name, supply))

    def make(values: Values) -> dict[str, Any]:
        made = constant.copy()
        for name, supply in supplies:
            value = supply(values)
            if value is not Undefined:
                made[name] = value
        return made

    return make


def _argument(definition: GraphQLArgument, node: ValueNode | None, convert: Convert | None) -> Any:
    """The argument where it is always the same, which may be left out; or else its Supply."""
    default = coerce_default_value(definition)
    if node is None:
        return _constant(default, convert)
    if not isinstance(node, VariableNode):
        if not _holds_variables(node):
            return _constant(_literal_value(node, definition.type), convert)
        return _converted(_literal(node, definition.type), convert)
    supply = _variable(node, definition.type)
    is_required = is_required_argument(definition)

    def supply_variable(values: Values) -> Any:
        value = supply(values)
        if value is Undefined:
            if is_required:
                raise Unexpected
            value = default
        return value if convert is _ITSELF or value is Undefined else convert(value)

    return supply_variable


def _constant(value: Any, convert: Convert | None) -> Any:
    """Converted once, where no request can change it for the next."""
    if value is Undefined:
        return Undefined
    if convert is _ITSELF and not isinstance(value, list | dict):
        return (lambda _: value) if callable(value) else value
    return _converted(lambda _: deepcopy(value), convert)


def _converted(supply: Supply, convert: Convert | None) -> Supply:
    return supply if convert is _ITSELF else lambda values: convert(supply(values))


def _literal_value(node: ValueNode, type_: GraphQLInputType) -> Any:
    value = coerce_input_literal(node, type_)
    if value is Undefined:
        raise NotCovered
    return value


def _holds_variables(node: ValueNode) -> bool:
    match node:
        case VariableNode():
            return True
        case ListValueNode():
            return any(map(_holds_variables, node.values))
        case ObjectValueNode():
            return any(_holds_variables(field.value) for field in node.fields)
    return False


def _variable(node: VariableNode, type_: GraphQLInputType) -> Supply:
    name = node.name.value
    if not isinstance(type_, GraphQLNonNull):
        return lambda values: values.get(name, Undefined)

    def supply(values: Values) -> Any:
        value = values.get(name, Undefined)
        if value is None:
            raise Unexpected
        return value

    return supply


def _literal(node: ValueNode, type_: GraphQLInputType) -> Supply:
    """coerce_input_literal, prepared for a literal with variables inside."""
    if isinstance(node, VariableNode):
        return _variable(node, type_)
    if not _holds_variables(node):
        value = _literal_value(node, type_)
        return lambda _: deepcopy(value)
    if isinstance(type_, GraphQLNonNull):
        return _literal(node, type_.of_type)
    if isinstance(type_, GraphQLList):
        return _list_literal(node, type_.of_type)
    if isinstance(type_, GraphQLInputObjectType) and isinstance(node, ObjectValueNode):
        return _object_literal(node, type_)
    raise NotCovered  # variables inside of a scalar such as JSON


def _list_literal(node: ValueNode, item_type: GraphQLInputType) -> Supply:
    nodes = node.values if isinstance(node, ListValueNode) else (node,)
    supplies = [_literal(item, item_type) for item in nodes]
    is_required = isinstance(item_type, GraphQLNonNull)

    def supply(values: Values) -> list[Any]:
        items = [supply_item(values) for supply_item in supplies]
        if Undefined not in items:
            return items
        if is_required:
            raise Unexpected
        return [None if item is Undefined else item for item in items]

    return supply


def _object_literal(node: ObjectValueNode, type_: GraphQLInputObjectType) -> Supply:
    nodes = {field.name.value: field.value for field in node.fields}
    if type_.is_one_of or not nodes.keys() <= type_.fields.keys():
        raise NotCovered
    constant = {}
    supplies = []
    for name, field in type_.fields.items():
        default = coerce_default_value(field)
        if name in nodes:
            supplies.append((name, _literal(nodes[name], field.type), default, is_required_input_field(field)))
        elif is_required_input_field(field):
            raise NotCovered
        elif default is not Undefined:
            constant[name] = default

    def supply(values: Values) -> dict[str, Any]:
        made = constant.copy()
        for name, supply_field, default, is_required in supplies:
            value = supply_field(values)
            if value is Undefined:
                if is_required:
                    raise Unexpected
                value = default
            if value is not Undefined:
                made[name] = value
        return made

    return supply


def _converter(schema: Schema, type_: StrawberryType | type, inside: tuple[object, ...]) -> Convert | None:
    """Strawberry's convert_argument, prepared for a type. inside: the inputs around it."""
    if isinstance(type_, StrawberryMaybe):
        return _some(
            _converter(schema, type_.of_type, inside), takes_null=isinstance(type_.of_type, StrawberryOptional)
        )
    if isinstance(type_, StrawberryOptional):
        return _converter(schema, type_.of_type, inside)
    if isinstance(type_, LazyType):
        return _converter(schema, type_.resolve_type(), inside)
    if isinstance(type_, StrawberryList):
        convert_item = _converter(schema, type_.of_type, inside)
        return _unless_absent(list if convert_item is _ITSELF else lambda items: [convert_item(item) for item in items])
    if type_ is GlobalID:
        raise NotCovered
    if is_scalar(type_, schema.schema_converter.scalar_registry):
        return _ITSELF
    if isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_):
        return _ITSELF
    if has_object_definition(type_) and type_ not in inside:
        return _unless_absent(_input(schema, type_, type_.__strawberry_definition__, (*inside, type_)))
    raise NotCovered


def _unless_absent(convert: Convert) -> Convert:
    return lambda value: value if value is None or value is UNSET else convert(value)


def _some(convert: Convert | None, *, takes_null: bool) -> Convert:
    def convert_some(value: Any) -> Some[Any]:
        if value is None and not takes_null:
            raise Unexpected
        return Some(value if convert is _ITSELF else convert(value))

    return convert_some


def _input(
    schema: Schema, class_: Callable[..., Any], definition: StrawberryObjectDefinition, inside: tuple[object, ...]
) -> Convert:
    if definition.from_input is not None or not definition.is_input:
        raise NotCovered
    fields = {
        schema.config.name_converter.from_field(field): (
            field.python_name,
            _converter(schema, field.resolve_type(type_definition=definition), inside),
        )
        for field in definition.fields
    }
    without_default = dict.fromkeys(
        field.python_name
        for field in definition.fields
        if field.default_value is MISSING and field.default_factory is MISSING
    )

    def convert(value: Mapping[str, Any]) -> Any:
        given = without_default.copy()
        for name, item in value.items():
            python_name, convert_item = fields[name]
            given[python_name] = item if convert_item is _ITSELF else convert_item(item)
        return class_(**given)

    return convert
