"""REST v1: accounts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from app.commands.create_account import create_account
from app.commands.get_account import get_account
from app.commands.list_accounts import list_accounts
from app.commands.update_account import update_account
from app.domain.errors import AccountNotFound
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.v1.accounts.bodies import account_changes, new_account
from app.rest.v1.accounts.documentation import ACCOUNT_CREATED, ACCOUNT_SHOWN, ACCOUNT_UPDATED, ACCOUNTS_LISTED
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
    return success(request, account_shape(await caller.run(get_account, account_id=_account_id(account_id))))


@router.post("", **ACCOUNT_CREATED)
async def post_account(request: Request, caller: Admitted) -> Response:
    """A new account, under the next number. Its credentials are stored encrypted, and never shown again."""
    platform, changes = new_account(await read_json_object(request))
    account = await caller.run(create_account, platform=platform, changes=changes)
    return success(request, account_shape(account), status=201)


@router.patch("/{account_id}", **ACCOUNT_UPDATED)
async def patch_account(request: Request, caller: Admitted, account_id: AccountId) -> Response:
    """Change what is sent, leave the rest as it is. A post that has an account keeps it, active or not."""
    id = _account_id(account_id)
    changes = account_changes(await read_json_object(request))
    account = await caller.run(update_account, account_id=id, changes=changes)
    return success(request, account_shape(account))


def _account_id(written: str) -> int:
    if not (written.isascii() and written.isdecimal() and len(written) <= 10):
        raise AccountNotFound(written)
    return int(written)
