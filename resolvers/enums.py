"""The enums of the schema: the domain's own, with a description for every value."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeVar

import strawberry

from app.domain import errors
from app.domain.destination import DestinationStatus
from app.domain.kind import PostKind
from app.domain.listing import PostOrder
from app.domain.media import MediaType
from app.domain.platforms import Platform
from app.domain.post import PostAction, PostStatus
from app.domain.text_length import TextUnit

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=type[Enum])


class RequestedStatus(Enum):
    DRAFT = PostStatus.DRAFT
    SCHEDULED = PostStatus.SCHEDULED


class ErrorCode(Enum):
    NOT_FOUND = errors.ErrorCode.NOT_FOUND
    ALREADY_PUBLISHED = errors.ErrorCode.ALREADY_PUBLISHED
    PUBLISHING_IN_PROGRESS = errors.ErrorCode.PUBLISHING_IN_PROGRESS
    ACCOUNT_ALREADY_PUBLISHED = errors.ErrorCode.ACCOUNT_ALREADY_PUBLISHED
    INVALID_FIELD_NAME = errors.ErrorCode.INVALID_FIELD_NAME
    INVALID_INPUT = errors.ErrorCode.INVALID_INPUT
    VERSION_CONFLICT = errors.ErrorCode.VERSION_CONFLICT


def _describe(enum: E, description: str, values: Mapping[str, str]) -> None:
    """Give a Python enum its place in the schema. The values are named there as they are here."""
    definition = strawberry.enum(enum, description=description).__strawberry_definition__  # type: ignore[attr-defined]
    for value in definition.values:
        value.description = values[value.name]


_describe(
    PostStatus,
    "Where a post stands.",
    {
        "DRAFT": "Not queued. It may be incomplete.",
        "SCHEDULED": "Goes out when its time comes.",
        "PUBLISHING": "On the wire right now: it cannot be changed.",
        "PUBLISHED": "Out on every account. It can no longer be changed.",
        "PARTIALLY_FAILED": "Out on some accounts only. An update queues the others again.",
        "FAILED": "Out nowhere. An update queues it again.",
    },
)
_describe(
    RequestedStatus,
    "What an update may ask for.",
    {"DRAFT": "Take the post off the schedule.", "SCHEDULED": "Queue the post, or queue again what failed."},
)
_describe(
    PostKind,
    "Set when a post is created, and never changed.",
    {
        "STANDARD": "Text, media, or both.",
        "VIDEO": "Exactly one video.",
        "SLIDESHOW": "One or more images, and a title.",
    },
)
_describe(
    DestinationStatus,
    "How far a post has got on one account.",
    {
        "QUEUED": "Waits for the post's time.",
        "PUBLISHING": "On the wire right now.",
        "PUBLISHED": "Out.",
        "FAILED": "The network refused it, or could not be reached.",
        "UNKNOWN": "The call was made and the answer never came. It is never repeated by itself.",
    },
)
_describe(
    PostAction,
    "What can be done with a post in its present state.",
    {
        "UPDATE": "Change it.",
        "DELETE": "Delete it.",
        "RETRY": "Queue again what failed.",
        "UNSCHEDULE": "Make it a draft.",
        "SCHEDULE": "Queue it.",
    },
)
_describe(
    PostOrder,
    "The order of a list of posts: ascending, posts of the same instant by id.",
    {
        "SCHEDULED_FOR": "What goes out first comes first; posts without a time come last.",
        "CREATED_AT": "The oldest first.",
        "UPDATED_AT": "The one unchanged for longest first.",
    },
)
_describe(
    TextUnit,
    "What a platform counts when it measures a text. Others may come later.",
    {
        "CODE_POINTS": "Unicode characters.",
        "GRAPHEMES": "Characters as a reader sees them: an emoji of several parts is one.",
        "WEIGHTED": "X's way: NFC, every link 23, an emoji 2, characters outside the Latin and similar scripts 2.",
        "UTF8_BYTES": "Bytes in UTF-8.",
        "GRAPHEMES_SHORT_LINKS": "Mastodon's way: as a reader sees them, every link 23, mentions without their server.",
        "CODE_POINTS_EMOJI_BYTES": "Threads' way: Unicode characters, and of an emoji its bytes in UTF-8.",
    },
)
_describe(MediaType, "What a media record holds.", {"IMAGE": "An image.", "VIDEO": "A video."})
_describe(
    Platform,
    "A place that posts go to.",
    {
        "BLUESKY": "Bluesky.",
        "DISCORD": "A Discord channel.",
        "FACEBOOK": "Facebook.",
        "INSTAGRAM": "Instagram.",
        "LINKEDIN": "LinkedIn.",
        "MASTODON": "A Mastodon server.",
        "PINTEREST": "Pinterest.",
        "THREADS": "Threads.",
        "TIKTOK": "TikTok.",
        "WEBHOOK": "An endpoint of the account's owner.",
        "X": "X, formerly Twitter.",
        "YOUTUBE": "YouTube.",
    },
)
_describe(
    ErrorCode,
    "The code of a refusal, the same on every API of Redraft.",
    {
        "NOT_FOUND": "It does not exist for the caller.",
        "ALREADY_PUBLISHED": "The post is out.",
        "PUBLISHING_IN_PROGRESS": "The post is on the wire right now.",
        "ACCOUNT_ALREADY_PUBLISHED": "The post is out on an account that would be left out.",
        "INVALID_FIELD_NAME": "A name that an update does not know.",
        "INVALID_INPUT": "Values that cannot be.",
        "VERSION_CONFLICT": "The post has changed since the caller last saw it.",
    },
)
