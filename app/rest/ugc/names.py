"""The `/post/…` routes' names for the fields of a post."""

from __future__ import annotations

from typing import Final

FIELDS: Final = {
    "caption": "content",
    "title": "title",
    "socialAudioId": "social_audio_id",
    "postTime": "scheduled_for",
    "accountId": "account_ids",
    "mediaUrls": "media_ids",
}
"""Their name: ours."""

_THEIRS: Final = {ours: theirs for theirs, ours in FIELDS.items()}


def spelled(name: str) -> str:
    """Our name of a field in their spelling; any other name as it is."""
    return _THEIRS.get(name, name)
