"""Which media a post may carry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.changes import LEAVE
from app.domain.errors import IssueCode
from app.domain.kind import PostKind
from app.domain.media import MediaType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from app.domain.changes import Change
    from app.domain.issues import Issues
    from app.domain.media import Media


def revised_media(
    media: tuple[Media, ...],
    media_ids: Change[tuple[UUID, ...]],
    known: Mapping[UUID, Media],
    kind: PostKind,
    issues: Issues,
) -> tuple[Media, ...]:
    """The media set an update asks for, in the order it asks for. known: media besides what the post carries."""
    if media_ids is LEAVE:
        return media
    if media_ids is None:
        return ()
    known = {**{item.id: item for item in media}, **known}
    for id in dict.fromkeys(media_ids):
        if id not in known:
            issues.add("media_ids", code=IssueCode.UNKNOWN_ID, message=f"There is no media {id}.")
    if len(set(media_ids)) < len(media_ids):
        issues.add("media_ids", code=IssueCode.DUPLICATE, message="`media_ids` must not name the same media twice.")

    revised = tuple(known[id] for id in media_ids if id in known)
    if kind is PostKind.VIDEO and (len(media_ids) > 1 or any(item.type is not MediaType.VIDEO for item in revised)):
        issues.add("media_ids", code=IssueCode.INVALID_VALUE, message="A video post has exactly one video.")
    if kind is PostKind.SLIDESHOW and any(item.type is not MediaType.IMAGE for item in revised):
        issues.add("media_ids", code=IssueCode.INVALID_VALUE, message="A slideshow post has images only.")
    return revised
