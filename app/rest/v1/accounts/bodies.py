"""What REST v1 accepts about accounts: the bodies of requests, and how they become changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.domain.account import LONGEST_GAP, NAME_LIMIT
from app.domain.account_changes import AccountChanges
from app.domain.credentials import ADDRESSES, TEXT_LIMIT, shapes_of
from app.domain.errors import InputIssue, InvalidFieldName, IssueCode
from app.domain.names import nearest_name
from app.domain.platforms import Platform
from app.rest.fields import Fields, WholeNumber, read_fields, read_whole, sent
from app.rest.kinds import ADDRESS, HIGHEST_INTEGER, text, text_schema, whole_number
from app.rest.v1.accounts.examples import CREDENTIALS, RULES

if TYPE_CHECKING:
    from collections.abc import Mapping


def _limit(description: str, least: int, example: int) -> dict[str, Any]:
    return {
        "description": description,
        "examples": [example],
        "type": ["integer", "null"],
        "minimum": least,
        "maximum": HIGHEST_INTEGER,
    }


_RULES: Final = WithJsonSchema(
    {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "text_limit": _limit("The longest text, as the platform counts.", 1, 5000),
            "max_images": _limit("The most images in one post; 0 for none.", 0, 4),
            "max_videos": _limit("The most videos in one post; 0 for none.", 0, 1),
        },
    }
)


def _read_rules(rules: object) -> object:
    return {name: read_whole(value) for name, value in rules.items()} if isinstance(rules, dict) else rules


def _credential(name: str) -> dict[str, Any]:
    if name in ADDRESSES:
        return {"description": "An http or https URL.", "examples": ["https://mastodon.example"], **ADDRESS}
    return {
        "description": "Never shown again.",
        "examples": ["YOUR_ACCESS_TOKEN"],
        **text_schema(is_blank_allowed=False, minLength=1, maxLength=TEXT_LIMIT),
    }


_CREDENTIALS: Final = WithJsonSchema(
    {
        "anyOf": [
            {
                "type": "object",
                "required": list(names),
                "additionalProperties": False,
                "properties": {name: _credential(name) for name in names},
            }
            for names in dict.fromkeys(names for platform in Platform for names in shapes_of(platform))
        ]
    }
)
_NAME: Final = text(is_blank_allowed=False, minLength=1, maxLength=NAME_LIMIT)


class AccountFields(Fields):
    """The fields that creating and updating have in common."""

    never_null: ClassVar[tuple[str, ...]] = ("account_name", "minimum_gap_minutes")

    account_name: Annotated[str, _NAME] | None = Field(
        None, description="What the account is called on its platform: 1 to 200 characters.", examples=["@mybrand"]
    )
    minimum_gap_minutes: Annotated[WholeNumber, whole_number(0, LONGEST_GAP)] | None = Field(
        None, description="How far apart its posts must be: 0, for no gap, to 10080 (7 days).", examples=[30]
    )
    rules: Annotated[dict[str, Any], BeforeValidator(_read_rules), _RULES] | None = Field(
        None,
        description="Where its limits are not its platform's, the whole object: text_limit, max_images, max_videos.",
        examples=[RULES],
    )
    credentials: Annotated[dict[str, Any], _CREDENTIALS] | None = Field(
        None,
        description=(
            "What publishes to the account. On any platform: url and secret, the owner's own endpoint, or sandbox, any "
            "text, which keeps what goes out on a page of this server's own machine. bluesky also: service, identifier "
            "and password. mastodon also: base_url and access_token. discord also: webhook_url. Stored encrypted, and "
            "never shown again. null removes them."
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

    never_null: ClassVar = (*AccountFields.never_null, "is_active")

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
