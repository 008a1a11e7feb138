"""The routes that write one post, in OpenAPI."""

from __future__ import annotations

from typing import Final

from app.rest.ugc import examples
from app.rest.ugc.answers import NOT_EDITABLE
from app.rest.ugc.documentation import NOT_FOUND, route
from app.rest.ugc.envelopes import PostSuccess
from app.rest.ugc.writing.new_bodies import DraftBody, SlideshowBody, VideoBody
from app.rest.ugc.writing.update_body import UpdateBody

_CAPTION: Final = "`caption` has 501 characters; at most 500 are allowed."
_TITLE: Final = "`title` has 91 characters; at most 90 are allowed."
_ACCOUNT: Final = "`accountId` is required: the account that the post goes to."
_PAST: Final = "`postTime` must be in the future."
_IMAGES: Final = "`{name}` holds 36 addresses; at most 35 are allowed."

UPDATED: Final = route(
    "Update a post",
    UpdateBody,
    examples.UPDATE,
    PostSuccess,
    examples.POST,
    {
        400: (
            NOT_EDITABLE,
            "`postId` is required: the id of the post to update.",
            _CAPTION,
            _TITLE,
            "Unknown field mediaUrl: did you mean mediaUrls?",
        ),
        **NOT_FOUND,
    },
    writes=True,
)
VIDEO_CREATED: Final = route(
    "Post a video",
    VideoBody,
    examples.NEW_VIDEO,
    PostSuccess,
    examples.NEW_VIDEO_POST,
    {
        400: (
            _ACCOUNT,
            "`videoUrl` is required: the address of the video.",
            _CAPTION,
            _PAST,
            "Unknown field video: did you mean videoUrl?",
        )
    },
    writes=True,
)
SLIDESHOW_CREATED: Final = route(
    "Post a slideshow",
    SlideshowBody,
    examples.NEW_SLIDESHOW,
    PostSuccess,
    examples.NEW_SLIDESHOW_POST,
    {
        400: (
            _ACCOUNT,
            "`imageUrls` is required: the addresses of 1 to 35 images.",
            _IMAGES.format(name="imageUrls"),
            _CAPTION,
            _TITLE,
            _PAST,
            "Unknown field imageUrl: did you mean imageUrls?",
        )
    },
    writes=True,
)
DRAFTED: Final = route(
    "Write a draft",
    DraftBody,
    examples.NEW_DRAFT,
    PostSuccess,
    examples.NEW_DRAFT_POST,
    {
        400: (
            "`type` is required: video or slideshow.",
            _IMAGES.format(name="mediaUrls"),
            _CAPTION,
            _TITLE,
            "Unknown field mediaUrl: did you mean mediaUrls?",
        )
    },
    writes=True,
)
