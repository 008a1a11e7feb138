"""Which key the credentials of accounts are encrypted with: the one that is set, or an embedded database's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.repositories.credential_cipher import CredentialCipher, read_secret_keys
from app.repositories.secret_key_file import SecretKeyFile

if TYPE_CHECKING:
    from app.settings import Settings


def credential_cipher(settings: Settings) -> CredentialCipher | None:
    """None where no key is set for a database that is not embedded: credentials cannot be kept there.

    Raises ValueError for a key file that holds no key.
    """
    if settings.secret_key is not None:
        keys = read_secret_keys(settings.secret_key.get_secret_value())
        return CredentialCipher(lambda: keys)
    if settings.is_embedded:
        file = SecretKeyFile(settings.secret_key_file)
        file.check()
        return CredentialCipher(file.keys)
    return None
