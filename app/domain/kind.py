"""The kinds of posts."""

from enum import StrEnum


class PostKind(StrEnum):
    """Set when a post is created, and never changed."""

    STANDARD = "standard"
    VIDEO = "video"
    SLIDESHOW = "slideshow"
