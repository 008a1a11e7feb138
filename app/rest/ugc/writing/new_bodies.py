"""What `POST /post/video`, `/post/slideshow` and `/post/draft` accept."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import BeforeValidator, Field, WithJsonSchema

from app.domain.kind import PostKind
from app.domain.post import PostStatus
from app.rest.fields import InstantText, read_fields
from app.rest.kinds import list_of, text
from app.rest.ugc.examples import ACCOUNT_ID, IMAGE_URLS, VIDEO_URL
from app.rest.ugc.fields import AccountIdText, CaptionText, MediaUrl, TitleText, UgcFields
from app.rest.ugc.writing.content import content_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.rest.ugc.writing.content import Content

IMAGE_LIMIT: Final = 35
"""Images of a new post."""

_KINDS: Final = {"video": PostKind.VIDEO, "slideshow": PostKind.SLIDESHOW}


def _read_kind(value: object) -> object:
    if value is not None and (not isinstance(value, str) or value not in _KINDS):
        raise ValueError("must be video or slideshow")
    return value


_Kind = Annotated[str, BeforeValidator(_read_kind), WithJsonSchema({"type": "string", "enum": list(_KINDS)})]
_Caption = Annotated[
    CaptionText | None,
    Field(description="The post's text, at most 500 characters.", examples=["Fifteen seconds of Lisbon"]),
]
_Title = Annotated[
    TitleText | None,
    Field(description="A slideshow's title, at most 90 characters.", examples=["Three days in Lisbon"]),
]
_SocialAudioId = Annotated[
    Annotated[str, text()] | None, Field(description="The social audio it plays.", examples=["audio_123"])
]
_Account = Annotated[AccountIdText | None, Field(description="The account it goes to.", examples=[ACCOUNT_ID])]
_PostTime = Annotated[
    InstantText | None,
    Field(
        description="When it goes out: RFC 3339 with an offset. Left out: now, or as soon as the account is free.",
        examples=["2025-01-15T14:00:00Z"],
    ),
]

_THE_ACCOUNT: Final = "the account that the post goes to"


class VideoBody(UgcFields):
    """A video for one account."""

    never_null: ClassVar = ("postTime",)

    needed: ClassVar = {"accountId": _THE_ACCOUNT, "videoUrl": "the address of the video"}

    accountId: _Account = None
    videoUrl: MediaUrl | None = Field(
        None, description="The address of the video, http or https.", examples=[VIDEO_URL]
    )
    caption: _Caption = None
    socialAudioId: _SocialAudioId = None
    postTime: _PostTime = None


class SlideshowBody(UgcFields):
    """Images for one account."""

    never_null: ClassVar = ("postTime",)

    needed: ClassVar = {"accountId": _THE_ACCOUNT, "imageUrls": "the addresses of 1 to 35 images"}

    accountId: _Account = None
    imageUrls: list[MediaUrl] | None = Field(
        None,
        description="The addresses of 1 to 35 images, in their order.",
        examples=[IMAGE_URLS],
        json_schema_extra=list_of(minItems=1, maxItems=IMAGE_LIMIT, uniqueItems=True),
    )
    caption: _Caption = None
    title: _Title = None
    postTime: _PostTime = None


class DraftBody(UgcFields):
    """A post without an account and a time, which `/post/update` gives it later. It may lack anything but its type."""

    needed: ClassVar = {"type": "video or slideshow"}

    type: _Kind | None = Field(None, description="What it is to be, for good.", examples=["slideshow"])
    mediaUrls: list[MediaUrl] | None = Field(
        None,
        description="One video, or at most 35 images, by their addresses.",
        examples=[IMAGE_URLS],
        json_schema_extra=list_of(maxItems=IMAGE_LIMIT, uniqueItems=True),
    )
    caption: _Caption = None
    title: _Title = None
    socialAudioId: _SocialAudioId = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPost:
    """publish_now: due at once unless it names a time."""

    kind: PostKind
    content: Content
    publish_now: bool


def read_video(body: Mapping[str, Any]) -> NewPost:
    fields, issues = read_fields(VideoBody, body)
    return _scheduled(PostKind.VIDEO, content_of(fields, issues, body))


def read_slideshow(body: Mapping[str, Any]) -> NewPost:
    fields, issues = read_fields(SlideshowBody, body)
    return _scheduled(PostKind.SLIDESHOW, content_of(fields, issues, body, most_media=IMAGE_LIMIT))


def read_draft(body: Mapping[str, Any]) -> NewPost:
    """A draft without a readable type is refused, so that it does not matter which one it gets here."""
    fields, issues = read_fields(DraftBody, body)
    return NewPost(
        kind=_KINDS[fields.type] if fields.type else PostKind.STANDARD,
        content=content_of(fields, issues, body, most_media=IMAGE_LIMIT),
        publish_now=False,
    )


def _scheduled(kind: PostKind, content: Content) -> NewPost:
    changes = replace(content.changes, status=PostStatus.SCHEDULED)
    return NewPost(kind=kind, content=replace(content, changes=changes), publish_now=True)
