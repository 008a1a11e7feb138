"""Encryption at rest, of the credentials of accounts and the secrets of webhooks.

Each account's credentials are one Fernet token (AES-128 in CBC mode, authenticated with HMAC-SHA-256), and so is each
webhook's secret. What is encrypted names the organisation and the account or the webhook too: a token that was copied
to another row opens there for nobody.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from uuid import UUID

    from app.domain.credentials import Credentials

_KEY: Final = re.compile(r"[A-Za-z0-9_-]{43}=", re.ASCII)


class CredentialsUnreadable(RuntimeError):
    """Stored credentials that no key opens, or that were sealed for another account."""

    def __init__(self, account_id: int) -> None:
        super().__init__(f"The credentials of account {account_id} cannot be opened with any key that is set.")


class SecretUnreadable(CredentialsUnreadable):
    """A webhook's stored secret that no key opens, or that was sealed for another webhook."""

    def __init__(self, webhook_id: UUID) -> None:
        RuntimeError.__init__(self, f"The secret of webhook {webhook_id} cannot be opened with any key that is set.")


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
    """Seals credentials for one account, or a secret for one webhook, and opens them for that one alone."""

    def __init__(self, keys: Callable[[], MultiFernet]) -> None:
        """keys: asked when there is something to seal or to open, and not before."""
        self._keys = keys

    def seal(self, credentials: Credentials, *, organization_id: int, account_id: int) -> bytes:
        return self._seal({"organization_id": organization_id, "account_id": account_id}, dict(credentials))

    def open(self, token: bytes, *, organization_id: int, account_id: int) -> Credentials:
        """Raises CredentialsUnreadable."""
        credentials: Credentials | None = self._try_open(
            {"organization_id": organization_id, "account_id": account_id}, token
        )
        if credentials is None:
            raise CredentialsUnreadable(account_id)
        return credentials

    def seal_secret(self, secret: str, *, organization_id: int, webhook_id: UUID) -> bytes:
        return self._seal({"organization_id": organization_id, "webhook_id": str(webhook_id)}, secret)

    def open_secret(self, token: bytes, *, organization_id: int, webhook_id: UUID) -> str:
        """Raises SecretUnreadable."""
        secret: str | None = self._try_open({"organization_id": organization_id, "webhook_id": str(webhook_id)}, token)
        if secret is None:
            raise SecretUnreadable(webhook_id)
        return secret

    def seal_digest(self, digest: bytes) -> bytes:
        """A digest of what may hold credentials: unsealed, it would let a thief of the database try passwords on it."""
        return self._keys().encrypt(digest)

    def try_open_digest(self, token: bytes) -> bytes | None:
        """What was sealed, or None where no key opens it."""
        try:
            return self._keys().decrypt(token)
        except InvalidToken:
            return None

    def _seal(self, owner: Mapping[str, int | str], content: object) -> bytes:
        return self._keys().encrypt(json.dumps({**owner, "credentials": content}).encode())

    def _try_open(self, owner: Mapping[str, int | str], token: bytes) -> Any:
        """What was sealed for this owner; None where it was another's, or no key opens it."""
        try:
            sealed = json.loads(self._keys().decrypt(token))
        except InvalidToken:
            return None
        content = sealed.pop("credentials")
        return content if sealed == owner else None
