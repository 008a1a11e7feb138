"""The operator's own units of work on accounts and webhooks, for all organisations at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.repositories.accounts import AccountRepository
from app.repositories.organizations import OrganizationRepository
from app.repositories.webhooks import WebhookRepository

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from app.repositories.credential_cipher import CredentialCipher


def seal_credentials_again(connection: Connection, cipher: CredentialCipher | None) -> int:
    """Encrypt every account's credentials and every webhook's secret with the cipher's first key, so that its other
    keys can be given up.

    The answer counts them. Raises CredentialsUnreadable, and ValueError without a cipher: then nothing is changed.
    """
    if cipher is None:
        raise ValueError("There is no REDRAFT_SECRET_KEY to encrypt credentials with.")
    return sum(
        repository(connection, organization_id, cipher=cipher).seal_again()
        for organization_id in sorted(OrganizationRepository(connection).names())
        for repository in (AccountRepository, WebhookRepository)
    )
