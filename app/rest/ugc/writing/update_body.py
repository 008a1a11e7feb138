"""What `POST /post/update` accepts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from pydantic import Field

from app.domain.errors import InvalidInput, PostNotFound
from app.rest.fields import InstantText, read_fields
from app.rest.kinds import list_of, text
from app.rest.ugc.examples import POST_ID
from app.rest.ugc.fields import AccountIdText, CaptionText, MediaUrl, PostIdText, TitleText, UgcFields
from app.rest.ugc.ids import read_post_id
from app.rest.ugc.writing.content import content_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from app.rest.ugc.writing.content import Content


class UpdateBody(UgcFields):
    """postId is required. Every other field is optional: what is left out stays as it is."""

    needed: ClassVar = {"postId": "the id of the post to update"}

    postId: PostIdText = Field("", description="The post to update.", examples=[POST_ID])
    caption: CaptionText | None = Field(
        None, description="New caption, at most 500 characters.", examples=["Updated caption!"]
    )
    title: TitleText | None = Field(
        None, description="New title, at most 90 characters; slideshow posts only.", examples=["Three days in Lisbon"]
    )
    socialAudioId: Annotated[str, text()] | None = Field(None, description="New social audio.", examples=["audio_123"])
    postTime: InstantText | None = Field(
        None, description="New time: RFC 3339 with an offset.", examples=["2025-01-15T14:00:00Z"]
    )
    accountId: AccountIdText | None = Field(None, description="Moves the post to this account.", examples=["acc_2290"])
    mediaUrls: list[MediaUrl] | None = Field(
        None,
        description="The whole media set: one URL for a video post, one or more images for a slideshow.",
        examples=[["https://blob.vercel-storage.com/video.mp4"]],
        json_schema_extra=list_of(uniqueItems=True),
    )


def read_update(body: Mapping[str, Any]) -> tuple[UUID, Content]:
    """Raises InvalidInput without a postId, PostNotFound for one that no post has: a post that is out says so before
    anything else is said of the body."""
    fields, issues = read_fields(UpdateBody, body)
    if not fields.postId:
        raise InvalidInput([issue for issue in issues if issue.path == ("postId",)] or fields.missing(()))
    post_id = read_post_id(fields.postId)
    if post_id is None:
        raise PostNotFound(fields.postId)
    return post_id, content_of(fields, issues, body)
