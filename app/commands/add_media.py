"""Record an uploaded file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from app.domain.media import Media


@writes
def add_media(unit: Unit, *, media: Media) -> Media:
    """Record media whose file is in the store already: a record without its file would be a promise nobody keeps."""
    unit.media.add(media, now=unit.now)
    return media
