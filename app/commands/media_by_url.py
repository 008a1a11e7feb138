"""Media that a post is given by its addresses."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.create_media_from_url import record
from app.domain.changes import LEAVE
from app.domain.kind import PostKind
from app.domain.media import LinkedMedia, MediaType, type_by_ending

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands.unit import Unit
    from app.domain.changes import Change, PostChanges

_TYPE_OF_KIND = {PostKind.VIDEO: MediaType.VIDEO, PostKind.SLIDESHOW: MediaType.IMAGE}


def with_media_at(unit: Unit, urls: Change[Sequence[str]], changes: PostChanges, *, kind: PostKind) -> PostChanges:
    """The changes with the media at these addresses. Each address becomes a media record; one that is known keeps its
    own. A new record is of the type that a post of this kind needs."""
    if urls is LEAVE:
        return changes
    if urls is None:
        return replace(changes, media_ids=None)
    recorded = record(unit, [LinkedMedia(url=url, type=_TYPE_OF_KIND.get(kind) or type_by_ending(url)) for url in urls])
    return replace(changes, media_ids=tuple(recorded[url].id for url in urls))
