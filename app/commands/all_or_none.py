"""Changing several posts together: either all of them, or none."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from app.domain.errors import InputIssue, InvalidInput, IssueCode, PostNotFound, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from uuid import UUID

    from app.commands.unit import Unit
    from app.domain.post import Post

T = TypeVar("T")


def get_all_to_change(unit: Unit, post_ids: Sequence[UUID]) -> list[Post]:
    """The posts in the order of their ids, each once, locked until the transaction ends. Raises PostNotFound."""
    found = unit.posts.find_to_change(set(post_ids))
    try:
        return [found[id] for id in dict.fromkeys(post_ids)]
    except KeyError as missing:
        raise PostNotFound(missing.args[0]) from None


def for_each(posts: Sequence[Post], act: Callable[[Post], T]) -> list[T]:
    """What it comes to for each post. Raises InvalidInput with every refusal of every post, each named by its id."""
    outcomes: list[T] = []
    issues: list[InputIssue] = []
    for post in posts:
        try:
            outcomes.append(act(post))
        except Refusal as refusal:
            issues += _issues_of(post, refusal)
    if issues:
        raise InvalidInput(issues)
    return outcomes


def _issues_of(post: Post, refusal: Refusal) -> list[InputIssue]:
    whole = InputIssue(path=(), code=IssueCode.INVALID_VALUE, message=refusal.message)
    return [
        replace(issue, path=("post_ids", str(post.id), *issue.path), message=f"`{post.id}`: {issue.message}")
        for issue in (refusal.issues if isinstance(refusal, InvalidInput) else (whole,))
    ]
