"""What is compiled answers generated queries as graphql-core does, to the byte."""

from pathlib import Path

import hypothesis_graphql
import pytest

from tests.compiled.generated import SEASONINGS, run_generated


@pytest.mark.timeout(600)  # thousands of cases: a minute of a processor that has nothing else to do
def test_generated_queries_are_answered_as_graphql_core_answers_them(migrated_sqlite: Path, tmp_path: Path) -> None:
    seen = run_generated(hypothesis_graphql.queries, migrated_sqlite, tmp_path, operation_count=400)

    assert seen["operations"] >= 400 * SEASONINGS
    assert seen["compiled"] >= 0.8 * seen["operations"], seen
    assert seen["answers"] >= 0.4 * seen["operations"], seen
    assert seen["errors"] >= 0.2 * seen["operations"], seen
