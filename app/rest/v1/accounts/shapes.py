"""What REST v1 shows of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.platforms import Platform
from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.v1.accounts.examples import ACCOUNT, HEALTH, RULES

if TYPE_CHECKING:
    from app.domain.account import Account


class V1Health(TypedDict):
    """Whether an account can be posted to."""

    status: Annotated[
        str,
        described(
            "inactive: posts may not be sent to it. no_credentials: they may, and cannot be published until it has "
            "some. healthy: neither is the case.",
            "healthy",
            among=("healthy", "no_credentials", "inactive"),
        ),
    ]
    can_post: Annotated[bool, described("Whether posts may be sent to it.", True)]


class V1Account(TypedDict):
    """One profile on one platform."""

    account_id: Annotated[int, described("The account's number.", 2280)]
    platform: Annotated[str, described("Where the account is.", "instagram", among=Platform)]
    account_name: Annotated[str, described("What the account is called.", "@mybrand")]
    is_active: Annotated[bool, described("Whether posts may be sent to it.", True)]
    minimum_gap_minutes: Annotated[int, described("How far apart its posts must be; 0 for no gap.", 0)]
    rules: Annotated[dict[str, int], described("Where its limits are not its platform's.", {}, RULES)]
    created_at: Annotated[str, described("When it was added, in UTC.", ACCOUNT["created_at"])]
    health: Annotated[V1Health, described("Whether it can be posted to.", HEALTH)]


class V1AccountList(TypedDict):
    """Every account of the organisation, inactive ones included."""

    accounts: Annotated[list[V1Account], described("The accounts, by their numbers.", [ACCOUNT])]


def account_shape(account: Account) -> V1Account:
    return {
        "account_id": account.id,
        "platform": account.platform,
        "account_name": account.name,
        "is_active": account.is_active,
        "minimum_gap_minutes": account.minimum_gap_minutes,
        "rules": account.rules.as_mapping(),
        "created_at": format_instant(account.created_at),
        "health": {"status": _status(account), "can_post": account.is_active},
    }


def _status(account: Account) -> str:
    if not account.is_active:
        return "inactive"
    return "healthy" if account.has_credentials else "no_credentials"
