"""What is compiled, and what is left to graphql-core."""

from __future__ import annotations

from typing import Any, Final

import pytest
import strawberry
from graphql import DocumentNode, parse, validate
from strawberry.extensions import SchemaExtension

from resolvers.compiled import Plan, compile_operation
from resolvers.schema import build_schema
from tests.compiled.twins import executed, written

_SCHEMA: Final = build_schema()


def _plan(text: str, name: str | None = None) -> Plan | None:
    document = parse(text)
    assert validate(_SCHEMA._schema, document) == []
    return compile_operation(_SCHEMA, document, name)


@pytest.mark.parametrize(
    "text",
    [
        "{ __schema { queryType { name } } }",
        '{ __type(name: "Post") { name } }',
        "{ accounts { accountId } __schema { description } }",
        "subscription { postChanged { cursor } }",
        "{ posts { nodes { revisions { totalCount } } } }",
        "{ webhooks { deliveries { id } } }",
        "query One { accounts { accountId } } query Two { accounts { platform } }",
        'mutation ($x: JSON) { updatePost(id: "a", input: {platformContent: {x: $x}}) { __typename } }',
    ],
)
def test_leaves_to_graphql_core(text: str) -> None:
    assert _plan(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "{ __typename }",
        "{ posts { nodes { id } edges { cursor node { id } } pageInfo { endCursor } totalCount } }",
        "{ platformRules { platform } accounts { rules { textLimit } } webhooks { id } }",
        "query ($a: Boolean!, $b: Boolean = true) { accounts @skip(if: $a) { accountId @include(if: $b) } }",
        "{ posts @skip(if: true) { nodes { revisions { totalCount } } } }",
        'mutation ($c: String) { updatePost(id: "a", input: {content: $c}) { ... on NotFound { id } } }',
        "query One { accounts { accountId } }",
    ],
)
def test_compiles(text: str) -> None:
    assert _plan(text) is not None


def test_compiles_the_operation_that_is_named() -> None:
    text = "query One { accounts { accountId } } query Two { webhooks { deliveries { id } } }"

    assert _plan(text, "One") is not None
    assert _plan(text, "Two") is None
    assert _plan(text, "Three") is None


def test_leaves_what_is_very_large_to_graphql_core() -> None:
    fields = " ".join(f"f{number}: content" for number in range(1001))

    assert _plan(f"{{ posts {{ nodes {{ {fields} }} }} }}") is None


def test_leaves_a_schema_whose_extensions_resolve_to_graphql_core() -> None:
    class Shouting(SchemaExtension):
        def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
            return _next(root, info, *args, **kwargs)

    assert compile_operation(_schema(), parse("{ said }"), None) is not None
    assert compile_operation(_schema(extensions=[Shouting]), parse("{ said }"), None) is None


async def test_has_a_plan_for_each_combination_of_two_conditions_and_leaves_more_to_graphql_core() -> None:
    schema = _schema()

    def asking(number: int) -> DocumentNode:
        names = [f"c{each}" for each in range(number)]
        declared = ", ".join(f"${name}: Boolean" for name in names)
        return parse(f"query ({declared}) {{ {' '.join(f'{name}: said @include(if: ${name})' for name in names)} }}")

    plan = compile_operation(schema, asking(2), None)
    assert plan is not None
    for variables in ({"c0": a, "c1": b} for a in (True, False, None) for b in (True, False, "yes")):
        answer = written(await plan.run(variables, None))  # type: ignore[arg-type]
        assert answer == written(await executed(schema, asking(2), variables, None))
    assert len(plan._variants) == 4
    assert compile_operation(schema, asking(3), None) is None


async def test_names_of_a_document_are_no_more_than_keys() -> None:
    schema = _schema()
    document = parse("{ __import__: said  v: said  unexpected: said  class_String: said  return: said }")
    plan = compile_operation(schema, document, None)
    assert plan is not None

    result = await plan.run(None, None)  # type: ignore[arg-type]

    assert result.data == dict.fromkeys(["__import__", "v", "unexpected", "class_String", "return"], "yes")


def _schema(extensions: Any = ()) -> strawberry.Schema:
    @strawberry.type
    class Query:
        @strawberry.field
        async def said(self) -> str:
            return "yes"

    return strawberry.Schema(query=Query, extensions=extensions)
