"""Read the history of posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from app.domain.history import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class RevisionPage:
    """The newest first. total: how many there are altogether, or None when that was not asked for."""

    revisions: list[Revision]
    has_more: bool
    total: int | None


@reads
def list_revisions(
    unit: Unit, *, post_ids: Collection[UUID], up_to: int, after: int | None, limit: int, with_total: bool
) -> dict[UUID, RevisionPage]:
    """A page of each post's history: its newest versions that are at most `up_to`, and below `after`.

    A post that does not exist has an empty history.
    """
    before = up_to + 1 if after is None else min(after, up_to + 1)
    # One revision more than asked for tells whether there is another page.
    found = unit.revisions.newest(post_ids, before=before, limit=limit + 1)
    totals = unit.revisions.count(post_ids, before=up_to + 1) if with_total else {}
    return {
        id: RevisionPage(revisions=revisions[:limit], has_more=len(revisions) > limit, total=totals.get(id))
        for id, revisions in found.items()
    }
