"""What a post needs to be more than a draft."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.broken_rules import note_broken_rules
from app.domain.errors import IssueCode
from app.domain.kind import PostKind

if TYPE_CHECKING:
    from app.domain.issues import Issues
    from app.domain.post import Post


def note_what_is_missing(post: Post, issues: Issues) -> None:
    """Note everything a scheduled post lacks. A field already found wrong is not also called missing."""
    if post.scheduled_for is None and not issues.touch("scheduled_at"):
        _require("scheduled_for", "A scheduled post needs a time.", issues)
    if not post.destinations:
        _require("account_ids", "A scheduled post needs at least one account.", issues)
    if post.kind is PostKind.VIDEO and not post.media:
        _require("media_ids", "A video post has exactly one video.", issues)
    elif post.kind is PostKind.SLIDESHOW and not post.media:
        _require("media_ids", "A slideshow post has one or more images.", issues)
    elif not post.content and not post.media and not issues.touch("media_ids"):
        _require("content", "A scheduled post needs content or media.", issues)
    # What is out already cannot break a rule any more.
    waiting = [destination.account for destination in post.destinations if destination.is_queued]
    note_broken_rules(
        content=post.content,
        title=post.title,
        platform_content=post.platform_content,
        media=post.media,
        accounts=[(account.platform, account.rules) for account in waiting],
        issues=issues,
    )


def _require(name: str, message: str, issues: Issues) -> None:
    if not issues.touch(name):
        issues.add(name, code=IssueCode.REQUIRED, message=message)
