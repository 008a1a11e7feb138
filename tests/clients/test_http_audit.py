"""The working group's own audit of GraphQL over HTTP: graphql-http from npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from tests.support.server import Server

SOURCES: Final = Path(__file__).parent / "audit"


def test_the_audit_of_graphql_over_http_finds_every_one_of_its_61_checks_ok(server: Server) -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the audit")
    assert (SOURCES / "node_modules").exists(), "the audit is not installed: run scripts/setup_clients"

    audit = subprocess.run(
        ["node", SOURCES / "audit.mjs", server.address, server.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert audit.returncode == 0, audit.stderr
    results = json.loads(audit.stdout)
    found = [f"{result['id']} {result['name']}: {result['reason']}" for result in results if result["status"] != "ok"]
    assert found == []
    assert len({result["id"] for result in results}) == 61
