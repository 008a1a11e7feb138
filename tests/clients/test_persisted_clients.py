"""Clients that others keep name documents instead of sending them: Apollo Client and urql, from npm."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import pytest

from tests.support.server import Server

SOURCES: Final = Path(__file__).parent / "persisted"

CLIENTS: Final = ("apollo", "urql")
GRAPHQL: Final = "application/graphql-response+json"
"""What both clients like best."""

ACCOUNTS: Final = [{"platform": name} for name in ("INSTAGRAM", "X", "LINKEDIN", "TIKTOK", "MASTODON")]
ANSWERS: Final = {
    # Apollo Client adds __typename to what is selected in an object.
    ("apollo", "query"): {"accounts": [{"__typename": "Account", **account} for account in ACCOUNTS]},
    ("urql", "query"): {"accounts": ACCOUNTS},
    ("apollo", "mutation"): {"deletePost": {"__typename": "NotFound"}},
    ("urql", "mutation"): {"deletePost": {"__typename": "NotFound"}},
}

TEXTS: Final = {
    "apollo": "query Trusted {\n  accounts {\n    platform\n    __typename\n  }\n}",
    "urql": "query Trusted { accounts { platform } }",
}
"""The query as each client sends it: written anew, or as it stands in ask.mjs."""
REFUSED: Final = "The document is not among those that this server answers."


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    if shutil.which("npm") is None:
        pytest.skip("npm is not installed: install it to run the tests of the clients from npm")
    assert (SOURCES / "node_modules").exists(), "the clients are not installed: run scripts/setup_clients"


@pytest.fixture
def name() -> str:
    """Of an operation that nobody has sent before."""
    return f"Asked{uuid4().hex}"


def ask(client: str, server: Server, method: str, name: str, kind: str) -> tuple[list[Any], list[Any]]:
    """What the client understood, asking twice, and the requests that it sent."""
    ended = subprocess.run(
        ["node", SOURCES / "ask.mjs", client, server.address, server.key, method, name, kind],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    return told["answers"], told["requests"]


def request(method: str, *, sends: bool = False, names: bool = True, errors: Any = None, status: int = 200) -> Any:
    """One request and its answer. sends: the text. names: the hash of the text."""
    sent = {"method": method, "names": names, "sends": sends, "status": status, "type": GRAPHQL}
    return sent | ({"errors": errors} if errors else {})


def missed(method: str) -> Any:
    return request(method, errors=["PERSISTED_QUERY_NOT_FOUND"], status=400)


def twice(client: str, kind: str) -> list[Any]:
    return [{"data": ANSWERS[client, kind], "error": None}] * 2


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("kind", ["query", "mutation"])
def test_a_client_that_posts_sends_a_text_once(client: str, kind: str, name: str, server: Server) -> None:
    answers, requests = ask(client, server, "POST", name, kind)

    assert answers == twice(client, kind)
    assert requests == [missed("POST"), request("POST", sends=True), request("POST")]


def test_apollo_client_gets_with_a_hash_and_posts_the_text(name: str, server: Server) -> None:
    answers, requests = ask("apollo", server, "GET", name, "query")

    assert answers == twice("apollo", "query")
    assert requests == [missed("GET"), request("POST", sends=True), request("GET")]


def test_urql_gets_with_a_hash_and_with_the_text(name: str, server: Server) -> None:
    answers, requests = ask("urql", server, "GET", name, "query")

    assert answers == twice("urql", "query")
    assert requests == [missed("GET"), request("GET", sends=True), request("GET")]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_that_would_rather_get_posts_a_mutation(client: str, name: str, server: Server) -> None:
    answers, requests = ask(client, server, "GET", name, "mutation")

    assert answers == twice(client, "mutation")
    assert requests == [missed("POST"), request("POST", sends=True), request("POST")]


@pytest.mark.parametrize("client", CLIENTS)
def test_what_one_client_has_sent_the_next_only_names(client: str, name: str, server: Server) -> None:
    ask(client, server, "POST", name, "query")

    answers, requests = ask(client, server, "POST", name, "query")

    assert answers == twice(client, "query")
    assert requests == [request("POST")] * 2


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_asks_for_a_trusted_document_by_its_hash_and_never_sends_a_text(client: str, tmp_path: Path) -> None:
    """Neither for one that it has nor for one that it has not."""
    manifest = tmp_path / "documents.json"
    manifest.write_text(json.dumps({f"{client}-accounts": TEXTS[client]}))
    with Server(tmp_path / "home", "--demo", REDRAFT_TRUSTED_DOCUMENTS=str(manifest)) as server:
        answers, requests = ask(client, server, "POST", "Trusted", "query")
        assert answers == twice(client, "query")
        assert requests == [request("POST")] * 2

        answers, requests = ask(client, server, "POST", "Unknown", "query")
        assert [answer["data"] for answer in answers] == [None, None]
        assert [REFUSED in answer["error"] for answer in answers] == [True, True]
        assert requests == [request("POST", errors=["PERSISTED_QUERY_NOT_IN_LIST"], status=400)] * 2
