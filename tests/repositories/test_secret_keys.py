"""The keys that credentials are encrypted with: how they are read, and the file that an embedded database makes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.repositories.credential_cipher import CredentialCipher, CredentialsUnreadable, new_secret_key, read_secret_keys
from app.repositories.secret_key_file import SecretKeyFile
from app.secret_key import credential_cipher
from app.settings import Settings
from tests.support.accounts import ANOTHER_SECRET_KEY, OWN_ENDPOINT, SECRET, SECRET_KEY, a_cipher

PLACE = {"organization_id": 1, "account_id": 2280}


def sealed_by(cipher: CredentialCipher | None) -> bytes:
    assert cipher is not None
    return cipher.seal(OWN_ENDPOINT, **PLACE)


def test_a_new_key_can_be_read_and_is_another_every_time() -> None:
    keys = {new_secret_key() for _ in range(5)}

    assert len(keys) == 5
    for key in keys:
        read_secret_keys(key)


@pytest.mark.parametrize(
    "text",
    [
        SECRET,
        "",
        ",",
        f"{SECRET_KEY},",
        f"{SECRET_KEY} {ANOTHER_SECRET_KEY}",
        f"{SECRET_KEY},{SECRET}",
        SECRET_KEY[:-1],
        SECRET_KEY[1:],
        f"{SECRET_KEY}=",
        "+" * 43 + "=",
        "ä" * 43 + "=",
    ],
)
def test_what_is_no_key_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(ValueError, match="must be one or more keys") as refused:
        read_secret_keys(text)
    if text:
        with pytest.raises(ValidationError) as invalid:
            Settings(secret_key=text)
        assert SECRET not in str(invalid.value)
        assert SECRET_KEY not in f"{invalid.value} {refused.value}"


def test_settings_do_not_show_the_key() -> None:
    settings = Settings(secret_key=f"{SECRET_KEY}, {ANOTHER_SECRET_KEY}")

    assert SECRET_KEY not in f"{settings!r} {settings} {settings.model_dump()}"
    cipher = credential_cipher(settings)
    assert cipher is not None
    assert cipher.open(sealed_by(credential_cipher(Settings(secret_key=ANOTHER_SECRET_KEY))), **PLACE) == OWN_ENDPOINT


def test_an_embedded_database_makes_its_own_key_when_one_is_first_needed(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path)
    file = tmp_path / "secret.key"

    cipher = credential_cipher(settings)
    assert not file.exists()
    token = sealed_by(cipher)

    assert file.stat().st_mode & 0o777 == 0o600
    assert file.read_text().endswith("\n")
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
    again = credential_cipher(settings)
    assert again is not None
    assert again.open(token, **PLACE) == OWN_ENDPOINT


def test_a_key_that_is_set_stands_before_the_file(tmp_path: Path) -> None:
    sealed_by(credential_cipher(Settings(home=tmp_path)))
    elsewhere = credential_cipher(Settings(database_url="sqlite:///elsewhere.db", secret_key=SECRET_KEY))
    assert elsewhere is not None

    assert elsewhere.open(sealed_by(credential_cipher(Settings(home=tmp_path, secret_key=SECRET_KEY))), **PLACE)


def test_what_the_file_encrypted_can_be_opened_after_another_key_is_set(tmp_path: Path) -> None:
    token = sealed_by(credential_cipher(Settings(home=tmp_path)))
    content = (tmp_path / "secret.key").read_bytes()

    both = credential_cipher(Settings(home=tmp_path, secret_key=f"{SECRET_KEY},{ANOTHER_SECRET_KEY}"))

    assert both is not None
    assert both.open(token, **PLACE) == OWN_ENDPOINT
    assert a_cipher(SECRET_KEY).open(sealed_by(both), **PLACE) == OWN_ENDPOINT
    assert both.open(sealed_by(a_cipher(ANOTHER_SECRET_KEY)), **PLACE) == OWN_ENDPOINT
    assert (tmp_path / "secret.key").read_bytes() == content


def test_the_file_of_an_embedded_database_is_not_for_another_one(tmp_path: Path) -> None:
    token = sealed_by(credential_cipher(Settings(home=tmp_path)))
    elsewhere = credential_cipher(Settings(home=tmp_path, database_url="sqlite:///elsewhere.db", secret_key=SECRET_KEY))
    assert elsewhere is not None

    with pytest.raises(CredentialsUnreadable):
        elsewhere.open(token, **PLACE)


def test_a_key_that_is_set_makes_no_file(tmp_path: Path) -> None:
    sealed_by(credential_cipher(Settings(home=tmp_path, secret_key=SECRET_KEY)))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("url", ["sqlite:///elsewhere.db", "postgresql://localhost/redraft"])
def test_a_database_that_is_not_embedded_has_no_key_of_its_own(tmp_path: Path, url: str) -> None:
    assert credential_cipher(Settings(home=tmp_path, database_url=url)) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("secret_key", [None, SECRET_KEY], ids=["no key is set", "a key is set"])
@pytest.mark.parametrize("content", [b"", SECRET.encode(), b"\xff\xfe"])
def test_a_file_without_a_key_stops_the_start_and_is_not_overwritten(
    tmp_path: Path, content: bytes, secret_key: str | None
) -> None:
    file = tmp_path / "secret.key"
    file.write_bytes(content)

    with pytest.raises(ValueError, match="must be one or more keys") as refused:
        credential_cipher(Settings(home=tmp_path, secret_key=secret_key))

    assert str(refused.value).startswith(f"{file} ")
    assert SECRET not in str(refused.value)
    assert file.read_bytes() == content


def test_of_several_that_make_the_file_at_once_all_use_the_same_key(tmp_path: Path) -> None:
    files = [SecretKeyFile(tmp_path / "secret.key") for _ in range(32)]

    with ThreadPoolExecutor(len(files)) as threads:
        ciphers = [CredentialCipher(file.keys) for file in files]
        tokens = list(threads.map(sealed_by, ciphers))

    assert [cipher.open(token, **PLACE) for cipher, token in zip(reversed(ciphers), tokens, strict=True)] == [
        OWN_ENDPOINT
    ] * len(files)
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]
