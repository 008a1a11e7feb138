"""Delete media that no post still needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from app.commands.unit import Unit, writes
from app.domain.errors import MediaInUse

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.media import Media

NAMED: Final = 5
"""Posts that a refusal names at most."""


@writes
def delete_media(unit: Unit, *, media_id: UUID) -> Media:
    """The media that is gone, so that its file can be removed. Raises MediaNotFound, MediaInUse."""
    media = unit.media.get_to_delete(media_id)
    users = unit.media.unpublished_users(media_id, limit=NAMED)
    if users:
        raise MediaInUse(users)
    unit.media.delete(media, now=unit.now)
    return media
