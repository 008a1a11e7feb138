"""The server as it is started by hand: its demo, its second start, and a key that is revoked while it runs."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from app.commands.fill_demo import SCHEDULED
from app.domain.api_key import public_id_of
from tests.support.server import ROOT, Server, environment, redraft


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def demo_client(server: Server, home: Path) -> httpx.Client:
    key = (home / "demo.key").read_text().strip()
    return httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {key}"})


def test_the_demos_key_is_for_its_owners_eyes_and_opens_the_demo(home: Path) -> None:
    with Server(home, "--demo") as server, demo_client(server, home) as client:
        answer = client.get(f"/v1/posts/{SCHEDULED}")

    assert (home / "demo.key").stat().st_mode & 0o777 == 0o600
    assert home.stat().st_mode & 0o777 == 0o700
    assert answer.status_code == 200
    assert answer.json()["data"]["content"] == "We launch next week. Save the date!"


def test_a_second_start_keeps_the_data_and_the_key(home: Path) -> None:
    with Server(home, "--demo") as server, demo_client(server, home) as client:
        changed = client.patch(f"/v1/posts/{SCHEDULED}", json={"content": "Changed"})
        server.stop()
    key = (home / "demo.key").read_text()

    with Server(home, "--demo") as server, demo_client(server, home) as client:
        found = client.get(f"/v1/posts/{SCHEDULED}")

    assert changed.status_code == 200
    assert found.json()["data"] == changed.json()["data"] | {"next_step": found.json()["data"]["next_step"]}
    assert found.headers["etag"] == '"2"'
    assert (home / "demo.key").read_text() == key


def test_a_server_that_is_told_to_stop_finishes_without_a_word_of_trouble(home: Path) -> None:
    with Server(home, "--demo") as server, demo_client(server, home) as client:
        assert client.get("/v1/accounts").status_code == 200
        server.stop()

    assert "Traceback" not in server.log
    assert '"level":"error"' not in server.log


def test_a_key_revoked_on_the_command_line_is_refused_by_the_running_server_within_five_seconds(home: Path) -> None:
    created = redraft(home, "keys", "create", "short-lived")
    secret = created.stdout.strip()
    public_id = public_id_of(secret)
    assert public_id is not None

    with (
        Server(home) as server,
        httpx.Client(base_url=server.address, headers={"Authorization": f"Bearer {secret}"}) as client,
    ):
        assert client.get("/v1/accounts").status_code == 200
        revoked = redraft(home, "keys", "revoke", public_id)
        deadline = time.monotonic() + 5
        while (status := client.get("/v1/accounts").status_code) == 200 and time.monotonic() < deadline:
            time.sleep(0.05)

    assert (revoked.returncode, revoked.stdout, revoked.stderr) == (0, "", "")
    assert status == 401
    assert secret not in server.log


def test_a_server_without_its_demo_answers_nobody_who_has_no_key(home: Path) -> None:
    with Server(home) as server:
        answer = httpx.get(f"{server.address}/v1/posts/{SCHEDULED}")

    assert answer.status_code == 401
    assert not (home / "demo.key").exists()


def test_what_is_loaded_is_never_looked_through_for_garbage(home: Path) -> None:
    code = """
import gc
from app.serving import HttpProtocol, YOUNG, _application, _config
from app.settings import Settings
config = _config(Settings(), _application(Settings(), demo=False, publishes=False))
print(gc.get_freeze_count() > 10 * len(gc.get_objects()), gc.get_threshold()[0] == YOUNG, config.http is HttpProtocol)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=60
    )

    assert done.stdout.split() == ["True"] * 3, done.stderr
