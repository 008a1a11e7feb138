"""The schema holds what clients rely on (contract.graphql beside this file), and describes all of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    build_schema,
    print_ast,
)
from graphql import GraphQLSchema as Schema

from resolvers.schema import build_schema as build_our_schema


@pytest.fixture(scope="module")
def ours() -> Schema:
    return build_schema(build_our_schema().as_str())


@pytest.fixture(scope="module")
def contract() -> Schema:
    return build_schema((Path(__file__).parent / "contract.graphql").read_text())


def named_types(schema: Schema) -> dict[str, GraphQLNamedType]:
    return {name: type for name, type in schema.type_map.items() if not name.startswith("__")}


def test_every_type_of_the_contract_is_there_and_of_the_same_kind(ours: Schema, contract: Schema) -> None:
    kinds = {name: type(known).__name__ for name, known in named_types(contract).items()}

    assert {name: type(ours.type_map.get(name)).__name__ for name in kinds} == kinds


def test_every_field_of_the_contract_is_there_with_its_type_and_its_arguments(ours: Schema, contract: Schema) -> None:
    assert parts(contract).keys() - parts(ours).keys() == set()
    assert {path: told for path, told in parts(ours).items() if path in parts(contract)} == parts(contract)


def parts(schema: Schema) -> dict[str, str]:
    """Everything a client can name, by its path, with what the contract fixes of it."""
    found: dict[str, str] = {}
    for name, known in named_types(schema).items():
        if isinstance(known, GraphQLObjectType | GraphQLInterfaceType):
            for interface in known.interfaces:
                found[f"{name} implements {interface.name}"] = ""
            for field_name, field in known.fields.items():
                found[f"{name}.{field_name}"] = f"{field.type}"
                for argument_name, argument in field.args.items():
                    told = print_ast(argument.ast_node) if argument.ast_node else ""
                    found[f"{name}.{field_name}({argument_name})"] = told.rpartition('"\n')[2]
        elif isinstance(known, GraphQLInputObjectType):
            for field_name, input_field in known.fields.items():
                told = print_ast(input_field.ast_node) if input_field.ast_node else ""
                found[f"{name}.{field_name}"] = told.rpartition('"\n')[2].partition(" @deprecated")[0]
                found[f"{name}.{field_name} is deprecated"] = str(input_field.deprecation_reason is not None)
        elif isinstance(known, GraphQLEnumType):
            found |= {f"{name}.{value}": "" for value in known.values}
        elif isinstance(known, GraphQLUnionType):
            found |= {f"{name} = {member.name}": "" for member in known.types}
    return found


def test_the_contract_leaves_out_only_what_is_not_there_yet(contract: Schema) -> None:
    """A file that lost its lines would be an easy contract to keep."""
    assert len(parts(contract)) > 200
    assert {"UpdatePostResult = VersionConflict", "Mutation.updatePost(dryRun)", "Post.nextStep"} <= parts(
        contract
    ).keys()


def test_everything_in_the_schema_has_a_description(ours: Schema) -> None:
    bare: list[str] = []
    for name, known in named_types(ours).items():
        if name in ("String", "Int", "Boolean", "ID", "Float"):
            continue
        if not known.description:
            bare.append(name)
        if isinstance(known, GraphQLObjectType | GraphQLInterfaceType):
            for field_name, field in known.fields.items():
                bare += [] if field.description else [f"{name}.{field_name}"]
                bare += [f"{name}.{field_name}({arg})" for arg, value in field.args.items() if not value.description]
        elif isinstance(known, GraphQLInputObjectType):
            bare += [f"{name}.{input_name}" for input_name, value in known.fields.items() if not value.description]
        elif isinstance(known, GraphQLEnumType):
            bare += [f"{name}.{value_name}" for value_name, value in known.values.items() if not value.description]

    assert bare == []
