"""What tests of generated clients stand on: the schema, as it is and as it once was, and a server on the demo posts."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.clients.older_schema import schema_without
from tests.support.server import ROOT, Server


@pytest.fixture(scope="module")
def schema() -> str:
    return (ROOT / "schema.graphql").read_text()


@pytest.fixture(scope="module")
def older_schema(schema: str) -> str:
    """The schema before the refusal PublishingInProgress existed."""
    older = schema_without(schema, "PublishingInProgress", code="PUBLISHING_IN_PROGRESS")
    assert "type PublishingInProgress" in schema
    assert "type PublishingInProgress" not in older
    return older


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server") / "home", "--demo") as server:
        yield server
