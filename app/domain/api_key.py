"""API keys: what one looks like, and how it is recognised without being kept.

A key reads `rdk_<public id>_<secret><checksum>`. The public id (12 characters) finds the stored key; the secret
(43 characters, 256 random bits) proves it; the checksum (6 characters, CRC-32) lets a typing error, or a leaked-key
scanner, be told without a look-up. Only a SHA-256 digest of the whole key is stored: a slow password hash would add
nothing to 256 random bits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import datetime

_ALPHABET: Final = string.digits + string.ascii_letters
_PATTERN: Final = re.compile(r"rdk_([0-9A-Za-z]{12})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII)

PUBLIC_ID: Final = slice(4, 16)
"""Where the public id stands in a text, if it is a key."""


class Scope(StrEnum):
    """What a key may do. `write` does not include `read`."""

    READ = "read"
    WRITE = "write"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is stored. expires_at and revoked_at are instants; None: never."""

    public_id: str
    organization_id: int
    name: str
    digest: bytes
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def opens(self, secret: str, *, now: datetime) -> bool:
        """Whether this text is the key, and the key is still good. Takes the same time for every wrong text."""
        return hmac.compare_digest(self.digest, digest_of(secret)) and self.is_good(now=now)

    def is_good(self, *, now: datetime) -> bool:
        """Whether it is neither revoked nor expired."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_secret() -> str:
    """A key to hand out once. 12 + 43 characters of an alphabet of 62: the secret part holds 256 bits."""
    public_id = "".join(secrets.choice(_ALPHABET) for _ in range(12))
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(43))
    return f"rdk_{public_id}_{secret}{_checksum(public_id + secret)}"


def public_id_of(secret: str) -> str | None:
    """The public id of a well-formed key whose checksum is right, else None."""
    match = _PATTERN.fullmatch(secret)
    if match is None or _checksum(match[1] + match[2]) != match[3]:
        return None
    return match[1]


def digest_of(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="surrogatepass")).digest()


def _checksum(text: str) -> str:
    number, digits = zlib.crc32(text.encode()), ""
    for _ in range(6):
        number, digit = divmod(number, len(_ALPHABET))
        digits = _ALPHABET[digit] + digits
    return digits
