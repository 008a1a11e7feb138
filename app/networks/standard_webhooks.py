"""Signatures of webhooks, as https://www.standardwebhooks.com has them."""

from __future__ import annotations

import base64
from datetime import UTC
from typing import TYPE_CHECKING, Final

from standardwebhooks import Webhook

if TYPE_CHECKING:
    from datetime import datetime

_PREFIX: Final = "whsec_"


def sign(secret: str, *, id: str, timestamp: datetime, body: bytes) -> dict[str, str]:
    """The headers that let a receiver check who has sent a body, and when.

    secret: text of at least one character, as key_of reads it. id: without full stops, the same for every repeat.
    timestamp: aware; of this attempt. body: UTF-8.
    """
    moment = timestamp.astimezone(UTC)
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(key_of(secret)).sign(id, moment, body.decode()),
    }


def key_of(secret: str) -> bytes:
    """The bytes that sign.

    Those that the text is the base64 of, with whsec_ before it or not: so does every library that a receiver may hand
    the same text to. Where it is no base64, which those libraries do not take, the text's own bytes in UTF-8.
    """
    encoded = secret.removeprefix(_PREFIX).rstrip("=")
    try:
        decoded = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except ValueError:
        decoded = b""
    return decoded or secret.encode()
