"""Reading accounts."""

from __future__ import annotations

import strawberry

from app.commands.list_accounts import list_accounts
from resolvers.accounts import Account
from resolvers.context import Info


@strawberry.type
class AccountQueries:
    @strawberry.field(description="The caller's accounts, ascending by id, inactive ones included.")
    async def accounts(self, info: Info) -> list[Account]:
        return [Account.of(account) for account in await info.context.run(list_accounts)]
