"""Every document that this repository shows or sends is answered alike in both ways; and so is every refusal."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from graphql import GraphQLError, OperationDefinitionNode, print_ast, validate
from graphql import parse as parse_document

from app.commands.fill_demo import DRAFT, PARTIALLY_FAILED, PUBLISHED, PUBLISHING, SCHEDULED
from resolvers.schema import build_schema
from tests.compiled.twins import Twins, open_twins
from tests.support.edges import UPDATE_POST
from tests.support.explorer import documents_of_the_explorer

_ROOT: Final = Path(__file__).parents[2]
_SCHEMA: Final = build_schema()._schema
_VALUES: Final = {
    "ID": str(SCHEDULED),
    "Int": 3,
    "String": "text",
    "Boolean": True,
    "UpdatePostInput": {"content": "Said otherwise.", "scheduledFor": "2026-04-30T09:00:00+02:00"},
    "[PostChange": [{"id": str(DRAFT), "input": {"title": None}}, {"id": str(PUBLISHED), "input": {}}],
    "CreatePostInput": {"content": "New."},
    "PostFilter": {"status": ["DRAFT", "SCHEDULED"], "search": "the"},
    "PostOrder": "UPDATED_AT",
}
"""What is sent for a variable of a type."""


@pytest.fixture
async def twins(migrated_sqlite: Path, tmp_path: Path) -> AsyncIterator[Twins]:
    async with open_twins(migrated_sqlite, tmp_path) as twins:
        yield twins


async def test_every_tab_of_the_explorer(twins: Twins) -> None:
    await _agree_on_all(twins, documents_of_the_explorer())

    assert twins.seen["operations"] >= 12
    assert twins.seen["compiled"] >= 0.7 * twins.seen["operations"], twins.seen  # some ask for a history


async def test_every_operation_of_the_readme(twins: Twins) -> None:
    found = re.findall(r'"query": "(.*?)",?$', (_ROOT / "README.md").read_text(), re.MULTILINE)

    await _agree_on_all(twins, [json.loads(f'"{text}"') for text in found])

    assert twins.seen["compiled"] >= 2


async def test_every_operation_of_the_tests(twins: Twins) -> None:
    await _agree_on_all(twins, [text for path in (_ROOT / "tests").rglob("*.py") for text in _operations_in(path)])

    assert twins.seen["compiled"] >= 50, twins.seen


REFUSED: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "NotFound": ("nowhere", {"content": "a"}),
    "AlreadyPublished": (str(PUBLISHED), {"content": "a"}),
    "PublishingInProgress": (str(PUBLISHING), {"content": "a"}),
    "AccountAlreadyPublished": (str(PARTIALLY_FAILED), {"accountIds": []}),
    "InvalidFieldName": (str(DRAFT), {"media": ["a"]}),
    "InvalidInput": (str(SCHEDULED), {"timezone": "Atlantis", "scheduledFor": "1999-01-01T00:00:00Z", "title": "a"}),
    "VersionConflict": (str(SCHEDULED), {"expectedVersion": 1000}),
}


@pytest.mark.parametrize("refusal", REFUSED)
async def test_every_refusal(twins: Twins, refusal: str) -> None:
    id, input = REFUSED[refusal]
    answer = f"updatePost(id: $id, input: $input) {{ ... on {refusal} {{ code message }} }}"
    text = f"mutation ($id: ID!, $input: UpdatePostInput!) {{ {answer} }}"

    await twins.agree(UPDATE_POST, {"id": id, "input": input, "dryRun": False})
    await twins.agree(text, {"id": id, "input": input})

    assert (twins.seen["compiled"], twins.seen["answers"], twins.seen["errors"]) == (2, 2, 0)
    assert b'"code"' in twins.last, twins.last


async def test_a_key_that_may_not(twins: Twins) -> None:
    await twins.agree(UPDATE_POST, {"id": str(DRAFT), "input": {}, "dryRun": False}, reads_only=True)

    assert twins.seen["errors"] == 1
    assert b'"original":["Forbidden"' in twins.last


async def _agree_on_all(twins: Twins, texts: list[str]) -> None:
    for text in texts:
        for operation in _alone(text):
            await twins.agree(operation)
            variables = dict(re.findall(r"\$(\w+): (\[?\w+)", operation))
            await twins.agree(
                operation, {name: _VALUES[type_] for name, type_ in variables.items() if type_ in _VALUES}
            )


def _alone(text: str) -> Iterator[str]:
    """Each query and mutation of a document, with all its fragments."""
    definitions = parse_document(text).definitions
    fragments = [print_ast(node) for node in definitions if not isinstance(node, OperationDefinitionNode)]
    for node in definitions:
        if isinstance(node, OperationDefinitionNode) and node.operation.value != "subscription":
            used = [fragment for fragment in fragments if f"...{fragment.split()[1]}" in text]
            yield "\n".join([print_ast(node), *used])


def _operations_in(path: Path) -> Iterator[str]:
    """Texts in a file of Python that are operations of the schema."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "{" in node.value:
            try:
                document = parse_document(node.value)
            except (GraphQLError, RecursionError):
                continue
            if any(isinstance(node, OperationDefinitionNode) for node in document.definitions) and not validate(
                _SCHEMA, document
            ):
                yield node.value
