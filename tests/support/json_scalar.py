"""Values of the scalar JSON, for schemathesis to write into GraphQL documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import graphql
from hypothesis import strategies

from app.domain.platforms import OVERRIDE_FIELDS, Platform

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy


def json_values() -> SearchStrategy[graphql.ValueNode]:
    """Any JSON, and objects such as platformContent and credentials hold. GraphQL writes names without quotes."""
    texts = strategies.text(max_size=5)
    names = strategies.from_regex(r"[_A-Za-z][_0-9A-Za-z]{0,5}", fullmatch=True)
    anything = strategies.recursive(
        strategies.none() | strategies.booleans() | strategies.integers() | texts,
        lambda inside: strategies.lists(inside, max_size=3) | strategies.dictionaries(names, inside, max_size=3),
        max_leaves=5,
    )
    overrides = strategies.dictionaries(
        strategies.sampled_from([str(platform) for platform in Platform]),
        strategies.dictionaries(strategies.sampled_from(OVERRIDE_FIELDS), texts, max_size=3),
        max_size=3,
    )
    credentials = strategies.fixed_dictionaries({"url": strategies.just("https://hooks.example/1"), "secret": texts})
    return (anything | overrides | credentials).map(_node)


def _node(value: object) -> graphql.ValueNode:
    match value:
        case None:
            return graphql.NullValueNode()
        case bool():
            return graphql.BooleanValueNode(value=value)
        case int():
            return graphql.IntValueNode(value=str(value))
        case str():
            return graphql.StringValueNode(value=value)
        case list():
            return graphql.ListValueNode(values=tuple(_node(item) for item in value))
        case dict():
            return graphql.ObjectValueNode(
                fields=tuple(
                    graphql.ObjectFieldNode(name=graphql.NameNode(value=name), value=_node(inside))
                    for name, inside in value.items()
                )
            )
    raise TypeError(f"JSON holds no {type(value).__name__}")
