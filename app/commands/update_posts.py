"""Change many posts in one unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from app.commands.unit import Unit, writes
from app.commands.update_post import UpdatedPost
from app.domain.errors import InputIssue, InvalidInput, IssueCode, PostNotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from app.domain.changes import PostChanges
    from app.domain.post import Known, Post

LIMIT: Final = 50
"""Posts that one request may change."""

_SCHEDULE: Final = ("scheduled_for", "scheduled_at", "status", "account_ids")


@dataclass(frozen=True, slots=True, kw_only=True)
class PostUpdate:
    """post_id: as text where it cannot be the id of any post."""

    post_id: UUID | str
    changes: PostChanges


@writes
def update_posts(
    unit: Unit, *, updates: Sequence[PostUpdate], atomic: bool, dry_run: bool = False
) -> list[UpdatedPost | Refusal]:
    """The outcome of each update, in their order. atomic: one that is refused keeps all of them from being stored.

    The number of statements does not depend on how many updates there are.
    """
    posts = unit.posts.find_to_change({update.post_id for update in updates if not isinstance(update.post_id, str)})
    asked = [(posts.get(update.post_id), update.changes) for update in updates if not isinstance(update.post_id, str)]
    known = unit.known(*asked)
    _look_at_their_slots(unit, updates, posts, known)

    seen: set[UUID | str] = set()
    outcomes: list[UpdatedPost | Refusal] = []
    for number, update in enumerate(updates):
        try:
            if update.post_id in seen:
                raise _repeated(number)
            seen.add(update.post_id)
            outcomes.append(_updated(unit, update, posts, known, dry_run=dry_run))
        except Refusal as refusal:
            outcomes.append(refusal)

    refused = [number for number, outcome in enumerate(outcomes) if isinstance(outcome, Refusal)]
    if atomic and refused:
        return [outcome if isinstance(outcome, Refusal) else _not_applied(refused[0]) for outcome in outcomes]
    if not dry_run:
        changes = [(posts[outcome.post.id], outcome.post) for outcome in outcomes if isinstance(outcome, UpdatedPost)]
        unit.posts.save(*((loaded, revised) for loaded, revised in changes if revised is not loaded))
    return outcomes


def _updated(unit: Unit, update: PostUpdate, posts: dict[UUID, Post], known: Known, *, dry_run: bool) -> UpdatedPost:
    post = None if isinstance(update.post_id, str) else posts.get(update.post_id)
    if post is None:
        raise PostNotFound(update.post_id)
    updated = UpdatedPost.of(post, update.changes, known, now=unit.now, dry_run=dry_run)
    # The next post of this unit finds the slots as this one leaves them.
    unit.slots.book(updated.post)
    return updated


def _look_at_their_slots(unit: Unit, updates: Sequence[PostUpdate], posts: dict[UUID, Post], known: Known) -> None:
    accounts = {d.account.id: d.account for post in posts.values() for d in post.destinations} | dict(known.accounts)
    times = [
        update.changes.asked_time(posts[update.post_id].scheduled_for)
        for update in updates
        if not isinstance(update.post_id, str) and update.post_id in posts
        # An edit of other fields moves no post.
        if any(update.changes.names(field) for field in _SCHEDULE)
    ]
    unit.slots.look_around(times, accounts.values(), now=unit.now)


def _repeated(number: int) -> InvalidInput:
    message = "An earlier change of this request is to the same post: put them into one."
    return InvalidInput([InputIssue(path=("changes", str(number), "id"), code=IssueCode.DUPLICATE, message=message)])


def _not_applied(refused: int) -> InvalidInput:
    message = f"Nothing was written, because change {refused} of this request was refused (counted from 0)."
    return InvalidInput([InputIssue(path=("changes",), code=IssueCode.NOT_APPLIED, message=message)])
