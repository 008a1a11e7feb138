"""The platforms, and the shape of a post's overrides for each."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from app.domain.errors import InvalidFieldName, IssueCode
from app.domain.names import nearest_name
from app.domain.text import is_storable, note_if_too_long

if TYPE_CHECKING:
    from collections.abc import Mapping

    from app.domain.issues import Issues


class Platform(StrEnum):
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


OVERRIDE_FIELDS: Final = ("content", "title", "description", "first_comment")
"""What platform_content may say differently for one platform. Every value is text."""


def refuse_unknown_override_names(overrides: Mapping[str, object]) -> None:
    """Raise InvalidFieldName for the first name, at either level, that platform_content does not know."""
    platforms = tuple(Platform)
    for platform, fields in overrides.items():
        if platform not in platforms:
            raise InvalidFieldName(
                f"platform_content.{platform}", suggestion=nearest_name(platform, platforms), known=platforms
            )
        for field in fields if isinstance(fields, dict) else ():
            if field not in OVERRIDE_FIELDS:
                raise InvalidFieldName(
                    f"platform_content.{platform}.{field}",
                    suggestion=nearest_name(field, OVERRIDE_FIELDS),
                    known=OVERRIDE_FIELDS,
                )


def check_overrides(overrides: Mapping[str, object], issues: Issues) -> None:
    """Note every value of platform_content that is not an object of texts, and texts that are too long together."""
    length = 0
    for platform, fields in overrides.items():
        if not isinstance(fields, dict):
            issues.add(
                "platform_content",
                platform,
                code=IssueCode.INVALID_VALUE,
                message=f"`platform_content.{platform}` must be an object.",
            )
            continue
        for field, value in fields.items():
            if not isinstance(value, str) or not is_storable(value):
                issues.add(
                    "platform_content",
                    platform,
                    field,
                    code=IssueCode.INVALID_VALUE,
                    message=f"`platform_content.{platform}.{field}` must be text without NUL characters.",
                )
            else:
                length += len(value)
    note_if_too_long("platform_content", length, issues)
