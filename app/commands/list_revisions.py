"""Read the history of posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.commands.unit import Unit, reads

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    unit: Unit,
    *,
    versions: Mapping[UUID, int],
    after: int | None,
    limit: int,
    with_total: bool,
    with_changes: bool = True,
) -> dict[UUID, RevisionPage]:
    """A page of the history of each post: its revisions up to this version of it, those below `after` only.

    The version is named so that the history shown beside a post is that post's, though it has changed meanwhile. A
    post that does not exist has an empty history. with_changes: False leaves out what each revision changed.
    """
    whole = {id: version + 1 for id, version in versions.items()}
    below = whole if after is None else {id: min(after, version) for id, version in whole.items()}
    # One revision more than asked for tells whether there is another page.
    found = unit.revisions.newest(below, limit=limit + 1, with_changes=with_changes)
    totals = unit.revisions.count(whole) if with_total else {}
    return {
        id: RevisionPage(revisions=revisions[:limit], has_more=len(revisions) > limit, total=totals.get(id))
        for id, revisions in found.items()
    }
