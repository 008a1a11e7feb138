"""What `POST /post/update` accepts, and how it becomes changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import AfterValidator, BeforeValidator, Field

from app.domain.changes import LEAVE, PostChanges
from app.domain.errors import InputIssue, InvalidFieldName, InvalidInput, IssueCode, PostNotFound
from app.domain.media import is_media_url
from app.domain.names import nearest_name
from app.rest.fields import Fields, InstantText, read_fields, sent
from app.rest.ugc.examples import POST_ID
from app.rest.ugc.ids import read_account_id, read_post_id
from app.rest.ugc.names import FIELDS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from app.domain.changes import Change

CAPTION_LIMIT: Final = 500
"""Unicode code points. A limit of this API alone: the same post may say more through the other edges."""

QUOTED: Final = 40
"""Characters of an unknown account id that a message repeats."""


def _read_account(value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, str | int | None):
        raise ValueError("must be text such as acc_2290, or a number")
    return value


def _check_url(url: str) -> str:
    if not is_media_url(url):
        raise ValueError("must be an http or https URL of at most 2048 bytes")
    return url


AccountIdText = Annotated[str | int, BeforeValidator(_read_account)]
MediaUrl = Annotated[str, AfterValidator(_check_url)]


class UpdateBody(Fields):
    """postId is required. Every other field is optional: what is left out stays as it is."""

    required: ClassVar = ("postId",)

    postId: str = Field("", description="The post to update.", examples=[POST_ID])
    caption: str | None = Field(None, description="New caption, at most 500 characters.", examples=["Updated caption!"])
    title: str | None = Field(
        None, description="New title, at most 90 characters; slideshow posts only.", examples=["Three days in Lisbon"]
    )
    socialAudioId: str | None = Field(None, description="New social audio.", examples=["audio_123"])
    postTime: InstantText | None = Field(
        None, description="New time: RFC 3339 with an offset.", examples=["2025-01-15T14:00:00Z"]
    )
    accountId: AccountIdText | None = Field(None, description="Moves the post to this account.", examples=["acc_2290"])
    mediaUrls: list[MediaUrl] | None = Field(
        None,
        description="The whole media set: one URL for a video post, one or more images for a slideshow.",
        examples=[["https://blob.vercel-storage.com/video.mp4"]],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    post_id: UUID
    changes: PostChanges
    media_urls: Change[list[str]]


def read_update(body: Mapping[str, Any]) -> Update:
    """Raises InvalidInput without a postId, PostNotFound for one that no post has. Other problems are in changes."""
    fields, issues = read_fields(UpdateBody, body)
    if not fields.postId:
        malformed = [issue for issue in issues if issue.path == ("postId",)]
        message = "`postId` is required: the id of the post to update."
        raise InvalidInput(malformed or [InputIssue(path=("postId",), code=IssueCode.REQUIRED, message=message)])
    post_id = read_post_id(fields.postId)
    if post_id is None:
        raise PostNotFound(fields.postId)

    found = [replace(issue, path=(FIELDS.get(issue.path[0], issue.path[0]), *issue.path[1:])) for issue in issues]
    values = {FIELDS[name]: value for name, value in sent(fields).items() if name in FIELDS}
    media_urls = values.pop("media_ids", LEAVE)
    if values.get("account_ids") is not None:
        values["account_ids"] = _targets(values["account_ids"], found)
    _check_caption(fields.caption, found)
    changes = PostChanges(**values, invalid_field=_invalid_name(body), issues=tuple(found))
    return Update(post_id=post_id, changes=changes, media_urls=media_urls)


def _targets(written: object, issues: list[InputIssue]) -> object:
    account_id = read_account_id(written)
    if account_id is None:
        text = str(written)
        quoted = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
        message = f"There is no account {quoted}."
        issues.append(InputIssue(path=("account_ids",), code=IssueCode.UNKNOWN_ID, message=message, is_spelled=True))
        return LEAVE
    return frozenset([account_id])


def _check_caption(caption: str | None, issues: list[InputIssue]) -> None:
    if caption is not None and len(caption) > CAPTION_LIMIT:
        issues.append(
            InputIssue(
                path=("content",),
                code=IssueCode.TOO_LONG,
                message=f"`caption` has {len(caption)} characters; at most {CAPTION_LIMIT} are allowed.",
                limit=CAPTION_LIMIT,
                actual=len(caption),
            )
        )


def _invalid_name(body: Mapping[str, Any]) -> InvalidFieldName | None:
    known = tuple(UpdateBody.model_fields)
    for name in body:
        if name not in known:
            return InvalidFieldName(name, suggestion=nearest_name(name, known), known=known)
    return None
