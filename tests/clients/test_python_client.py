"""A Python client that ariadne-codegen makes from schema.graphql, and what it understands of the real server."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from datetime import UTC
from pathlib import Path
from typing import Any, Final

import pytest

from app.commands.fill_demo import PUBLISHING
from tests.clients.conversation import IN_PROGRESS, SENT, conversation
from tests.support.server import Server

SOURCES: Final = Path(__file__).parent / "python"
PYTHON: Final = SOURCES / ".venv/bin/python"
"""Of the environment that scripts/setup_clients makes. Redraft is not in it."""

PLUGIN: Final = 'plugins = ["later_members.LaterMembers"]\n'


def run(folder: Path, *command: str | Path) -> subprocess.CompletedProcess[str]:
    assert PYTHON.exists(), "the client generators are not installed: run scripts/setup_clients"
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, check=False)


def generate(folder: Path, schema: str, *files: str, settings: str | None = None) -> subprocess.CompletedProcess[str]:
    """Make the package `redraft_client` in a new folder, with these files beside it; the first holds the operations."""
    folder.mkdir()
    (folder / "schema.graphql").write_text(schema)
    for name in ("ariadne-codegen.toml", "later_members.py", "mypy.ini", *files[1:]):
        shutil.copy(SOURCES / name, folder)
    if settings is not None:
        (folder / "ariadne-codegen.toml").write_text(settings)
    shutil.copy(SOURCES / files[0], folder / "operations.graphql")
    # The generator finds its plugin in the folder because `-m` puts it on the path.
    return run(folder, PYTHON, "-m", "ariadne_codegen", "--config", "ariadne-codegen.toml")


def type_check(folder: Path, *files: str) -> str:
    """What mypy says in its strict mode."""
    checked = run(folder, sys.executable, "-m", "mypy", "--python-executable", PYTHON, *files)
    assert checked.stderr == ""
    return checked.stdout


def told_by(program: Path, server: Server, argument: str) -> Any:
    """What the program prints."""
    ended = run(program.parent, PYTHON, program, server.address, server.key, argument)
    assert ended.returncode == 0, ended.stderr
    return json.loads(ended.stdout)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, schema: str) -> Path:
    folder = tmp_path_factory.mktemp("client") / "python"
    generated = generate(folder, schema, "operations.graphql", "use.py")
    assert generated.returncode == 0, generated.stderr
    return folder


def test_each_answer_is_an_object_of_its_own_type_with_the_values_that_were_sent(client: Path, server: Server) -> None:
    told = told_by(client / "use.py", server, SENT.isoformat())

    assert told == conversation(scheduled_for=SENT.astimezone(UTC).isoformat())


def test_a_program_that_uses_the_client_holds_under_a_strict_type_checker(client: Path) -> None:
    assert type_check(client, "use.py", "later_members.py") == "Success: no issues found in 2 source files\n"


def test_a_type_checker_sees_a_wrong_type_a_wrong_name_and_a_forgotten_refusal(client: Path) -> None:
    right = (client / "use.py").read_text()
    wrong = right.replace('timezone="Europe/Paris"', "timezone=5").replace("current_version,", "current_versions,")
    (client / "wrong.py").write_text(wrong.replace(" | UpdatePostResultPublishingInProgress()", ""))

    wrong_name, forgotten, wrong_type, summary = type_check(client, "wrong.py").splitlines()

    assert 'error: "UpdatePostResultVersionConflict" has no attribute "current_versions"' in wrong_name
    assert 'incompatible type "UpdatePostResultPublishingInProgress"; expected "Never"' in forgotten
    assert 'Argument "timezone" to "UpdatePostInput" has incompatible type "int"; expected "str | None"' in wrong_type
    assert summary == "Found 3 errors in 1 file (checked 1 source file)"


def test_an_operation_with_a_name_that_the_schema_does_not_know_makes_no_client(tmp_path: Path, schema: str) -> None:
    generated = generate(tmp_path / "python", schema.replace("  changedFields:", "  changed:"), "operations.graphql")

    assert generated.returncode != 0
    assert "Cannot query field 'changedFields' on type 'UpdatePostSuccess'." in generated.stderr
    assert not (tmp_path / "python/redraft_client").exists()


def test_a_client_from_before_a_refusal_existed_reads_its_code_and_message(
    tmp_path: Path, older_schema: str, server: Server
) -> None:
    folder = tmp_path / "python"
    generated = generate(folder, older_schema, "older.graphql", "older.py")
    assert generated.returncode == 0, generated.stderr

    told = told_by(folder / "older.py", server, str(PUBLISHING))

    assert told == {
        "class": "UpdatePostResultLaterMutationError",
        "type": "PublishingInProgress",
        "code": "PUBLISHING_IN_PROGRESS",
        "is_known_code": False,
        "message": IN_PROGRESS,
    }


def test_without_the_plugin_such_a_client_cannot_read_the_answer(
    tmp_path: Path, older_schema: str, server: Server
) -> None:
    """Why the plugin is there. When this fails, ariadne-codegen has learned it, and later_members.py can go."""
    folder = tmp_path / "python"
    settings = (SOURCES / "ariadne-codegen.toml").read_text()
    assert PLUGIN in settings
    generated = generate(folder, older_schema, "older.graphql", "older.py", settings=settings.replace(PLUGIN, ""))
    assert generated.returncode == 0, generated.stderr

    ended = run(folder, PYTHON, "older.py", server.address, server.key, str(PUBLISHING))

    assert ended.returncode == 1
    assert "pydantic_core._pydantic_core.ValidationError: 1 validation error for UpdatePost" in ended.stderr
    assert "Input tag 'PublishingInProgress' found using 'typename__' | '__typename' does not match" in ended.stderr
