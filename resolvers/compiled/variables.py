"""Reading the variables of a request, as graphql-core's get_variable_values does where it finds nothing wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import (
    GraphQLEnumType,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLScalarType,
    Undefined,
    is_required_input_field,
)
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.utilities.coerce_input_value import coerce_default_value

from resolvers.compiled.unexpected import NotCovered, Unexpected, unexpected

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import TypeAlias

    from graphql import GraphQLSchema, VariableDefinitionNode

    Read: TypeAlias = Callable[[Any], Any]
    """Of a JSON value, as it came. Raises, whatever it raises, for one that is not of its type."""


def variables_reader(
    schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]
) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    """What reads the variables of an operation. It raises, whatever it raises, where something is wrong with them."""
    declared = [_declared(schema, definition) for definition in definitions]

    def read(sent: Mapping[str, Any]) -> dict[str, Any]:
        values = {}
        for name, read_value, default, is_required in declared:
            if name in sent:
                values[name] = read_value(sent[name])
            elif default is not Undefined:
                values[name] = default
            elif is_required:
                raise Unexpected
        return values

    return read


def _declared(schema: GraphQLSchema, definition: VariableDefinitionNode) -> tuple[str, Read, Any, bool]:
    signature = get_variable_signature(schema, definition)
    if isinstance(signature, GraphQLError):
        raise NotCovered
    default = coerce_default_value(signature)
    return signature.name, _reader(signature.type, ()), default, isinstance(signature.type, GraphQLNonNull)


def _reader(type_: GraphQLInputType, inside: tuple[GraphQLInputType, ...]) -> Read:
    """inside: the input objects around it, because of one that holds itself there would be no end."""
    if isinstance(type_, GraphQLNonNull):
        return _never_null(type_.of_type, inside)
    read = _never_null(type_, inside)
    return lambda value: None if value is None else read(value)


def _never_null(type_: Any, inside: tuple[GraphQLInputType, ...]) -> Read:
    match type_:
        case GraphQLList():
            return _list_reader(_reader(type_.of_type, inside))
        case GraphQLInputObjectType():
            return _object_reader(type_, inside)
        case GraphQLEnumType():
            return {name: type_.coerce_input_value(name) for name in type_.values}.__getitem__
        case GraphQLScalarType():
            return _scalar_reader(type_.coerce_input_value)
    raise NotCovered


def _scalar_reader(read: Read) -> Read:
    def read_scalar(value: Any) -> Any:
        if value is None:
            raise Unexpected
        return read(value)

    return read_scalar


def _list_reader(read_item: Read) -> Read:
    def read_list(value: Any) -> list[Any]:
        if type(value) is list:
            return [read_item(item) for item in value]
        return [read_item(value)] if type(value) in (str, int, float, bool, dict) else unexpected()

    return read_list


def _object_reader(type_: GraphQLInputObjectType, inside: tuple[GraphQLInputType, ...]) -> Read:
    if type_ in inside or type_.is_one_of or type_.out_type is not GraphQLInputObjectType.out_type:
        raise NotCovered
    if any(field.out_name for field in type_.fields.values()):
        raise NotCovered
    readers = {name: _reader(field.type, (*inside, type_)) for name, field in type_.fields.items()}
    required = {name for name, field in type_.fields.items() if is_required_input_field(field)}
    defaults = {
        name: default
        for name, field in type_.fields.items()
        if (default := coerce_default_value(field)) is not Undefined
    }

    def read_object(value: Any) -> dict[str, Any]:
        if type(value) is not dict or not required <= value.keys():
            raise Unexpected
        return defaults | {name: readers[name](item) for name, item in value.items()}

    return read_object
