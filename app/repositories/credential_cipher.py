"""Encryption of credentials at rest.

Each account's credentials are one Fernet token (AES-128 in CBC mode, authenticated with HMAC-SHA-256). What is
encrypted names the organisation and the account too: a token that was copied to another row opens there for nobody.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.domain.credentials import Credentials

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=", re.ASCII)


class CredentialsUnreadable(RuntimeError):
    """Stored credentials that no key opens, or that were sealed for another account."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"The credentials of account {account_id} cannot be opened with any key that is set.")


def new_secret_key() -> str:
    """A key for REDRAFT_SECRET_KEY: 256 random bits as 44 characters."""
    return Fernet.generate_key().decode()


def read_secret_keys(text: str) -> MultiFernet:
    """One or more keys with commas between them: the first one encrypts, and each of them decrypts.

    Raises ValueError, which does not repeat the text.
    """
    keys = [key.strip() for key in text.split(",")]
    if not all(_KEY.fullmatch(key) for key in keys):
        raise ValueError("must be one or more keys that `redraft secret-key` printed, with commas between them")
    return MultiFernet([Fernet(key) for key in keys])


class CredentialCipher:
    """Seals credentials for one account, and opens them for that account alone."""

    def __init__(self, keys: Callable[[], MultiFernet]) -> None:
        """keys: asked when there is something to seal or to open, and not before."""
        self._keys = keys

    def seal(self, credentials: Credentials, *, organization_id: int, account_id: int) -> bytes:
        sealed = {"organization_id": organization_id, "account_id": account_id, "credentials": dict(credentials)}
        return self._keys().encrypt(json.dumps(sealed).encode())

    def open(self, token: bytes, *, organization_id: int, account_id: int) -> Credentials:
        """Raises CredentialsUnreadable."""
        try:
            sealed = json.loads(self._keys().decrypt(token))
        except InvalidToken:
            raise CredentialsUnreadable(account_id) from None
        if (sealed["organization_id"], sealed["account_id"]) != (organization_id, account_id):
            raise CredentialsUnreadable(account_id)
        credentials: Credentials = sealed["credentials"]
        return credentials

    def seal_digest(self, digest: bytes) -> bytes:
        """A digest of what may hold credentials: unsealed, it would let a thief of the database try passwords on it."""
        return self._keys().encrypt(digest)

    def try_open_digest(self, token: bytes) -> bytes | None:
        """What was sealed, or None where no key opens it."""
        try:
            return self._keys().decrypt(token)
        except InvalidToken:
            return None
