"""The routes of accounts in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Final

from app.rest.v1.accounts import examples
from app.rest.v1.accounts.envelopes import V1AccountAnswer, V1AccountListAnswer
from app.rest.v1.documentation import refusal, route

_ACCOUNT_NOT_FOUND = refusal("not_found", "Account not found.")

ACCOUNTS_LISTED: Final = route("List accounts", 200, V1AccountListAnswer, examples.ACCOUNT_LIST, {})
ACCOUNT_SHOWN: Final = route("Show an account", 200, V1AccountAnswer, examples.ACCOUNT, {404: (_ACCOUNT_NOT_FOUND,)})

SHAPES: Final = (V1AccountAnswer, V1AccountListAnswer)
"""What the documentation above names."""
