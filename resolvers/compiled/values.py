"""Writing the function that makes an answer of what a resolver returned.

It is written as Python and compiled, one function for each object that is selected: of
`{ post(id: …) { status destinations { attempts } } }` becomes

    def answer(v):
        return None if v is None else Post_1(v.source) if type(v) is class_Post else unexpected()

    def Post_1(v):
        return {
            'status': names_PostStatus[v.status],
            'destinations': [Destination_2(b) for b in a] if type((a := v.destinations)) in lists else unexpected(),
        }

    def Destination_2(v):
        return {
            'attempts': a if type((a := v.attempts)) is int and -2147483648 <= a <= 2147483647 else scalar_Int(a),
        }

Closures that do the same take twice the time (a page of 50 posts: 250 µs, so: 125 µs), because calling one costs more
than reading an attribute. Names from documents get into the source as string literals and in no other way.
"""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from inspect import getattr_static
from keyword import iskeyword
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from graphql import (
    GraphQLBoolean,
    GraphQLID,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLString,
    GraphQLUnionType,
    Undefined,
    is_leaf_type,
)
from strawberry.schema.schema_converter import CustomGraphQLEnumType, GraphQLCoreConverter
from strawberry.types.base import StrawberryObjectDefinition
from strawberry.types.field import StrawberryField

from resolvers.compiled.texts import WRITERS, uuid_text
from resolvers.compiled.unexpected import NotCovered, Unexpected, unexpected
from resolvers.reading import Reading

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from enum import Enum
    from typing import TypeAlias

    from graphql import GraphQLLeafType, GraphQLNamedType, GraphQLOutputType
    from graphql.execution.collect_fields import FieldDetails

    from resolvers.compiled.selected import Selected

    _Field: TypeAlias = str | Callable[[Any], Any]

_LIMIT: Final = 500
"""Fields of one operation, in every type that they may be of. An operation that holds more is not compiled."""

_PLAIN: Final = frozenset({str, int, float, bool, list, dict, tuple, UUID, datetime, date, time, Decimal})
"""Types of values that serializers are tried on. Others may be errors or awaitables, which mean something else."""

_LISTS: Final = frozenset({list, tuple})


