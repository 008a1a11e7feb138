"""The routes of accounts in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Final

from app.rest.v1.accounts import examples
from app.rest.v1.accounts.bodies import CreateAccountBody, UpdateAccountBody
from app.rest.v1.accounts.envelopes import V1AccountAnswer, V1AccountListAnswer
from app.rest.v1.documentation import NOT_JSON, WITH_BODY, refusal, request, route

_ACCOUNT_NOT_FOUND = refusal("not_found", "Account not found.")
_FIELD_NAME = refusal(
    "invalid_field_name",
    "Unknown field accountName: did you mean account_name?",
    {"field": "accountName", "suggestion": "account_name"},
)
_GAP = "`minimum_gap_minutes` must be from 0 to 10080, which is 7 days."
_VALIDATION = refusal(
    "validation_error", _GAP, [{"path": ["minimum_gap_minutes"], "code": "INVALID_VALUE", "message": _GAP}]
)

ACCOUNTS_LISTED: Final = route("List accounts", 200, V1AccountListAnswer, examples.ACCOUNT_LIST, {})
ACCOUNT_SHOWN: Final = route("Show an account", 200, V1AccountAnswer, examples.ACCOUNT, {404: (_ACCOUNT_NOT_FOUND,)})
ACCOUNT_CREATED: Final = route(
    "Create an account",
    201,
    V1AccountAnswer,
    examples.CREATED_ACCOUNT,
    {**WITH_BODY, 400: (_FIELD_NAME, _VALIDATION, NOT_JSON)},
    writes=True,
    **request(CreateAccountBody, examples.CREATE),
)
ACCOUNT_UPDATED: Final = route(
    "Update an account",
    200,
    V1AccountAnswer,
    examples.ACCOUNT,
    {**WITH_BODY, 400: (_FIELD_NAME, _VALIDATION, NOT_JSON), 404: (_ACCOUNT_NOT_FOUND,)},
    writes=True,
    **request(UpdateAccountBody, examples.UPDATE),
)

SHAPES: Final = (V1AccountAnswer, V1AccountListAnswer)
"""What the documentation above names."""
