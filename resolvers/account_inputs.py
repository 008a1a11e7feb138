"""Inputs about accounts, and how they become changes."""

from __future__ import annotations

from typing import Any

import strawberry
from strawberry import UNSET, Maybe

from app.domain.account_changes import AccountChanges
from app.domain.changes import LEAVE
from app.domain.platforms import Platform
from resolvers.scalars import JSON

_CREDENTIALS = (
    'What publishes to the account. On any platform: {"url", "secret"}, the owner\'s own endpoint, or {"sandbox"}, any '
    "text, which keeps what goes out on a page of this server's own machine. BLUESKY also: "
    '{"service", "identifier", "password"}. MASTODON also: {"base_url", "access_token"}. DISCORD also: '
    '{"webhook_url"}. Stored encrypted, and never shown again.'
)
_NAME = "What the account is called on its platform: 1 to 200 characters."
_GAP = "How far apart its posts must be: 0, for no gap, to 10080 (7 days)."
_RULES = "Where its limits are not its platform's, the whole object."


@strawberry.input(description="Where an account's limits are not its platform's. What is left out or null is.")
class AccountRulesInput:
    text_limit: int | None = strawberry.field(
        default=UNSET, description="The longest text, counted as the platform counts."
    )
    max_images: int | None = strawberry.field(default=UNSET, description="The most images; 0 for none.")
    max_videos: int | None = strawberry.field(default=UNSET, description="The most videos; 0 for none.")

    def to_rules(self) -> dict[str, int | None]:
        return {name: value for name, value in vars(self).items() if value is not UNSET}


@strawberry.input(description="A new account, active from the start.")
class CreateAccountInput:
    platform: Platform = strawberry.field(description="Where the account is. It never changes.")
    account_name: str = strawberry.field(description=_NAME)
    credentials: JSON | None = strawberry.field(default=UNSET, description=_CREDENTIALS)
    minimum_gap_minutes: int = strawberry.field(default=0, description=_GAP)
    rules: AccountRulesInput | None = strawberry.field(default=UNSET, description=_RULES)

    def to_changes(self) -> AccountChanges:
        return AccountChanges(
            account_name=self.account_name,
            credentials=LEAVE if self.credentials is UNSET else self.credentials,
            minimum_gap_minutes=self.minimum_gap_minutes,
            rules=self.rules.to_rules() if self.rules else LEAVE,
        )


@strawberry.input(
    description="Every field is optional: leave it out and it stays as it is; null clears it where empty makes sense."
)
class UpdateAccountInput:
    account_name: Maybe[str | None] = strawberry.field(description=_NAME)
    credentials: Maybe[JSON | None] = strawberry.field(description=f"{_CREDENTIALS} null removes them.")
    minimum_gap_minutes: Maybe[int | None] = strawberry.field(description=_GAP)
    is_active: Maybe[bool | None] = strawberry.field(
        description="Whether posts may be sent to it. A post that has an inactive account keeps it."
    )
    rules: Maybe[AccountRulesInput | None] = strawberry.field(description=f"{_RULES} null removes them.")

    def to_changes(self) -> AccountChanges:
        rules = _change(self.rules)
        return AccountChanges(
            account_name=_change(self.account_name),
            credentials=_change(self.credentials),
            minimum_gap_minutes=_change(self.minimum_gap_minutes),
            is_active=_change(self.is_active),
            rules=rules.to_rules() if isinstance(rules, AccountRulesInput) else rules,
        )


def _change(maybe: Any) -> Any:
    """Strawberry's three states in the domain's words."""
    return LEAVE if maybe is None else maybe.value
