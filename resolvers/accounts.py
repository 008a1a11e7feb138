"""Accounts in the schema."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domain import account as domain
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides


@strawberry.type(description="Where an account's limits are not its platform's.")
class AccountRules:
    text_limit: int | None = strawberry.field(
        description="The longest text, counted as the platform counts; null: the platform's limit."
    )
    max_images: int | None = strawberry.field(description="The most images; null: the platform's limit.")
    max_videos: int | None = strawberry.field(description="The most videos; null: the platform's limit.")

    @classmethod
    def of(cls, rules: RuleOverrides) -> AccountRules:
        return cls(text_limit=rules.text_limit, max_images=rules.max_images, max_videos=rules.max_videos)


@strawberry.type(description="One profile on one platform that posts can go to. Its credentials are never shown.")
class Account:
    account_id: int = strawberry.field(description="Unique within the organisation.")
    platform: Platform = strawberry.field(description="Where the account is.")
    account_name: str = strawberry.field(description="What the account is called there.")
    is_active: bool = strawberry.field(description="Whether posts may be sent to it.")
    minimum_gap_minutes: int = strawberry.field(description="How far apart its posts must be; 0 for no gap.")
    can_publish: bool = strawberry.field(description="Whether it is active and has credentials to publish with.")
    rules: AccountRules = strawberry.field(description="Where its limits are not its platform's.")
    created_at: datetime = strawberry.field(description="When it was added.")

    @classmethod
    def of(cls, account: domain.Account) -> Account:
        return cls(
            account_id=account.id,
            platform=account.platform,
            account_name=account.name,
            is_active=account.is_active,
            minimum_gap_minutes=account.minimum_gap_minutes,
            can_publish=account.can_publish,
            rules=AccountRules.of(account.rules),
            created_at=account.created_at,
        )
