"""What REST v1 accepts about accounts: the bodies of requests, and how they become changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from pydantic import Field

from app.domain.account_changes import AccountChanges
from app.domain.errors import InputIssue, InvalidFieldName, IssueCode
from app.domain.names import nearest_name
from app.domain.platforms import Platform
from app.rest.fields import Fields, read_fields, sent
from app.rest.v1.accounts.examples import CREDENTIALS, RULES

if TYPE_CHECKING:
    from collections.abc import Mapping


class AccountFields(Fields):
    """The fields that creating and updating have in common."""

    account_name: str | None = Field(
        None, description="What the account is called on its platform: 1 to 200 characters.", examples=["@mybrand"]
    )
    minimum_gap_minutes: int | None = Field(
        None, description="How far apart its posts must be: 0, for no gap, to 10080 (7 days).", examples=[30]
    )
    rules: dict[str, Any] | None = Field(
        None,
        description="Where its limits are not its platform's, the whole object: text_limit, max_images, max_videos.",
        examples=[RULES],
    )
    credentials: dict[str, Any] | None = Field(
        None,
        description=(
            "What publishes to the account. On any platform: url and secret, the owner's own endpoint. bluesky also: "
            "service, identifier and password. mastodon also: base_url and access_token. discord also: webhook_url. "
            "Stored encrypted, and never shown again. null removes them."
        ),
        examples=[CREDENTIALS],
    )


class CreateAccountBody(AccountFields):
    """A new account, active from the start."""

    required: ClassVar = ("platform", "account_name")

    platform: str | None = Field(
        None,
        description="Where the account is. It never changes.",
        examples=["mastodon"],
        json_schema_extra={"enum": [str(platform) for platform in Platform]},
    )


class UpdateAccountBody(AccountFields):
    """Every field is optional. What is left out stays as it is; null clears rules and credentials."""

    is_active: bool | None = Field(
        None,
        description="Whether posts may be sent to it. A post that has an inactive account keeps it.",
        examples=[True],
    )


def new_account(body: Mapping[str, Any]) -> tuple[Platform | None, AccountChanges]:
    """The platform of a new account, if it names one that there is, and the rest."""
    fields, issues = read_fields(CreateAccountBody, body)
    values = sent(fields)
    written = values.pop("platform", None)
    if written is not None and written not in tuple(Platform):
        message = f"`platform` must be one of {', '.join(Platform)}."
        issues = (InputIssue(path=("platform",), code=IssueCode.INVALID_VALUE, message=message), *issues)
        written = None
    platform = None if written is None else Platform(written)
    return platform, _changes(body, CreateAccountBody, values, issues)


def account_changes(body: Mapping[str, Any]) -> AccountChanges:
    """The changes that a PATCH asks for."""
    fields, issues = read_fields(UpdateAccountBody, body)
    return _changes(body, UpdateAccountBody, sent(fields), issues)


def _changes(
    body: Mapping[str, Any], model: type[Fields], values: Mapping[str, Any], issues: tuple[InputIssue, ...]
) -> AccountChanges:
    return AccountChanges(**values, invalid_field=_invalid_name(body, tuple(model.model_fields)), issues=issues)


def _invalid_name(body: Mapping[str, Any], known: tuple[str, ...]) -> InvalidFieldName | None:
    for name in body:
        if name not in known:
            return InvalidFieldName(name, suggestion=nearest_name(name, known), known=known)
    return None
