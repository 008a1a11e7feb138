"""What REST v1 shows of accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.platforms import Platform
from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.v1.accounts.examples import ACCOUNT, HEALTH

if TYPE_CHECKING:
    from app.domain.account import Account


class V1Health(TypedDict):
    """Whether an account can be posted to."""

    status: Annotated[str, described("How the account is.", "healthy", among=("healthy", "inactive"))]
    can_post: Annotated[bool, described("Whether posts may be sent to it.", True)]


class V1Account(TypedDict):
    """One profile on one platform."""

    account_id: Annotated[int, described("The account's number.", 2280)]
    platform: Annotated[str, described("Where the account is.", "instagram", among=Platform)]
    account_name: Annotated[str, described("What the account is called.", "@mybrand")]
    is_active: Annotated[bool, described("Whether posts may be sent to it.", True)]
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
        "created_at": format_instant(account.created_at),
        "health": {"status": "healthy" if account.is_active else "inactive", "can_post": account.is_active},
    }
