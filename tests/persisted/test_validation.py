"""A manifest against the schema: whatever the endpoint would refuse is found before it is asked for."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from strawberry import Schema

from resolvers.limits import Limits
from resolvers.operations.preparing import Rules
from resolvers.persisted.manifest import read_manifest
from resolvers.persisted.validation import validate_manifest
from resolvers.schema import build_schema
from tests.persisted.asking import PLATFORMS, POSTS

NESTED = "{ posts " + "{ nodes { history " * 5000 + "{ nodes { id } }" + "} }" * 5000 + " }"


@pytest.fixture(scope="module")
def schema() -> Schema:
    return build_schema()


def problems_of(schema: Schema, path: Path, *texts: str, rules: Rules | None = None) -> list[str]:
    """What is said of a manifest with these texts, whose ids are 1, 2, 3… Less the file's name."""
    path /= "documents.json"
    path.write_text(json.dumps({str(number): text for number, text in enumerate(texts, 1)}))
    problems = validate_manifest(schema, read_manifest(path), rules or Rules())
    assert all(problem.startswith(f"{path}: ") for problem in problems)
    return [problem.removeprefix(f"{path}: ") for problem in problems]


def test_finds_nothing_wrong_with_operations_of_every_kind(schema: Schema, tmp_path: Path) -> None:
    change = "mutation Delete($id: ID!) { deletePost(id: $id) { ...Told } } fragment Told on MutationError { code }"
    follow = "subscription { postChanged { cursor } }"

    assert problems_of(schema, tmp_path, POSTS, PLATFORMS, change, follow, f"{POSTS} {PLATFORMS}") == []


def test_names_every_document_that_does_not_fit_and_where_it_does_not(schema: Schema, tmp_path: Path) -> None:
    assert problems_of(schema, tmp_path, "{ posts {\n  total } post { id } }", POSTS, "mutation { publish }") == [
        "document 1: line 2, column 3: Cannot query field 'total' on type 'PostConnection'.",
        "document 1: line 2, column 11: Argument 'Query.post(id:)' of type 'ID!' is required, but it was not provided.",
        "document 3: line 1, column 12: Cannot query field 'publish' on type 'Mutation'.",
    ]


def test_names_the_operation_as_apollos_tools_do(schema: Schema, tmp_path: Path) -> None:
    path = tmp_path / "documents.json"
    operation = {"id": "a1", "name": "Total", "type": "query", "body": "query Total { total }"}
    manifest = {"format": "apollo-persisted-query-manifest", "version": 1, "operations": [operation]}
    path.write_text(json.dumps(manifest))

    assert validate_manifest(schema, read_manifest(path), Rules()) == [
        f"{path}: operation 1 (Total, a1): line 1, column 15: Cannot query field 'total' on type 'Query'."
    ]


def test_helps_with_names_where_clients_are_not_helped(schema: Schema, tmp_path: Path) -> None:
    [problem] = problems_of(schema, tmp_path, "{ account { id } }", rules=Rules(suggests=False))

    assert problem.endswith("Cannot query field 'account' on type 'Query'. Did you mean 'accounts'?")


@pytest.mark.parametrize(
    "text",
    [
        '{ post(id: {key: "hunter2"}) { id } }',
        '{ posts(first: "hunter2") { totalCount } }',
        '{ posts(filter: {status: "hunter2"}) { totalCount } }',
        "{ posts(filter: {status: [hunter2]}) { totalCount } }",
        '{ posts(filter: {status: [SCHEDULED, {a: "hunter2"}]}) { totalCount } }',
        'query ($first: Int = "hunter2") { posts(first: $first) { totalCount } }',
        '{ posts "hunter2" }',
        '{ posts(first: 5 "hunter2") { totalCount } }',
        '"hunter2" { posts { totalCount } }',
        '{ posts(after: "hunter2',
    ],
)
def test_quotes_no_value(schema: Schema, tmp_path: Path, text: str) -> None:
    [problem] = problems_of(schema, tmp_path, text)

    assert "hunter2" not in problem
    assert problem.startswith("document 1: ")


def test_says_what_is_not_graphql_at_all(schema: Schema, tmp_path: Path) -> None:
    assert problems_of(schema, tmp_path, "{ posts {", "nonsense", " ") == [
        "document 1: line 1, column 10: It is not a GraphQL document.",
        "document 2: line 1, column 1: It is not a GraphQL document.",
        "document 3: line 1, column 2: It is not a GraphQL document.",
    ]


def test_every_operation_of_a_document_must_fit(schema: Schema, tmp_path: Path) -> None:
    said = "Cannot query field 'total' on type 'Query'."

    assert problems_of(schema, tmp_path, "query A { accounts { platform } } query B { total } query C { total }") == [
        f"document 1: line 1, column 45 and line 1, column 63: {said}",
    ]


def test_a_document_without_an_operation_is_none(schema: Schema, tmp_path: Path) -> None:
    message = "The document must hold one operation, or operationName must say which of them to run."

    assert problems_of(
        schema, tmp_path, "fragment F on Post { id }", "{ accounts { platform } } { webhooks { id } }"
    ) == [
        f"document 1: {message}",
        f"document 2: {message}",
    ]


def test_finds_what_is_beyond_the_endpoints_limits(schema: Schema, tmp_path: Path) -> None:
    [problem] = problems_of(schema, tmp_path, POSTS, rules=Rules(limits=Limits(depth=1)))
    assert problem.startswith("document 1: ")

    assert problems_of(schema, tmp_path, POSTS, rules=Rules(limits=Limits(depth=2))) == []


def test_finds_what_asks_for_a_schema_that_is_not_shown(schema: Schema, tmp_path: Path) -> None:
    asks = "{ __schema { types { name } } }"

    assert problems_of(schema, tmp_path, asks) == []
    [problem] = problems_of(schema, tmp_path, asks, rules=Rules(introspects=False))
    assert problem.startswith("document 1: line 1, column 3: ")


def test_a_document_that_is_nested_beyond_measure_is_a_problem_and_no_failure(schema: Schema, tmp_path: Path) -> None:
    [problem] = problems_of(schema, tmp_path, NESTED)

    assert problem.startswith("document 1: ")
