"""What the bodies of the `/post/…` routes have in common: kinds of fields, and problems that only this API knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Final

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from app.domain.errors import InputIssue, InvalidFieldName, InvalidInput, IssueCode
from app.domain.media import is_media_url
from app.domain.names import nearest_name
from app.domain.text import LIMITS
from app.rest.fields import Fields, read_whole
from app.rest.kinds import ADDRESS, HIGHEST_INTEGER, text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

CAPTION_LIMIT: Final = 500
"""Unicode code points. A limit of this API alone: the same post may say more through the other edges."""

QUOTED: Final = 40
"""Characters of an unknown account id that a message repeats."""


def _read_account(value: object) -> object:
    value = read_whole(value)
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise ValueError("must be text such as acc_2290, or a number")
    return value


def _check_url(url: str) -> str:
    if not is_media_url(url):
        raise ValueError("must be an http or https URL of at most 2048 bytes")
    return url


AnyAccountId = Annotated[str | int, BeforeValidator(_read_account)]
"""Of an account that may not be there. What no account can have is no mistake, and matches nothing."""

AccountIdText = Annotated[
    AnyAccountId,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "pattern": "^(acc_)?[0-9]{1,10}$"},
                {"type": "integer", "minimum": 1, "maximum": HIGHEST_INTEGER},
            ]
        }
    ),
]
PostIdText = Annotated[
    str,
    WithJsonSchema(
        {
            "type": "string",
            "pattern": "^(post_)?([0-9A-Fa-f]{32}|[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12})$",
        }
    ),
]
MediaUrl = Annotated[str, AfterValidator(_check_url), WithJsonSchema(ADDRESS)]
CaptionText = Annotated[str, text(maxLength=CAPTION_LIMIT)]
TitleText = Annotated[str, text(maxLength=LIMITS["title"])]


class UgcFields(Fields):
    """needed: every required field, and what it is, for whoever leaves it out."""

    needed: ClassVar[Mapping[str, str]] = {}

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        cls.required = tuple(cls.needed)

    def missing(self, issues: Collection[InputIssue]) -> list[InputIssue]:
        """An issue for each required field that is left out, null or empty, and has none yet."""
        malformed = {issue.path[0] for issue in issues}
        return [
            InputIssue(path=(name,), code=IssueCode.REQUIRED, message=f"`{name}` is required: {what}.")
            for name, what in self.needed.items()
            if name not in malformed and getattr(self, name) in (None, "", [])
        ]


def caption_issues(caption: str | None) -> list[InputIssue]:
    if caption is None or len(caption) <= CAPTION_LIMIT:
        return []
    message = f"`caption` has {len(caption)} characters; at most {CAPTION_LIMIT} are allowed."
    return [_too_long("caption", message, limit=CAPTION_LIMIT, actual=len(caption))]


def length_issues(name: str, values: Collection[object] | None, limit: int, *, of: str) -> list[InputIssue]:
    """of: what the list holds, in the plural."""
    actual = 0 if values is None else len(values)
    message = f"`{name}` holds {actual} {of}; at most {limit} are allowed."
    return [_too_long(name, message, limit=limit, actual=actual)] if actual > limit else []


def unknown_account(written: str | int, *path: str) -> InputIssue:
    """The issue with what cannot be the id of any account."""
    text = str(written)
    quoted = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
    return InputIssue(path=path, code=IssueCode.UNKNOWN_ID, message=f"There is no account {quoted}.", is_spelled=True)


def invalid_name(body: Iterable[str], model: type[Fields], *, inside: str = "") -> InvalidFieldName | None:
    """The refusal of the first name that the model does not know. inside: what holds the body, with a dot behind."""
    known = tuple(model.model_fields)
    for name in body:
        if name not in known:
            return InvalidFieldName(f"{inside}{name}", suggestion=nearest_name(name, known), known=known)
    return None


def refuse_if_any(invalid: InvalidFieldName | None, issues: Collection[InputIssue]) -> None:
    """Raise what is wrong with a body, if anything is: a name that it must not hold, or else every problem."""
    if invalid is not None:
        raise invalid
    if issues:
        raise InvalidInput(list(issues))


def _too_long(name: str, message: str, *, limit: int, actual: int) -> InputIssue:
    return InputIssue(path=(name,), code=IssueCode.TOO_LONG, message=message, limit=limit, actual=actual)
