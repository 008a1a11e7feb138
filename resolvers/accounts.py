"""Accounts in the schema."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.domain import account as domain
from app.domain.platforms import Platform
from app.domain.rule_overrides import RuleOverrides
from resolvers.reading import reads


@strawberry.type(description="Where an account's limits are not its platform's.")
class AccountRules:
    source: strawberry.Private[RuleOverrides]
    text_limit: int | None = reads(
        "text_limit", description="The longest text, counted as the platform counts; null: the platform's limit."
    )
    max_images: int | None = reads("max_images", description="The most images; null: the platform's limit.")
    max_videos: int | None = reads("max_videos", description="The most videos; null: the platform's limit.")


@strawberry.type(description="One profile on one platform that posts can go to. Its credentials are never shown.")
class Account:
    source: strawberry.Private[domain.Account]
    account_id: int = reads("id", description="Unique within the organisation.")
    platform: Platform = reads("platform", description="Where the account is.")
    account_name: str = reads("name", description="What the account is called there.")
    is_active: bool = reads("is_active", description="Whether posts may be sent to it.")
    minimum_gap_minutes: int = reads(
        "minimum_gap_minutes", description="How far apart its posts must be; 0 for no gap."
    )
    can_publish: bool = reads("can_publish", description="Whether it is active and has credentials to publish with.")
    rules: AccountRules = reads("rules", by=AccountRules, description="Where its limits are not its platform's.")
    created_at: datetime = reads("created_at", description="When it was added.")

    @classmethod
    def of(cls, account: domain.Account) -> Account:
        return cls(source=account)
