"""Change a post the way `POST /post/update` understands posts: one account each, always scheduled, media by address."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from app.commands.media_by_url import with_media_at
from app.commands.unit import Unit, writes
from app.commands.update_post import UpdatedPost, apply_and_store
from app.domain.changes import LEAVE
from app.domain.post import PostStatus
from app.domain.single_account import refuse_unless_single_account

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.domain.changes import Change, PostChanges


@writes
def update_single_account_post(
    unit: Unit, *, post_id: UUID, changes: PostChanges, media_urls: Change[Sequence[str]] = LEAVE
) -> UpdatedPost:
    """Apply changes and ask for `scheduled`. Raises what update_post raises; a refusal also undoes the media that was
    recorded for it."""
    post = unit.posts.get_to_change(post_id)
    changes = with_media_at(unit, media_urls, refuse_unless_single_account(post, changes), kind=post.kind)
    return apply_and_store(unit, post, replace(changes, status=PostStatus.SCHEDULED))
