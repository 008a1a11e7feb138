"""Change a post the way `POST /post/update` understands posts: one account each, always scheduled, media by address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.unit import Unit, writes
from app.commands.update_post import UpdatedPost, apply_and_store
from app.domain.changes import LEAVE
from app.domain.kind import PostKind
from app.domain.media import Media, MediaType, type_by_ending
from app.domain.post import PostStatus
from app.domain.single_account import refuse_unless_single_account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.domain.changes import Change, PostChanges

_TYPE_OF_KIND = {PostKind.VIDEO: MediaType.VIDEO, PostKind.SLIDESHOW: MediaType.IMAGE}


@writes
def update_single_account_post(
    unit: Unit, *, post_id: UUID, changes: PostChanges, media_urls: Change[Sequence[str]] = LEAVE
) -> UpdatedPost:
    """Apply changes and ask for `scheduled`. Each address becomes a media record; one that is known keeps its own.

    Raises what update_post raises. A refusal also undoes the media recorded for it.
    """
    post = unit.posts.get_to_change(post_id)
    changes = refuse_unless_single_account(post, changes)
    if media_urls is None:
        changes = replace(changes, media_ids=None)
    elif media_urls is not LEAVE:
        changes = replace(changes, media_ids=_record(unit, media_urls, post.kind))
    return apply_and_store(unit, post, replace(changes, status=PostStatus.SCHEDULED))


def _record(unit: Unit, urls: Sequence[str], kind: PostKind) -> tuple[UUID, ...]:
    known = unit.media.find_by_url(frozenset(urls))
    # In one order everywhere: two units that record the same addresses wait for each other, and never in a circle.
    for url in sorted(set(urls) - known.keys()):
        known[url] = Media(id=unit.new_id(), type=_TYPE_OF_KIND.get(kind) or type_by_ending(url), url=url)
        unit.media.add(known[url], now=unit.now)
    return tuple(known[url].id for url in urls)
