"""Enums of the schema. Their values are what is stored."""

from __future__ import annotations

from enum import Enum

import strawberry


@strawberry.enum
class PostStatus(Enum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    PARTIALLY_FAILED = "partially_failed"
    FAILED = "failed"


@strawberry.enum
class PostKind(Enum):
    STANDARD = "standard"
    VIDEO = "video"
    SLIDESHOW = "slideshow"


@strawberry.enum
class DestinationStatus(Enum):
    QUEUED = "queued"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    FAILED = "failed"
    UNKNOWN = "unknown"


@strawberry.enum
class Platform(Enum):
    BLUESKY = "bluesky"
    DISCORD = "discord"
    FACEBOOK = "facebook"
    INSTAGRAM = "instagram"
    LINKEDIN = "linkedin"
    MASTODON = "mastodon"
    PINTEREST = "pinterest"
    THREADS = "threads"
    TIKTOK = "tiktok"
    WEBHOOK = "webhook"
    X = "x"
    YOUTUBE = "youtube"
