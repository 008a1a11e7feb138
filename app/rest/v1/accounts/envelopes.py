"""The answers about accounts, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.accounts.examples import ACCOUNT, ACCOUNT_LIST
from app.rest.v1.accounts.shapes import V1Account, V1AccountList
from app.rest.v1.envelopes import V1Success


class V1AccountAnswer(V1Success):
    """An answer that holds an account."""

    data: Annotated[V1Account, described("The account.", ACCOUNT)]


class V1AccountListAnswer(V1Success):
    """An answer that holds the accounts."""

    data: Annotated[V1AccountList, described("The accounts.", ACCOUNT_LIST)]
