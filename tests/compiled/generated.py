"""Generated operations, each seasoned in several ways, on twins."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any, Final

from graphql import DocumentNode, parse_value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from resolvers.schema import build_schema
from tests.compiled.seasoning import season
from tests.compiled.twins import open_twins

SEASONINGS: Final = 8

_SCALARS: Final = {
    "UUID": st.uuids().map(str).map(nodes.String),
    "DateTime": st.sampled_from(["2026-04-20T09:00:00Z", "2026-04-30T11:00:00.5+02:00", "2020-01-01T00:00:00Z"]).map(
        nodes.String
    ),
    "JSON": st.sampled_from(['{x: {content: "short"}}', "{}", "null", '[1, 2.5, "three"]', '"text"']).map(parse_value),
}


def _itself(operation: DocumentNode) -> DocumentNode:
    return operation


def run_generated(
    operations: Callable[..., st.SearchStrategy[Any]], migrated: Path, folder: Path, *, operation_count: int
) -> Counter[str]:
    """Have twins agree on every one. What they have seen; raises AssertionError where they differ.

    The same every time, unless the environment has a REDRAFT_TEST_SEED: then others are drawn.
    """
    seed = int(os.environ.get("REDRAFT_TEST_SEED", "0"))
    text = build_schema().as_str()

    with asyncio.Runner() as runner:
        opening = open_twins(migrated, folder)
        twins = runner.run(opening.__aenter__())

        @settings(
            max_examples=operation_count,
            derandomize=not seed,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(
            operations(text, custom_scalars=_SCALARS, allow_x00=False, print_ast=_itself),
            st.integers(seed, seed + 2**32),
        )
        def agree(operation: DocumentNode, number: int) -> None:
            random = Random(number)  # noqa: S311 - it is to be repeatable
            for _ in range(SEASONINGS):
                seasoned, variables = season(twins.schema._schema, operation, random)
                runner.run(twins.agree(seasoned, variables, reads_only=random.random() < 0.1))

        try:
            agree()
        finally:
            runner.run(opening.__aexit__(None, None, None))
    return twins.seen
