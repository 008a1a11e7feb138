"""The schema as it was before one of its refusals existed: what a client knows that was generated then."""

from __future__ import annotations

from typing import Any

from graphql import (
    REMOVE,
    EnumTypeDefinitionNode,
    EnumValueDefinitionNode,
    NamedTypeNode,
    ObjectTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)


class _Without(Visitor):
    def __init__(self, member: str, code: str) -> None:
        super().__init__()
        self._member = member
        self._code = code

    def enter_object_type_definition(self, node: ObjectTypeDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value == self._member else None

    def enter_named_type(self, node: NamedTypeNode, *_: Any) -> Any:
        """Only unions name a refusal."""
        return REMOVE if node.name.value == self._member else None

    def enter_enum_type_definition(self, node: EnumTypeDefinitionNode, *_: Any) -> Any:
        return None if node.name.value == "ErrorCode" else False

    def enter_enum_value_definition(self, node: EnumValueDefinitionNode, *_: Any) -> Any:
        return REMOVE if node.name.value == self._code else None


def schema_without(schema: str, member: str, *, code: str) -> str:
    """The schema's text without this type, in whatever union it is, and without its value of ErrorCode."""
    return print_ast(visit(parse(schema), _Without(member, code)))
