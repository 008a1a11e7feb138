"""What the README says to type works when it is typed."""

from __future__ import annotations

import json
import re
import subprocess
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image

from app.commands import fill_demo
from app.settings import Settings
from tests.support.server import Server

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()


def shell_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The answer to each curl of the README, in its order, from a server on its demo posts."""
    folder = tmp_path_factory.mktemp("checkout")
    Image.new("RGB", (640, 480), "navy").save(folder / "banner.png")
    with Server(folder / ".redraft", "--demo") as server:
        answers = [
            subprocess.run(
                ["bash", "-euo", "pipefail", "-c", block.replace("http://127.0.0.1:8000", server.address)],
                cwd=folder,
                check=True,
                capture_output=True,
                text=True,
            ).stdout
            for block in shell_blocks()
            if "curl" in block
        ]
        with httpx.Client(base_url=server.address) as browser:
            return [*answers, _when_it_holds(browser, "/sandbox", "Out at once")]


def _when_it_holds(browser: httpx.Client, path: str, text: str) -> str:
    """The page, once it shows a text that is on its way to it."""
    for _ in range(100):
        page = browser.get(path).text
        if text in page:
            break
        time.sleep(0.1)
    return page


def test_each_request_of_the_readme_changes_its_post(answers: list[str]) -> None:
    graphql, rest, post = (json.loads(answer) for answer in answers[:3])

    assert graphql["data"]["updatePost"]["__typename"] == "UpdatePostSuccess"
    assert graphql["data"]["updatePost"]["changedFields"] == ["content", "timezone"]
    assert rest["error"] is None
    assert (rest["data"]["content"], rest["data"]["timezone"]) == ("Changed through REST", "Europe/Paris")
    assert (post["ok"], post["data"]["caption"]) == (True, "Updated caption!")


def test_the_repeated_request_of_the_readme_has_its_effect_once(answers: list[str]) -> None:
    first, again = (json.loads(answer) for answer in answers[4].replace("}{", "}\n{").splitlines())

    assert first["data"]["content"] == "Written once."
    assert again["data"] == first["data"]


def test_what_the_readme_has_go_out_now_is_in_the_sandbox(answers: list[str]) -> None:
    assert json.loads(answers[3])["data"]["content"] == "Out at once"
    assert "Out at once" in answers[-1]


def test_the_upload_of_the_readme_is_taken(answers: list[str]) -> None:
    (uploaded,) = (json.loads(answer) for answer in answers[5:-1])

    assert (uploaded["data"]["width"], uploaded["data"]["height"]) == (640, 480)


def test_the_commands_of_the_readme_are_there() -> None:
    commands = [block.strip() for block in shell_blocks() if "curl" not in block]

    assert commands == ["./scripts/run", "./scripts/test"]
    for command in commands:
        assert (ROOT / command).stat().st_mode & 0o111


def test_the_readme_lists_every_demo_post() -> None:
    posts = (
        fill_demo.SCHEDULED,
        fill_demo.DRAFT,
        fill_demo.PUBLISHED,
        fill_demo.FAILED,
        fill_demo.PARTIALLY_FAILED,
        fill_demo.PUBLISHING,
        fill_demo.VIDEO,
        fill_demo.SLIDESHOW,
        fill_demo.OF_ANOTHER_ORGANIZATION,
    )
    assert re.findall(r"^\| `([0-9a-f-]{36})` \|", README, re.MULTILINE) == [str(id) for id in posts]


def test_the_readme_lists_every_setting_with_its_default() -> None:
    listed = dict(re.findall(r"^\| `(REDRAFT_\w+)` \| (?:`(?:\./)?([^`]*)`)? ?\|", README, re.MULTILINE))

    assert listed == {
        f"REDRAFT_{name.upper()}": _as_a_variable(field.default) for name, field in Settings.model_fields.items()
    }


def _as_a_variable(default: object) -> str:
    match default:
        case None:
            return ""
        case bool() | float():
            return f"{default:g}"
    return str(default)


def test_every_file_and_folder_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"`((?:app|resolvers|tests|scripts)/[\w./]+)`", README))

    assert named
    assert [path for path in sorted(named) if not (ROOT / path).exists()] == []
