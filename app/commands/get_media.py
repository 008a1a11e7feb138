"""Read one media record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from uuid import UUID

    from app.domain.media import Media


@reads
def get_media(unit: Unit, *, media_id: UUID) -> Media:
    """Raises MediaNotFound."""
    return unit.media.get(media_id)
