"""The mutations of accounts. A refusal raised below is answered by resolvers.errors: there is no try here."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.commands.create_account import create_account
from app.commands.update_account import update_account
from resolvers.account_inputs import CreateAccountInput, UpdateAccountInput
from resolvers.accounts import Account
from resolvers.context import Info
from resolvers.errors import InvalidInput, NotFound


@strawberry.type(description="The account was created, and is on disk.")
class CreateAccountSuccess:
    account: Account = strawberry.field(description="The new account.")


@strawberry.type(description="The update was accepted, and is on disk.")
class UpdateAccountSuccess:
    account: Account = strawberry.field(description="The whole account after the update.")


CreateAccountResult = Annotated[
    CreateAccountSuccess | InvalidInput,
    strawberry.union("CreateAccountResult", description="What came of creating an account."),
]
UpdateAccountResult = Annotated[
    UpdateAccountSuccess | NotFound | InvalidInput,
    strawberry.union("UpdateAccountResult", description="What came of updating an account."),
]


@strawberry.type
class AccountMutations:
    @strawberry.mutation(description="Add an account that posts can go to.")
    async def create_account(
        self,
        info: Info,
        input: Annotated[CreateAccountInput, strawberry.argument(description="The new account.")],
    ) -> CreateAccountResult:
        account = await info.context.run(create_account, platform=input.platform, changes=input.to_changes())
        return CreateAccountSuccess(account=Account.of(account))

    @strawberry.mutation(description="Rename an account, deactivate it, or change its settings and credentials.")
    async def update_account(
        self,
        info: Info,
        account_id: Annotated[int, strawberry.argument(description="The account.")],
        input: Annotated[UpdateAccountInput, strawberry.argument(description="What to change.")],
    ) -> UpdateAccountResult:
        account = await info.context.run(update_account, account_id=account_id, changes=input.to_changes())
        return UpdateAccountSuccess(account=Account.of(account))
