"""REST v1: accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.commands.get_account import get_account
from app.commands.list_accounts import list_accounts
from app.domain.errors import AccountNotFound
from app.rest.admission import Admitted
from app.rest.v1.accounts.documentation import ACCOUNT_SHOWN, ACCOUNTS_LISTED
from app.rest.v1.accounts.shapes import account_shape
from app.rest.v1.answers import V1Route, success

router = APIRouter(prefix="/accounts", tags=["REST v1"], route_class=V1Route)

AccountId = Annotated[
    str, Path(description="The account's number.", examples=[2280], json_schema_extra={"type": "integer"})
]


@router.get("", **ACCOUNTS_LISTED)
async def show_accounts(request: Request, caller: Admitted) -> Response:
    """Every account of the organisation, inactive ones included."""
    accounts = await caller.run(list_accounts)
    return success(request, {"accounts": [account_shape(account) for account in accounts]})


@router.get("/{account_id}", **ACCOUNT_SHOWN)
async def show_account(request: Request, caller: Admitted, account_id: AccountId) -> Response:
    """One account."""
    if not (account_id.isascii() and account_id.isdecimal() and len(account_id) <= 10):
        raise AccountNotFound(account_id)
    return success(request, account_shape(await caller.run(get_account, account_id=int(account_id))))
