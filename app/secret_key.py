"""Which key the credentials of accounts are encrypted with: the one that is set, or an embedded database's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.repositories.credential_cipher import CredentialCipher, read_secret_keys
from app.repositories.secret_key_file import SecretKeyFile

if TYPE_CHECKING:
    from app.settings import Settings


def credential_cipher(settings: Settings) -> CredentialCipher | None:
    """None where no key is set for a database that is not embedded: credentials cannot be kept there.

    A key that is set encrypts. What an embedded database encrypted before with its own key can still be opened, as long
    as the file with that key is there. Raises ValueError for a key file that holds no key.
    """
    file = SecretKeyFile(settings.secret_key_file) if settings.is_embedded else None
    own_keys = file.found() if file is not None else None
    if settings.secret_key is not None:
        texts = (settings.secret_key.get_secret_value(), own_keys)
        keys = read_secret_keys(",".join(text for text in texts if text is not None))
        return CredentialCipher(lambda: keys)
    return CredentialCipher(file.keys) if file is not None else None
