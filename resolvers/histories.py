"""Reading the histories of posts: one unit of work for all posts of a list."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from strawberry.dataloader import DataLoader

from app.commands.list_revisions import RevisionPage, list_revisions

if TYPE_CHECKING:
    from app.commands.service import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryRequest:
    """A page of one post's history up to the version that is shown."""

    post_id: UUID
    version: int
    after: int | None
    limit: int
    with_total: bool
    with_changes: bool


class HistoryLoader:
    """Reads what one request asks of histories: one unit of work for all posts of a list."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        # Nothing is kept: of two mutations in one request, the second may write what the first did not find.
        self._loader: DataLoader[HistoryRequest, RevisionPage] = DataLoader(self._load_all, cache=False)

    async def load(self, request: HistoryRequest) -> RevisionPage:
        return await self._loader.load(request)

    async def _load_all(self, requests: list[HistoryRequest]) -> list[RevisionPage]:
        units: dict[tuple[Any, ...], dict[UUID, int]] = {}
        places: dict[HistoryRequest, tuple[Any, ...]] = {}
        seen: Counter[tuple[Any, ...]] = Counter()
        for request in dict.fromkeys(requests):
            page = (request.after, request.limit, request.with_total, request.with_changes)
            # A post that is shown in two versions has two histories: the second is read by another unit.
            place = (*page, seen[request.post_id, *page])
            seen[request.post_id, *page] += 1
            units.setdefault(place, {})[request.post_id] = request.version
            places[request] = place
        pages = {
            place: await self._caller.look_up(
                list_revisions,
                versions=versions,
                after=place[0],
                limit=place[1],
                with_total=place[2],
                with_changes=place[3],
            )
            for place, versions in units.items()
        }
        return [pages[places[request]][request.post_id] for request in requests]