class AnswerWriter:
    """Writes the answers of one operation. Raises NotCovered.

    An expression is written for a value, given how the value is read first and its name from there on: these are
    `(a := v.title)` and `a`, or `b` and `b` for what has its name already. by: the type that shows the value, where
    the value is what such a type has for a `source`.
    """

    def __init__(self, selected: Selected) -> None:
        self._selected = selected
        self._written: list[str] = []
        self._names: dict[str, Any] = {"unexpected": unexpected, "uuid_text": uuid_text, "lists": _LISTS, "UUID": UUID}
        self._fields = 0

    @property
    def source(self) -> str:
        return "\n\n".join(self._written)

    def write_answer(self, type_: GraphQLOutputType, details: list[FieldDetails]) -> str:
        """The name of the function that makes the answer of a field of this type."""
        answer = self._value(type_, details, "v", "v")
        return self._function("answer", f"return {answer}")

    def compiled(self) -> dict[str, Any]:
        """What was written, by name."""
        for function in self._written:  # one by one: the interpreter is let go of between them, and not within
            exec(compile(function, "<compiled operation>", "exec"), self._names)  # noqa: S102 - it is our own text
        return self._names

    def _value(
        self, type_: GraphQLOutputType, details: list[FieldDetails], first: str, name: str, by: Any = None
    ) -> str:
        if isinstance(type_, GraphQLNonNull):
            return self._never_null(type_.of_type, details, first, name, by)
        return f"None if {first} is None else {self._never_null(type_, details, name, name, by)}"

    def _never_null(self, type_: Any, details: list[FieldDetails], first: str, name: str, by: Any) -> str:
        if isinstance(type_, GraphQLList):
            item = chr(ord(name) + 1)
            answer = self._value(type_.of_type, details, item, item, by)
            return f"[{answer} for {item} in {name}] if type({first}) in lists else unexpected()"
        if is_leaf_type(type_):
            return self._leaf(type_, first, name)
        if isinstance(type_, GraphQLObjectType):
            return self._object(type_, details, first, name, by)
        if isinstance(type_, GraphQLUnionType | GraphQLInterfaceType) and by is None:
            return f"{self._members(type_, details)}[type({first})]({name})"
        raise NotCovered

    def _leaf(self, type_: GraphQLLeafType, first: str, name: str) -> str:
        serialize = type_.coerce_output_value
        if isinstance(type_, CustomGraphQLEnumType):
            members: Iterable[Enum] = type_.wrapped_cls
            names = {member: serialize(member) for member in members}
            return f"{self._keep('names', type_, names)}[{first}]"
        scalar = self._keep("scalar", type_, _scalar(serialize))
        if type_ is GraphQLString:
            return f"{name} if type({first}) is str else {scalar}({name})"
        if type_ is GraphQLID:
            return (
                f"uuid_text({name}) if type({first}) is UUID else {name} if type({name}) is str else {scalar}({name})"
            )
        if type_ is GraphQLInt:
            return f"{name} if type({first}) is int and -2147483648 <= {name} <= 2147483647 else {scalar}({name})"
        if type_ is GraphQLBoolean:
            return f"{name} if {first} is True or {name} is False else {scalar}({name})"
        if serialize in WRITERS:
            class_, text = WRITERS[serialize]
            usually = f"{self._keep('text', type_, text)}({name})"
            return f"{usually} if type({first}) is {self._keep('class', type_, class_)} else {scalar}({name})"
        return f"{scalar}({first})"

    def _object(self, type_: GraphQLObjectType, details: list[FieldDetails], first: str, name: str, by: Any) -> str:
        class_ = _class_of(type_)
        function, takes_source = self._fields_of(type_, class_, details)
        if by is None:
            shown = f"{name}.source" if takes_source else name
            return f"{function}({shown}) if type({first}) is {self._keep('class', type_, class_)} else unexpected()"
        if by is not class_:
            raise NotCovered
        shown = name if takes_source else f"{self._keep('class', type_, class_)}(source={name})"
        return f"{function}({shown}) if {first} is not None else unexpected()"

    def _members(self, type_: GraphQLUnionType | GraphQLInterfaceType, details: list[FieldDetails]) -> str:
        """The name of a table: by the class of a value, the function that makes its answer."""
        members = {member: _class_of(member) for member in self._selected.schema.get_possible_types(type_)}
        if type_.resolve_type is None or _has_own_resolve_type(type_):
            raise NotCovered
        if any(issubclass(one, other) for one in members.values() for other in members.values() if one is not other):
            raise NotCovered  # which of them a value is depends on their order
        entries = []
        for member, class_ in members.items():
            function, takes_source = self._fields_of(member, class_, details)
            answer = f"lambda v: {function}(v.source)" if takes_source else function
            entries.append(f"    {self._keep('class', member, class_)}: {answer},")
        name = f"members_{len(self._written)}"
        self._written.append("\n".join([f"{name} = {{", *entries, "}"]))
        return name

    def _fields_of(self, type_: GraphQLObjectType, class_: type, details: list[FieldDetails]) -> tuple[str, bool]:
        """The name of the function that makes the answer of an object, and whether it takes the object's source."""
        selected = self._selected.within(type_, details)
        fields = {key: self._field(type_, class_, field_details[0]) for key, field_details in selected.items()}
        read = [field for field in fields.values() if field is not None]
        takes_source = bool(read) and all(isinstance(field, Reading) for field in read)
        source = "v" if takes_source else "v.source"
        lines = ["return {"]
        for key, field in fields.items():
            self._fields += 1
            if self._fields > _LIMIT:
                raise NotCovered
            lines.append(f"    {key!r}: {self._answer_of(type_, field, selected[key], source)},")
        return self._function(type_.name, *lines, "}"), takes_source

    def _answer_of(
        self, type_: GraphQLObjectType, field: _Field | Reading | None, details: list[FieldDetails], source: str
    ) -> str:
        if field is None:
            return repr(type_.name)  # __typename
        name = details[0].node.name.value
        by = None
        if isinstance(field, Reading):
            by = field.by
            read = (
                f"{source}.{field.path}"
                if field.function is None
                else f"{self._keep(f'read_{name}', type_, field.function)}({source})"
            )
        elif callable(field):
            read = f"{self._keep(f'resolve_{name}', type_, field)}(v)"
        else:
            read = f"v.{field}"
        return self._value(type_.fields[name].type, details, f"(a := {read})", "a", by)

    def _field(self, type_: GraphQLObjectType, class_: type, details: FieldDetails) -> _Field | Reading | None:
        """How a field is read: an attribute's name, or a resolver that takes the object; None of __typename."""
        name = details.node.name.value
        if name == "__typename":
            return None
        field = self._selected.field(type_.fields[name])
        if field.is_basic_field:
            reading = getattr_static(class_, field.python_name, None)
            if isinstance(reading, Reading):
                return reading
            if iskeyword(field.python_name) or type(field).get_result is not StrawberryField.get_result:
                raise NotCovered
            return field.python_name
        resolver = field.base_resolver
        parameters = list(resolver.signature.parameters.values()) if resolver else []
        if field.is_async or resolver is None or len(parameters) != 1 or resolver.self_parameter is not parameters[0]:
            raise NotCovered
        return resolver

    def _function(self, name: str, *lines: str) -> str:
        name = f"{name}_{len(self._written)}"
        self._written.append("\n".join([f"def {name}(v):", *(f"    {line}" for line in lines)]))
        return name

    def _keep(self, kind: str, type_: GraphQLNamedType, value: Any) -> str:
        """A name for something of a type that what is written uses."""
        name = f"{kind}_{type_.name}"
        self._names.setdefault(name, value)
        return name


def _scalar(serialize: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def scalar(value: Any) -> Any:
        written = serialize(value) if type(value) in _PLAIN else None
        if written is None or written is Undefined:
            raise Unexpected
        return written

    return scalar


def _class_of(type_: GraphQLObjectType) -> type:
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    if not isinstance(definition, StrawberryObjectDefinition) or definition.is_graphql_generic:
        raise NotCovered
    if definition.is_type_of is not None or definition.concrete_of is not None:
        raise NotCovered
    return definition.origin


def _has_own_resolve_type(type_: GraphQLUnionType | GraphQLInterfaceType) -> bool:
    definition = type_.extensions.get(GraphQLCoreConverter.DEFINITION_BACKREF)
    return getattr(definition, "resolve_type", None) is not None
