"""Make, list and revoke API keys: the operator's units of work, which name an organisation and need no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.api_key import ApiKey, Scope, digest_of, new_secret, public_id_of
from app.repositories.api_keys import ApiKeyRepository
from app.repositories.organizations import OrganizationRepository

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from sqlalchemy import Connection


def create_key(
    connection: Connection,
    *,
    organization: str,
    name: str,
    scopes: Collection[Scope],
    now: datetime,
    expires_at: datetime | None = None,
) -> str:
    """A new key, shown this once. An organisation of an unknown name is made."""
    organizations = OrganizationRepository(connection)
    organization_id = organizations.find_by_name(organization)
    if organization_id is None:
        organization_id = organizations.add(organization, now=now)
    secret = new_secret()
    add_key(
        connection, secret, organization_id=organization_id, name=name, scopes=scopes, now=now, expires_at=expires_at
    )
    return secret


def add_key(
    connection: Connection,
    secret: str,
    *,
    organization_id: int,
    name: str,
    scopes: Collection[Scope],
    now: datetime,
    expires_at: datetime | None = None,
) -> None:
    """Store the digest of a key that new_secret made. Raises ValueError for any other text."""
    public_id = public_id_of(secret)
    if public_id is None:
        raise ValueError("this is not a key that Redraft made")
    ApiKeyRepository(connection).add(
        ApiKey(
            public_id=public_id,
            organization_id=organization_id,
            name=name,
            digest=digest_of(secret),
            scopes=frozenset(scopes),
            created_at=now,
            expires_at=expires_at,
        )
    )


def list_keys(connection: Connection) -> list[tuple[str, ApiKey]]:
    """Every key, oldest first, each with the name of its organisation."""
    names = OrganizationRepository(connection).names()
    return [(names[key.organization_id], key) for key in ApiKeyRepository(connection).all()]


def try_revoke_key(connection: Connection, *, public_id: str, now: datetime) -> bool:
    """Whether there is such a key. It is refused everywhere 5 s later at the latest."""
    return ApiKeyRepository(connection).try_revoke(public_id, now=now)
