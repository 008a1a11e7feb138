"""Signatures of webhooks, checked with the library that receivers use."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, strategies
from standardwebhooks import Webhook, WebhookVerificationError

from app.networks.standard_webhooks import key_of, sign

KEY = bytes(range(24))
ENCODED = base64.b64encode(KEY).decode()
BODY = '{"text":"Hello, wörld 👋"}'.encode()


@pytest.mark.parametrize("secret", [f"whsec_{ENCODED}", ENCODED])
def test_a_receiver_who_has_the_same_secret_finds_the_signature_right(secret: str) -> None:
    headers = sign(secret, id="post_1", timestamp=datetime.now(UTC), body=BODY)

    assert Webhook(secret).verify(BODY, headers) == {"text": "Hello, wörld 👋"}
    for name, other in (("webhook-id", "post_2"), ("webhook-timestamp", str(int(headers["webhook-timestamp"]) + 1))):
        with pytest.raises(WebhookVerificationError):
            Webhook(secret).verify(BODY, {**headers, name: other})
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", headers)


def test_the_headers_are_those_of_the_standard() -> None:
    # Signed with OpenSSL: printf 'post_1.1795338000.{}' | openssl dgst -sha256 -mac HMAC -macopt hexkey:0001…17 -binary
    headers = sign(f"whsec_{ENCODED}", id="post_1", timestamp=datetime(2026, 11, 22, 9, 0, tzinfo=UTC), body=b"{}")

    assert headers == {
        "webhook-id": "post_1",
        "webhook-timestamp": "1795338000",
        "webhook-signature": "v1,Bl99JyXBhZAliiiRjxNUUbPBI0QtC6u1dq1GMi6hFKQ=",
    }


def test_a_timestamp_is_an_instant_whatever_its_offset() -> None:
    now = datetime(2026, 11, 22, 9, 0, 0, 999_000, tzinfo=UTC)
    elsewhere = now.astimezone(timezone(timedelta(hours=5, minutes=30)))

    assert sign("a", id="post_1", timestamp=elsewhere, body=b"") == sign("a", id="post_1", timestamp=now, body=b"")


@pytest.mark.parametrize(
    ("secret", "key"),
    [
        (f"whsec_{ENCODED}", KEY),
        (ENCODED, KEY),
        ("whsec_AAE", b"\x00\x01"),
        ("AAE=", b"\x00\x01"),
        ("correct horse battery staple", b"correct horse battery staple"),
        ("whsec_correct horse", b"whsec_correct horse"),
        ("pässword", "pässword".encode()),
        ("under_score-dash", b"under_score-dash"),
        ("a", b"a"),
        ("whsec_", b"whsec_"),
        ("====", b"===="),
        ("ab==cd", b"ab==cd"),
    ],
)
def test_the_key_is_what_a_secret_encodes_or_its_own_bytes(secret: str, key: bytes) -> None:
    assert key_of(secret) == key


@given(strategies.text(strategies.characters(exclude_categories=["Cs"]), min_size=1))
def test_any_text_can_sign(secret: str) -> None:
    headers = sign(secret, id="post_1", timestamp=datetime.now(UTC), body=BODY)

    Webhook(key_of(secret)).verify(BODY, headers)
