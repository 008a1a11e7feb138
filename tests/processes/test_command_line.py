"""The `redraft` command: what it prints, where, and the code it ends with."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from app.cli import main
from app.domain.api_key import public_id_of
from app.repositories.migrations import HEAD
from resolvers.schema import build_schema
from tests.support.server import redraft


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command uses in this process."""
    home = tmp_path / "home"
    monkeypatch.setenv("REDRAFT_HOME", str(home))
    monkeypatch.delenv("REDRAFT_DATABASE_URL", raising=False)
    return home


def query(home: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "redraft.db")
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


def test_a_key_is_shown_once_listed_without_its_secret_and_revoked(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "create", "laptop", "--scope", "read", "--days", "30"]) == 0
    secret = capsys.readouterr().out.removesuffix("\n")
    public_id = public_id_of(secret)
    assert public_id is not None

    assert main(["keys", "list"]) == 0
    [listed] = capsys.readouterr().out.splitlines()
    shown_id, organization, name, scopes, created, expires = listed.split("\t")
    assert (shown_id, organization, name, scopes) == (public_id, "default", "laptop", "read")
    assert created.startswith("created 20")
    assert expires.startswith("expires 20")
    assert secret not in listed

    assert main(["keys", "revoke", public_id]) == 0
    assert main(["keys", "list"]) == 0
    [listed_again] = capsys.readouterr().out.splitlines()
    assert listed_again.startswith(f"{listed}\trevoked 20")


def test_keys_of_one_organisation_share_it(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, organization in (("one", "default"), ("two", "Acme"), ("three", "Acme")):
        assert main(["keys", "create", name, "--organization", organization]) == 0

    keys = query(home, "SELECT k.name, o.name, k.scopes FROM api_keys k JOIN organizations o ON o.id = organization_id")
    assert sorted(keys) == [
        ("one", "default", "read write"),
        ("three", "Acme", "read write"),
        ("two", "Acme", "read write"),
    ]
    assert query(home, "SELECT count(*) FROM organizations") == [(2,)]


@pytest.mark.parametrize("days", ["0", "-1", "36501", "99999999", "x"])
def test_a_key_lives_for_a_possible_number_of_days(home: Path, capsys: pytest.CaptureFixture[str], days: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["keys", "create", "short-lived", "--days", days])

    assert ended.value.code == 2
    assert "argument --days" in capsys.readouterr().err
    assert not home.exists()


def test_keys_of_a_new_database_are_none(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "list"]) == 0

    assert capsys.readouterr().out == ""


def test_an_empty_setting_is_no_setting(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDRAFT_DATABASE_URL", "")
    monkeypatch.setenv("REDRAFT_RATE_LIMIT", "")

    assert main(["demo"]) == 0

    assert (home / "demo.key").exists()


def test_an_unknown_key_cannot_be_revoked(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0

    assert main(["keys", "revoke", "AAAAAAAAAAAA"]) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == "There is no key AAAAAAAAAAAA: `redraft keys list` shows them.\n"


def test_migrating_makes_the_tables_and_may_be_repeated(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    assert main(["migrate"]) == 0

    assert query(home, "SELECT version_num FROM alembic_version") == [(HEAD,)]
    assert capsys.readouterr().out == ""


def test_a_database_of_a_newer_redraft_is_refused_in_one_line(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["migrate"]) == 0
    query(home, "UPDATE alembic_version SET version_num = '9999'")

    assert main(["migrate"]) == 2

    message = "The database was migrated by a newer Redraft: its step 9999 is not known to this one.\n"
    assert capsys.readouterr().err == message


def test_the_demo_is_filled_once(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo"]) == 0
    key = (home / "demo.key").read_text()
    posts = query(home, "SELECT id, version, scheduled_for FROM posts ORDER BY id")

    assert main(["demo"]) == 0

    assert len(posts) == 9
    assert query(home, "SELECT id, version, scheduled_for FROM posts ORDER BY id") == posts
    assert (home / "demo.key").read_text() == key
    assert (home / "demo.key").stat().st_mode & 0o777 == 0o600


def test_the_demo_is_not_put_into_a_database_that_is_somebody_elses(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    elsewhere = home.with_name("elsewhere.db")
    monkeypatch.setenv("REDRAFT_DATABASE_URL", f"sqlite:///{elsewhere}")

    assert main(["demo"]) == 2

    message = "The demo fills the embedded database only: unset REDRAFT_DATABASE_URL.\n"
    assert capsys.readouterr().err == message
    assert not elsewhere.exists()


def test_the_schema_is_printed_whole(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema"]) == 0

    assert capsys.readouterr().out == f"{build_schema().as_str()}\n"
    assert not home.exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("REDRAFT_PORT", "abc", "Input should be a valid integer, unable to parse string as an integer"),
        ("REDRAFT_PORT", "65536", "Input should be less than or equal to 65535"),
    ],
)
def test_a_setting_that_cannot_be_is_named(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    value: str,
    message: str,
) -> None:
    monkeypatch.setenv(name, value)

    assert main(["migrate"]) == 2

    assert capsys.readouterr().err == f"{name}: {message}\n"
    assert not home.exists()


USE = "Use sqlite:///PATH or postgresql://USER:PASSWORD@HOST/DATABASE."


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("mysql://redraft:hunter2@localhost/redraft", "This mysql URL names no database that Redraft can use."),
        ("postgresql://redraft:hunter2@localhost", "This postgresql URL names no database that Redraft can use."),
        ("sqlite:///:memory:", "This sqlite URL names no database that Redraft can use."),
        ("sqlite://", "This sqlite URL names no database that Redraft can use."),
        ("redraft:hunter2@localhost/redraft", "The database URL cannot be read."),
        ("postgresql://redraft:hunter2@localhost:port/redraft", "The database URL cannot be read."),
    ],
)
def test_a_database_url_that_cannot_be_is_refused_without_its_password(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str, message: str
) -> None:
    monkeypatch.setenv("REDRAFT_DATABASE_URL", url)

    assert main(["migrate"]) == 2

    assert capsys.readouterr().err == f"{message} {USE}\n"
    assert not home.exists()


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_a_database_that_cannot_be_reached_is_reported_without_its_password(tmp_path: Path, command: str) -> None:
    url = "postgresql://redraft:hunter2@127.0.0.1:1/redraft"

    ended = redraft(tmp_path / "home", command, REDRAFT_DATABASE_URL=url, REDRAFT_PORT="0")

    assert ended.returncode == 1
    assert ended.stderr.startswith("The database cannot be reached: ")
    assert "127.0.0.1" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "hunter2" not in ended.stdout + ended.stderr
