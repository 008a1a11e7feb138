"""The `/post/…` routes' names for the fields of a post, and their spelling of what a message names."""

from __future__ import annotations

from typing import Final

from app.domain.ids import read_uuid
from app.rest.ugc.ids import post_id_text

FIELDS: Final = {
    "caption": "content",
    "title": "title",
    "socialAudioId": "social_audio_id",
    "postTime": "scheduled_for",
    "accountId": "account_ids",
    "mediaUrls": "media_ids",
    "videoUrl": "media_ids",
    "imageUrls": "media_ids",
}
"""Their name: ours. Each route that takes media has its own name for it."""

_THEIRS: Final = {
    "content": "caption",
    "social_audio_id": "socialAudioId",
    "scheduled_for": "postTime",
    "account_ids": "accountId",
    "media_ids": "mediaUrls",
}
_MEDIA: Final = {"/post/video": "videoUrl", "/post/slideshow": "imageUrls"}


def spelled(name: str, *, route: str) -> str:
    """Our name of a field, or a post's UUID, as a route spells it; anything else as it is."""
    if name == "media_ids" and route in _MEDIA:
        return _MEDIA[route]
    post_id = read_uuid(name)
    return _THEIRS.get(name, name) if post_id is None else post_id_text(post_id)
