"""A TypeScript client whose types gql.tada takes from schema.graphql, and what it understands of the real server."""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import pytest

from app.commands.fill_demo import PUBLISHING
from tests.clients.conversation import IN_PROGRESS, SENT, conversation
from tests.support.server import Server

SOURCES: Final = Path(__file__).parent / "typescript"


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the tests of the TypeScript client")
    assert (SOURCES / "node_modules").exists(), "gql.tada is not installed: run scripts/setup_clients"


def run(folder: Path, command: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One of the tools that are installed with the client."""
    return subprocess.run(
        [folder / "node_modules/.bin" / command, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )


def generate(root: Path, schema: str, *files: str) -> Path:
    """The folder of a client with these files, and the types of this schema."""
    folder = root / "tests/clients/typescript"
    folder.mkdir(parents=True)
    for name in ("package.json", "client.ts", "tsconfig.json", *files):
        shutil.copy(SOURCES / name, folder)
    (folder / "node_modules").symlink_to(SOURCES / "node_modules")
    (root / "schema.graphql").write_text(schema)
    generated = run(folder, "gql.tada", "generate-output")
    assert generated.returncode == 0, generated.stderr
    return folder


def told_by(folder: Path, program: str, server: Server, argument: str) -> Any:
    """What the compiled program prints."""
    ended = subprocess.run(
        ["node", f"generated/program/{program}.js", server.address, server.key, argument],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


def test_each_answer_has_the_type_and_the_values_that_were_sent(tmp_path: Path, schema: str, server: Server) -> None:
    folder = generate(tmp_path, schema, "use.ts")
    checked = run(folder, "gql.tada", "check")
    assert checked.returncode == 0, checked.stdout
    compiled = run(folder, "tsc")
    assert (compiled.returncode, compiled.stdout) == (0, "")

    told = told_by(folder, "use", server, SENT.isoformat())

    assert told == conversation(scheduled_for=SENT.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z"))


def test_a_client_from_before_a_refusal_existed_reads_its_code_and_message(
    tmp_path: Path, older_schema: str, server: Server
) -> None:
    folder = generate(tmp_path, older_schema, "older.ts", "tsconfig.older.json")
    compiled = run(folder, "tsc", "--project", "tsconfig.older.json")
    assert (compiled.returncode, compiled.stdout) == (0, "")

    told = told_by(folder, "older", server, str(PUBLISHING))

    assert told == {
        "by": "default",
        "type": "PublishingInProgress",
        "code": "PUBLISHING_IN_PROGRESS",
        "message": IN_PROGRESS,
    }


def test_the_compiler_sees_a_wrong_type_a_wrong_name_and_a_forgotten_refusal(tmp_path: Path, schema: str) -> None:
    """The older program has no case for PublishingInProgress: the newer schema lets its authors know."""
    folder = generate(tmp_path, schema, "older.ts", "tsconfig.older.json")
    older = (folder / "older.ts").read_text()
    (folder / "older.ts").write_text(older.replace('"Changed"', "5").replace("result.changedFields", "result.changes"))

    compiled = run(folder, "tsc", "--project", "tsconfig.older.json")

    assert compiled.returncode != 0
    wrong_type, wrong_name, forgotten = [line for line in compiled.stdout.splitlines() if line.startswith("older.ts")]
    assert wrong_type.endswith("error TS2322: Type 'number' is not assignable to type 'string'.")
    assert "error TS2339: Property 'changes' does not exist on type" in wrong_name
    assert """error TS2345: Argument of type '{ __typename: "PublishingInProgress";""" in forgotten
    assert forgotten.endswith("is not assignable to parameter of type 'never'.")
    assert not (folder / "generated/program").exists()


def test_an_operation_with_a_name_that_the_schema_does_not_know_is_refused(tmp_path: Path, schema: str) -> None:
    folder = generate(tmp_path, schema.replace("  changedFields:", "  changed:"), "older.ts", "tsconfig.older.json")

    checked = run(folder, "gql.tada", "check", "--tsconfig", "tsconfig.older.json")

    assert checked.returncode == 1
    assert 'Cannot query field "changedFields" on type "UpdatePostSuccess".' in checked.stdout
