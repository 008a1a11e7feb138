"""`redraft accounts`: what it stores, what it prints, and the code it ends with."""

from __future__ import annotations

import io
import json
import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest

from app.cli import main
from app.repositories.credential_cipher import CredentialCipher, read_secret_keys
from tests.support.accounts import ANOTHER_SECRET_KEY, MASTODON, OWN_ENDPOINT, SECRET, SECRET_KEY, a_cipher
from tests.support.server import redraft


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the command uses in this process, with a database that has the organisation `default`."""
    home = tmp_path / "home"
    monkeypatch.setenv("REDRAFT_HOME", str(home))
    for name in ("REDRAFT_DATABASE_URL", "REDRAFT_SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    assert main(["keys", "create", "laptop"]) == 0
    return home


@pytest.fixture
def printed(home: Path, capsys: pytest.CaptureFixture[str]) -> pytest.CaptureFixture[str]:
    """What is printed from here on."""
    capsys.readouterr()
    return capsys


def accounts(*arguments: str) -> int:
    return main(["accounts", *arguments])


def query(home: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(home / "redraft.db")
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


def rows(home: Path) -> list[tuple[object, ...]]:
    return query(home, "SELECT id, platform, name, is_active, minimum_gap_minutes, rules, credentials FROM accounts")


def token_of(home: Path, account_id: int) -> bytes:
    [(token,)] = query(home, f"SELECT credentials FROM accounts WHERE id = {account_id}")  # noqa: S608
    assert isinstance(token, bytes)
    return token


def own_cipher(home: Path) -> CredentialCipher:
    """What opens the credentials of the embedded database."""
    keys = read_secret_keys((home / "secret.key").read_text())
    return CredentialCipher(lambda: keys)


def a_file(home: Path, content: object) -> str:
    path = home.with_name("credentials.json")
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return str(path)


def test_an_account_is_made_changed_and_listed(home: Path, printed: pytest.CaptureFixture[str]) -> None:
    assert accounts("create", "mastodon", "@mybrand", "--gap", "30", "--rules", '{"text_limit": 5000}') == 0
    assert accounts("create", "x", "@mybrand") == 0
    assert printed.readouterr().out == "1\n2\n"

    assert accounts("rename", "2", "@ourbrand") == 0
    assert accounts("deactivate", "2") == 0
    assert accounts("set", "1", "--gap", "0", "--credentials", a_file(home, MASTODON)) == 0
    assert accounts("list") == 0

    assert printed.readouterr().out == (
        "1\tmastodon\t@mybrand\tactive\tcredentials\ttext_limit=5000\n2\tx\t@ourbrand\tinactive\tno credentials\n"
    )
    assert accounts("activate", "2") == 0
    assert accounts("set", "1", "--no-rules", "--no-credentials", "--gap", "15") == 0
    assert accounts("list") == 0
    assert printed.readouterr().out == (
        "1\tmastodon\t@mybrand\tactive\tno credentials\tgap=15\n2\tx\t@ourbrand\tactive\tno credentials\n"
    )


def test_organisations_have_accounts_of_their_own(home: Path, printed: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "create", "laptop", "--organization", "Acme"]) == 0
    printed.readouterr()

    assert accounts("create", "x", "@acme", "--organization", "Acme") == 0
    assert accounts("list") == 0
    assert accounts("list", "--organization", "Acme") == 0

    assert printed.readouterr().out == "1\n1\tx\t@acme\tactive\tno credentials\n"
    assert accounts("rename", "1", "@stolen") == 1
    assert printed.readouterr().err == "Account not found.\n"


def test_an_organisation_that_there_is_not_is_named(home: Path, printed: pytest.CaptureFixture[str]) -> None:
    for command in (("list",), ("create", "x", "@mybrand"), ("deactivate", "1")):
        assert accounts(*command, "--organization", "Nobody") == 2
        message = "There is no organisation Nobody: `redraft keys create` makes one with its first key.\n"
        assert printed.readouterr().err == message
    assert query(home, "SELECT name FROM organizations") == [("default",)]


def test_credentials_from_a_file_are_stored_encrypted_with_a_key_beside_the_database(
    home: Path, printed: pytest.CaptureFixture[str]
) -> None:
    assert not (home / "secret.key").exists()

    assert accounts("create", "mastodon", "@mybrand", "--credentials", a_file(home, MASTODON)) == 0

    token = token_of(home, 1)
    assert (home / "secret.key").stat().st_mode & 0o777 == 0o600
    assert own_cipher(home).open(token, organization_id=1, account_id=1) == MASTODON
    stored = b"".join(path.read_bytes() for path in home.iterdir())
    assert SECRET.encode() not in stored
    assert printed.readouterr() == ("1\n", "")


def test_credentials_are_read_from_standard_input(
    home: Path, printed: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert accounts("create", "x", "@mybrand") == 0
    stdin = SimpleNamespace(buffer=io.BytesIO(json.dumps(OWN_ENDPOINT).encode()))
    monkeypatch.setattr("sys.stdin", stdin)

    assert accounts("set", "1", "--credentials", "-") == 0

    assert own_cipher(home).open(token_of(home, 1), organization_id=1, account_id=1) == OWN_ENDPOINT
    assert printed.readouterr() == ("1\n", "")


def test_the_command_does_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert redraft(home, "keys", "create", "laptop").returncode == 0

    created = redraft(home, "accounts", "create", "x", "@mybrand", "--credentials", a_file(home, OWN_ENDPOINT))
    listed = redraft(home, "accounts", "list")
    refused = redraft(home, "accounts", "set", "1", "--credentials", a_file(home, {"url": SECRET}))

    assert (created.returncode, created.stdout, created.stderr) == (0, "1\n", "")
    assert (listed.returncode, listed.stdout) == (0, "1\tx\t@mybrand\tactive\tcredentials\n")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert SECRET not in refused.stderr


@pytest.mark.parametrize(
    ("credentials", "code", "message"),
    [
        (SECRET, 2, "The credentials must be a JSON object in UTF-8.\n"),
        (f'["{SECRET}"]', 2, "The credentials must be a JSON object in UTF-8.\n"),
        (f'{{"secret": "{SECRET}"', 2, "The credentials must be a JSON object in UTF-8.\n"),
        ("[" * 100_000, 2, "The credentials must be a JSON object in UTF-8.\n"),
        (
            {"url": SECRET, "secrets": SECRET},
            1,
            "`credentials.url` must be an http or https URL of at most 2048 bytes. "
            "`credentials.secrets` is not known here: did you mean secret? "
            "`credentials.secret` is required: credentials hold url and secret.\n",
        ),
    ],
    ids=["no JSON", "a list", "half an object", "deep", "wrong names"],
)
def test_credentials_that_cannot_be_are_refused_without_being_repeated(
    home: Path, printed: pytest.CaptureFixture[str], credentials: object, code: int, message: str
) -> None:
    assert accounts("create", "x", "@mybrand", "--credentials", a_file(home, credentials)) == code

    assert printed.readouterr() == ("", message)
    assert rows(home) == []


def test_a_file_that_is_not_there_is_named(home: Path, printed: pytest.CaptureFixture[str]) -> None:
    assert accounts("create", "x", "@mybrand", "--credentials", str(home / "nowhere")) == 2

    assert printed.readouterr().err == f"{home / 'nowhere'} cannot be read: No such file or directory.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("rename", "1", " "), 1, "`account_name` must not be blank.\n"),
        (("rename", "9", "@mybrand"), 1, "Account not found.\n"),
        (("set", "1"), 2, "Nothing to set: `redraft accounts set --help` shows what there is.\n"),
        (("set", "1", "--gap", "-1"), 1, "`minimum_gap_minutes` must be from 0 to 10080, which is 7 days.\n"),
        (("set", "1", "--rules", "5000"), 2, "--rules must be a JSON object in UTF-8.\n"),
        (
            ("set", "1", "--rules", '{"text": 5000, "max_images": true}'),
            1,
            "Unknown field rules.text: known names are text_limit, max_images, max_videos.\n",
        ),
        (
            ("set", "1", "--gap", "10081", "--rules", '{"max_images": true}'),
            1,
            "`minimum_gap_minutes` must be from 0 to 10080, which is 7 days. "
            "`rules.max_images` must be a whole number from 0 to 2147483647, or null.\n",
        ),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    home: Path, printed: pytest.CaptureFixture[str], arguments: tuple[str, ...], code: int, message: str
) -> None:
    assert accounts("create", "x", "@mybrand") == 0
    before = rows(home)
    printed.readouterr()

    assert accounts(*arguments) == code

    assert printed.readouterr() == ("", message)
    assert rows(home) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "myspace", "@mybrand"),
        ("create", "x"),
        ("rename", "one", "@mybrand"),
        ("set", "1", "--rules", "{}", "--no-rules"),
        ("set", "1", "--gap", "soon"),
        (),
    ],
)
def test_a_command_that_cannot_be_read_ends_with_its_usage(
    home: Path, printed: pytest.CaptureFixture[str], arguments: tuple[str, ...]
) -> None:
    with pytest.raises(SystemExit) as ended:
        accounts(*arguments)

    assert ended.value.code == 2
    assert printed.readouterr().err.startswith("usage: redraft accounts")


def test_a_key_can_be_replaced(
    home: Path, printed: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRAFT_SECRET_KEY", SECRET_KEY)
    assert accounts("create", "x", "@mybrand", "--credentials", a_file(home, OWN_ENDPOINT)) == 0
    printed.readouterr()

    monkeypatch.setenv("REDRAFT_SECRET_KEY", f"{ANOTHER_SECRET_KEY},{SECRET_KEY}")
    assert accounts("encrypt") == 0

    assert printed.readouterr().out == "1 encrypted\n"
    opened = a_cipher(ANOTHER_SECRET_KEY).open(token_of(home, 1), organization_id=1, account_id=1)
    assert opened == OWN_ENDPOINT
    assert not (home / "secret.key").exists()


def test_credentials_without_their_key_are_reported_and_left_alone(
    home: Path, printed: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRAFT_SECRET_KEY", SECRET_KEY)
    assert accounts("create", "x", "@mybrand", "--credentials", a_file(home, OWN_ENDPOINT)) == 0
    token = token_of(home, 1)
    printed.readouterr()

    monkeypatch.setenv("REDRAFT_SECRET_KEY", ANOTHER_SECRET_KEY)
    assert accounts("encrypt") == 1

    message = "The credentials of account 1 cannot be opened with any key that is set.\n"
    assert printed.readouterr() == ("", message)
    assert token_of(home, 1) == token


def test_a_database_elsewhere_needs_a_key_to_keep_credentials(
    home: Path, printed: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRAFT_DATABASE_URL", f"sqlite:///{home / 'redraft.db'}")

    assert accounts("create", "x", "@mybrand", "--credentials", a_file(home, OWN_ENDPOINT)) == 1
    message = "`credentials` cannot be kept: this server has no REDRAFT_SECRET_KEY to encrypt them with.\n"
    assert printed.readouterr().err == message
    assert rows(home) == []

    assert accounts("create", "x", "@mybrand") == 0
    assert not (home / "secret.key").exists()
    assert accounts("encrypt") == 2
    assert printed.readouterr().err == "There is no REDRAFT_SECRET_KEY to encrypt credentials with.\n"


def test_a_new_secret_key_is_printed_and_can_be_used(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    assert main(["secret-key"]) == 0
    printed = capsys.readouterr().out

    assert printed.endswith("\n")
    read_secret_keys(printed.removesuffix("\n"))
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", [["accounts", "list"], ["serve"], ["migrate"]], ids=" ".join)
def test_a_secret_key_that_is_none_stops_every_command_without_being_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    monkeypatch.setenv("REDRAFT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("REDRAFT_SECRET_KEY", f"{SECRET_KEY},{SECRET}")

    assert main(command) == 2

    assert capsys.readouterr() == (
        "",
        "REDRAFT_SECRET_KEY: must be one or more keys that `redraft secret-key` printed, with commas between them\n",
    )
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", [["accounts", "list"], ["serve"]], ids=" ".join)
def test_a_key_file_that_holds_no_key_stops_the_start(
    home: Path, printed: pytest.CaptureFixture[str], command: list[str]
) -> None:
    (home / "secret.key").write_text(SECRET)

    assert main(command) == 2

    said = "must be one or more keys that `redraft secret-key` printed, with commas between them.\n"
    assert printed.readouterr() == ("", f"{home / 'secret.key'} {said}")
