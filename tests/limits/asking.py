"""Asking whether a document is let in."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, parse, validate

from resolvers.limits import RULES, TOO_LARGE, Limits, check_cost, check_document, check_text, cost_of
from resolvers.schema import build_schema


@cache
def schema() -> GraphQLSchema:
    return build_schema()._schema


def cost(text: str, name: str | None = None, **variables: Any) -> int:
    """What an operation costs, which must be valid."""
    document = parse(text)
    assert validate(schema(), document, RULES) == []
    return cost_of(schema(), document, name)(variables)


def let_in(text: str, limits: Limits | None = None, name: str | None = None, **variables: Any) -> int:
    """The cost of an operation that nothing refuses."""
    limits = limits or Limits()
    check_text(text, limits)
    check_document(parse(text), limits)
    spent = cost(text, name, **variables)
    check_cost(spent, limits)
    return spent


def refusal_of_text(text: str, limits: Limits | None = None) -> str:
    with pytest.raises(GraphQLError) as refused:
        check_text(text, limits or Limits())
    return described(refused.value)


def refusal_of_document(text: str, limits: Limits | None = None) -> str:
    """The document need not be valid."""
    limits = limits or Limits()
    check_text(text, limits)
    with pytest.raises(GraphQLError) as refused:
        check_document(parse(text), limits)
    return described(refused.value)


def described(error: GraphQLError) -> str:
    """The message of a refusal, which must name the numbers that its extensions have."""
    extensions = error.extensions or {}
    assert extensions.keys() == {"code", "limit", "actual"}
    assert extensions["code"] == TOO_LARGE
    assert f"{extensions['limit']:,}" in error.message
    assert f"{extensions['actual']:,}" in error.message
    return error.message
