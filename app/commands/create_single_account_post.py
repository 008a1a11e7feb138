"""Write a new post the way `POST /post/video` and its siblings understand posts: one account each, media by address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.create_post import CreatedPost, create_post
from app.commands.media_by_url import with_media_at
from app.commands.unit import Unit, writes
from app.domain.changes import LEAVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.domain.changes import Change, PostChanges
    from app.domain.kind import PostKind


@writes
def create_single_account_post(
    unit: Unit,
    *,
    kind: PostKind,
    changes: PostChanges,
    media_urls: Change[Sequence[str]] = LEAVE,
    publish_now: bool = False,
) -> CreatedPost:
    """Store a new post, its media too. Raises what create_post raises; a refusal also undoes the media."""
    with_media = with_media_at(unit, media_urls, changes, kind=kind)
    return create_post(unit, kind=kind, changes=with_media, publish_now=publish_now)
