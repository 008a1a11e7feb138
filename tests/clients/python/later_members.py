"""A plugin of ariadne-codegen: the client also understands refusals and enum values that come after it was generated.

Without it, a member of a union that the client does not know is a ValidationError. With it, every union that holds
refusals ends in one more member, `…LaterMutationError`, which takes any `__typename` and has what the operation asks of
the interface MutationError; and an enum makes a value that it does not know one of its own.
"""

from __future__ import annotations

import ast

from ariadne_codegen import Plugin
from graphql import (
    ExecutableDefinitionNode,
    FieldNode,
    GraphQLEnumType,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    SelectionSetNode,
    extend_schema,
    parse,
)

INTERFACE = "MutationError"
LATER = f"Later{INTERFACE}"

# Every other member has its own __typename as a literal, so the last one gets only what no other takes.
IN_ORDER = ast.keyword(arg="union_mode", value=ast.Constant("left_to_right"))

MISSING = """
@classmethod
def _missing_(cls, value: object) -> Optional["{name}"]:
    if not isinstance(value, str):
        return None
    later = str.__new__(cls, value)
    later._name_ = later._value_ = value
    return later
"""


class LaterMembers(Plugin):
    def process_schema(self, schema: GraphQLSchema) -> GraphQLSchema:
        """Add the member to the unions in memory; the generator then makes its classes as it makes all others."""
        interface = schema.type_map[INTERFACE]
        assert isinstance(interface, GraphQLInterfaceType)
        refusals = set(schema.get_implementations(interface).objects)
        fields = " ".join(f"{name}: {field.type}" for name, field in interface.fields.items())
        additions = [f"type {LATER} implements {INTERFACE} {{ {fields} }}"]
        for type_ in schema.type_map.values():
            if isinstance(type_, GraphQLUnionType) and not refusals.isdisjoint(type_.types):
                additions.append(f"extend union {type_.name} = {LATER}")
        return extend_schema(schema, parse("\n".join(additions)))

    def generate_result_class(
        self,
        class_def: ast.ClassDef,
        operation_definition: ExecutableDefinitionNode,
        selection_set: SelectionSetNode,
    ) -> ast.ClassDef:
        if class_def.name.endswith(LATER):
            for field in class_def.body:
                if isinstance(field, ast.AnnAssign) and ast.unparse(field.target) == "typename__":
                    field.annotation = ast.Name("str")
        return class_def

    def generate_result_field(
        self,
        field_implementation: ast.AnnAssign,
        operation_definition: ExecutableDefinitionNode,
        field: FieldNode,
    ) -> ast.AnnAssign:
        if LATER in ast.unparse(field_implementation.annotation):
            for node in ast.walk(field_implementation):
                if isinstance(node, ast.Call):
                    node.keywords = [IN_ORDER if word.arg == "discriminator" else word for word in node.keywords]
        return field_implementation

    def generate_enum(self, class_def: ast.ClassDef, enum_type: GraphQLEnumType) -> ast.ClassDef:
        class_def.body += ast.parse(MISSING.format(name=class_def.name)).body
        return class_def

    def generate_enums_module(self, module: ast.Module) -> ast.Module:
        module.body.insert(0, ast.ImportFrom("typing", [ast.alias("Optional")], 0))
        return module
