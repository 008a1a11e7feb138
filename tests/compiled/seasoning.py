"""Makes of a generated operation, which has neither variables nor fragments nor directives, one that has them."""

from __future__ import annotations

from random import Random
from typing import Any, Final

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    ValueNode,
    get_named_type,
    parse,
    print_ast,
    value_from_ast_untyped,
)

from app.commands.fill_demo import DRAFT, FAILED, PARTIALLY_FAILED, PUBLISHED, PUBLISHING, SCHEDULED, SLIDESHOW, VIDEO

_POSTS: Final = (DRAFT, FAILED, PARTIALLY_FAILED, PUBLISHED, PUBLISHING, SCHEDULED, SLIDESHOW, VIDEO)
_ASYNCHRONOUS: Final = ("revisions", "deliveries")
_WRONG: Final[tuple[Any, ...]] = (None, "no", 3, 2.5, 2**31, True, [], [None], {}, {"unknown": 1})


def season(schema: GraphQLSchema, document: DocumentNode, random: Random) -> tuple[str, dict[str, Any]]:
    """The operation's new text, and variables for it, which may be wrong."""
    return _Seasoning(schema, random).operation(document)


class _Seasoning:
    def __init__(self, schema: GraphQLSchema, random: Random) -> None:
        self._schema = schema
        self._random = random
        self._chance = random.random
        self._declared: list[str] = []
        self._fragments: list[str] = []
        self._variables: dict[str, Any] = {}
        self._keeps_asynchronous = self._chance() < 0.1
        self._spoils = self._chance() < 0.3

    def operation(self, document: DocumentNode) -> tuple[str, dict[str, Any]]:
        (operation,) = document.definitions
        assert isinstance(operation, OperationDefinitionNode)
        type_ = self._schema.get_root_type(operation.operation)
        assert type_ is not None
        selections = self._selections(operation.selection_set, type_)
        declared = f"({', '.join(self._declared)})" if self._declared else ""
        fragments = "\n".join(self._fragments)
        return f"{operation.operation.value} Seasoned{declared} {selections}\n{fragments}", self._variables

    def _selections(self, selections: SelectionSetNode, type_: GraphQLNamedType) -> str:
        written = []
        for selection in selections.selections:
            if isinstance(selection, InlineFragmentNode):
                assert selection.type_condition is not None
                inner = self._schema.type_map[selection.type_condition.name.value]
                fragment = f"... on {inner.name} {self._directives()}{self._selections(selection.selection_set, inner)}"
                written.append(fragment)
            elif isinstance(selection, FieldNode) and (
                self._keeps_asynchronous or selection.name.value not in _ASYNCHRONOUS
            ):
                written.append(self._wrapped(self._field(selection, type_), type_))
        for extra in ("__typename", "its: __typename"):
            if not written or self._chance() < 0.1:
                written.insert(self._random.randint(0, len(written)), extra)
        if self._chance() < 0.1:
            written.append(self._random.choice(written))  # the same again, to be merged
        return "{ " + " ".join(written) + " }"

    def _wrapped(self, field: str, type_: GraphQLNamedType) -> str:
        chance = self._chance()
        if chance < 0.05:
            return f"... {self._directives()}{{ {field} }}"
        if chance < 0.1:
            return f"... on {type_.name} {self._directives()}{{ {field} }}"
        if chance < 0.15:
            name = f"F{len(self._fragments)}"
            self._fragments.append(f"fragment {name} on {type_.name} {{ {field} }}")
            return f"...{name} {self._directives()}"
        return field

    def _field(self, node: FieldNode, parent: GraphQLNamedType) -> str:
        assert isinstance(parent, GraphQLObjectType) or hasattr(parent, "fields")
        name = node.name.value
        if name == "__typename":
            return print_ast(node)
        definition = parent.fields[name]
        arguments = [
            f"{argument.name.value}: {self._argument(argument.name.value, argument.value, definition.args)}"
            for argument in node.arguments or ()
            if argument.name.value != "after" or self._chance() < 0.2
        ]
        alias = f"{node.alias.value}: " if node.alias else ""
        given = f"({', '.join(arguments)})" if arguments else ""
        written = f"{alias}{name}{given} {self._directives()}"
        if node.selection_set is None:
            return written
        return written + self._selections(node.selection_set, get_named_type(definition.type))

    def _argument(self, name: str, value: ValueNode, definitions: Any) -> str:
        if name == "id" and self._chance() < 0.8:
            value = _literal(f'"{self._random.choice(_POSTS)}"')
        if name == "first" and self._chance() < 0.9:
            value = _literal(str(self._random.randint(0, 9)))
        return self._value(value, definitions[name].type)

    def _value(self, value: ValueNode, type_: GraphQLInputType) -> str:
        """The literal, or a variable that says the same, unless it is to be spoiled; or a part of it is one."""
        if self._chance() < 0.3:
            return self._variable(value, type_)
        inner = get_named_type(type_)
        if isinstance(value, ObjectValueNode) and isinstance(inner, GraphQLInputObjectType):
            fields = [
                f"{field.name.value}: {self._value(field.value, inner.fields[field.name.value].type)}"
                for field in value.fields
            ]
            return "{" + ", ".join(fields) + "}"
        return print_ast(value)

    def _variable(self, value: ValueNode, type_: GraphQLInputType) -> str:
        name = f"v{len(self._declared)}"
        has_default = self._chance() < 0.2
        self._declared.append(f"${name}: {type_}" + (f" = {print_ast(value)}" if has_default else ""))
        if not has_default or self._chance() < 0.3:
            self._variables[name] = value_from_ast_untyped(value)
        if self._spoils and self._chance() < 0.5:
            self._spoil(name)
        return f"${name}"

    def _spoil(self, name: str) -> None:
        value = self._variables.pop(name, None)
        if isinstance(value, dict) and value and self._chance() < 0.7:
            self._variables[name] = {**value, self._random.choice([*value, "unknown"]): self._random.choice(_WRONG)}
        elif self._chance() < 0.8:
            self._variables[name] = self._random.choice(_WRONG)

    def _directives(self) -> str:
        if self._chance() < 0.9:
            return ""
        condition = self._random.choice(["true", "false", "$on", "$off"])
        if condition.startswith("$"):
            name = condition[1:]
            declaration = f"{condition}: Boolean! = {'true' if name == 'on' else 'false'}"
            if declaration not in self._declared:
                self._declared.append(declaration)
                if self._chance() < 0.5:
                    self._variables[name] = self._random.choice([True, False, False, True, None, "yes"])
        return f"@{self._random.choice(['skip', 'include'])}(if: {condition}) "


def _literal(text: str) -> ValueNode:
    operation = parse(f"{{ field(argument: {text}) }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    field = operation.selection_set.selections[0]
    assert isinstance(field, FieldNode)
    assert field.arguments
    return field.arguments[0].value
