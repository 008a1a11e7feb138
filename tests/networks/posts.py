"""Posts on their way out, and media with files."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from app.domain.kind import PostKind
from app.domain.media import Media
from app.domain.publishing import MediaUnreadable, Outgoing
from tests.support.posts import POST_ID, an_account

KEY = f"post_{POST_ID.hex}_1"

CONTENT = b"\x89PNG of "


def an_outgoing(**different: Any) -> Outgoing:
    outgoing = Outgoing(
        key=KEY,
        post_id=POST_ID,
        account=an_account(),
        attempt=1,
        kind=PostKind.STANDARD,
        text="Hello, wörld 👋",
        title=None,
        description=None,
        first_comment=None,
        social_audio_id=None,
        media=(),
    )
    return replace(outgoing, **different)


class Files:
    """Where the networks of a test read files. unreadable: what some of them raise instead, by the media's id."""

    def __init__(self, **unreadable: MediaUnreadable) -> None:
        self._unreadable = unreadable
        self.limits: list[int] = []

    async def read(self, media: Media, *, limit: int) -> bytes:
        self.limits.append(limit)
        if str(media.id) in self._unreadable:
            raise self._unreadable[str(media.id)]
        return content_of(media.id)


def content_of(id: UUID) -> bytes:
    return CONTENT + str(id).encode()
