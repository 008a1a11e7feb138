"""Whether the endpoint would answer the documents of a manifest: found out before any client asks for one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from graphql import GraphQLError, GraphQLSyntaxError, OperationDefinitionNode, ValueNode, parse

from app.http.body import UnreadableRequest
from resolvers.limits import check_text
from resolvers.operations.preparing import InvalidOperation, prepare

if TYPE_CHECKING:
    from collections.abc import Iterator

    from strawberry import Schema

    from resolvers.operations.preparing import Rules
    from resolvers.persisted.manifest import Manifest


def validate_manifest(schema: Schema, manifest: Manifest, rules: Rules) -> list[str]:
    """Every problem, as a line that names the file and the document, and quotes no value that a document holds.

    rules: the endpoint's.
    """
    rules = replace(rules, suggests=True, compiles=False)
    return [
        manifest.problem(entry, problem)
        for entry in manifest.entries
        # What is wrong with a fragment is found with every operation of the document: once is enough.
        for problem in dict.fromkeys(_problems(schema, entry.text, rules))
    ]


def _problems(schema: Schema, text: str, rules: Rules) -> Iterator[str]:
    for name in _names_in(text, rules):
        try:
            prepare(schema, text, name, rules)
        except InvalidOperation as error:
            yield from map(_said, error.errors)
        except UnreadableRequest as error:
            yield error.message


def _names_in(text: str, rules: Rules) -> list[str | None]:
    """What to ask for so that each operation is prepared: None for the only one, and for a text that holds none."""
    try:
        check_text(text, rules.limits)
        definitions = parse(text).definitions
    except GraphQLError:
        return [None]
    operations = [each for each in definitions if isinstance(each, OperationDefinitionNode)]
    if len(operations) <= 1:
        return [None]
    return [each.name.value if each.name is not None else None for each in operations]


def _said(error: GraphQLError) -> str:
    places = " and ".join(f"line {line}, column {column}" for line, column in error.locations or ())
    place = f"{places}: " if places else ""
    if isinstance(error, GraphQLSyntaxError):
        return f"{place}It is not a GraphQL document."  # the parser's message quotes what it found
    if any(isinstance(node, ValueNode) for node in error.nodes or ()):
        return f"{place}A value is not of the type that is wanted there."
    return f"{place}{error.message}"
