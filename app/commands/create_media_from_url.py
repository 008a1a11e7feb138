"""Record media that is kept elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from app.domain.media import LinkedMedia, Media


@writes
def create_media_from_url(unit: Unit, *, media: LinkedMedia) -> Media:
    """The record of an address: what is known of it already, or what is said of it now. Raises InvalidInput."""
    media.refuse_unless_sound()
    return record(unit, [media])[media.url]


def record(unit: Unit, described: Iterable[LinkedMedia]) -> dict[str, Media]:
    """A record for each address: the one it has, the one it had before it was deleted, or a new one."""
    wanted = {item.url: item for item in described}
    recorded = unit.media.find_by_url(wanted.keys())
    # In one order everywhere: two units that record the same addresses wait for each other, and never in a circle.
    missing = sorted(wanted.keys() - recorded.keys())
    deleted = unit.media.find_deleted(missing)
    for url in missing:
        recorded[url] = wanted[url].recorded_as(deleted[url] if url in deleted else unit.new_id())
        if url in deleted:
            unit.media.restore(recorded[url], now=unit.now)
        else:
            unit.media.add(recorded[url], now=unit.now)
    return recorded
