"""Accounts in the schema."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domain import account as domain
from app.domain.platforms import Platform


@strawberry.type(description="One profile on one platform that posts can go to.")
class Account:
    account_id: int = strawberry.field(description="Unique within the organisation.")
    platform: Platform = strawberry.field(description="Where the account is.")
    account_name: str = strawberry.field(description="What the account is called there.")
    is_active: bool = strawberry.field(description="Whether posts may be sent to it.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @classmethod
    def of(cls, account: domain.Account) -> Account:
        return cls(
            account_id=account.id,
            platform=account.platform,
            account_name=account.name,
            is_active=account.is_active,
            created_at=account.created_at,
        )
