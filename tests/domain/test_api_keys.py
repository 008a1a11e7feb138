"""API keys: what one looks like, which texts are no key at all, and until when a key opens."""

from __future__ import annotations

import hashlib
import re
import string
from dataclasses import replace
from datetime import timedelta

import pytest

from app.domain.api_key import ApiKey, Scope, digest_of, new_secret, public_id_of
from tests.support.clock import NOW

_SECRET = "rdk_0123456789ab_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG23Li90"
_ALPHABET = string.digits + string.ascii_letters


def _stored(secret: str) -> ApiKey:
    return ApiKey(
        public_id=public_id_of(secret) or "",
        organization_id=1,
        name="laptop",
        digest=digest_of(secret),
        scopes=frozenset({Scope.READ}),
        created_at=NOW,
    )


def test_a_new_key_has_a_public_id_a_secret_and_a_checksum() -> None:
    secret = new_secret()
    assert re.fullmatch(r"rdk_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}", secret)
    assert public_id_of(secret) == secret[4:16]


def test_no_two_keys_are_the_same() -> None:
    keys = [new_secret() for _ in range(200)]
    assert len({key[4:16] for key in keys}) == 200
    assert len({key[17:60] for key in keys}) == 200


def test_the_checksum_of_a_key_never_changes_its_meaning() -> None:
    """Keys that were handed out stay good: this one was made once, and is written down here."""
    assert public_id_of(_SECRET) == "0123456789ab"


def test_any_one_wrong_character_is_noticed_without_a_look_up() -> None:
    accepted = [
        (position, character)
        for position in range(len(_SECRET))
        for character in (*_ALPHABET, "_", "-", " ", "é", "\0")
        if character != _SECRET[position]
        and public_id_of(_SECRET[:position] + character + _SECRET[position + 1 :]) is not None
    ]
    assert accepted == []


def test_any_two_neighbours_in_the_wrong_order_are_noticed_without_a_look_up() -> None:
    accepted = [
        position
        for position in range(len(_SECRET) - 1)
        if _SECRET[position] != _SECRET[position + 1]
        and public_id_of(_SECRET[:position] + _SECRET[position + 1] + _SECRET[position] + _SECRET[position + 2 :])
    ]
    assert accepted == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "rdk_",
        _SECRET[:-1],
        _SECRET + "0",
        _SECRET + "\n",
        " " + _SECRET,
        _SECRET.upper(),
        _SECRET.removeprefix("rdk_"),
        f"Bearer {_SECRET}",
        "rdk_０123456789ab" + _SECRET[16:],
        "rdk_" + "\ud800" * 12 + _SECRET[16:],
    ],
)
def test_a_text_that_is_not_a_whole_key_has_no_public_id(text: str) -> None:
    assert public_id_of(text) is None


def test_only_a_digest_is_kept() -> None:
    key = _stored(_SECRET)
    assert key.digest == hashlib.sha256(_SECRET.encode()).digest()
    assert _SECRET[17:60] not in repr(key)


def test_a_key_without_an_end_opens() -> None:
    assert _stored(_SECRET).opens(_SECRET, now=NOW) is True


def test_a_key_opens_until_the_instant_it_expires() -> None:
    key = replace(_stored(_SECRET), expires_at=NOW)
    assert key.opens(_SECRET, now=NOW - timedelta(microseconds=1)) is True
    assert key.opens(_SECRET, now=NOW) is False
    assert key.opens(_SECRET, now=NOW + timedelta(days=1)) is False


def test_a_revoked_key_does_not_open_even_before_it_would_expire() -> None:
    key = replace(_stored(_SECRET), revoked_at=NOW, expires_at=NOW + timedelta(days=1))
    assert key.opens(_SECRET, now=NOW) is False


def test_another_secret_with_the_same_public_id_does_not_open() -> None:
    other = new_secret()
    assert _stored(_SECRET).opens(other, now=NOW) is False
    assert _stored(_SECRET).opens(_SECRET[:16] + other[16:], now=NOW) is False
