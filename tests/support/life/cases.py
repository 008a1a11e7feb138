"""What a case of a post's life is: an operation on a post in some state, and what it comes to.

It is asked for through every route that has the operation, each time on a copy of the post, and must come to the same
on all of them: what is stored, its history included, or the refusal. Where a documented API wants something else of one
route, `instead` holds it, and `why` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias
from uuid import UUID

from app.domain.destination import Destination, DestinationStatus
from app.domain.errors import ErrorCode
from app.domain.post import Post
from tests.support.answers import REQUEST_ERROR, Issue, Refused, Request
from tests.support.clock import NOW
from tests.support.life.world import World

Difference: TypeAlias = Mapping[str, Any | Callable[[Post, World], Any]]
"""Attributes of a post with their new values, or what makes them of the post as it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """The post with these attributes different, one version on. fields: those that its new revision names, in order."""

    different: Difference
    fields: tuple[str, ...]

    def of(self, post: Post, world: World) -> Post:
        values = {name: value(post, world) if callable(value) else value for name, value in self.different.items()}
        return post._replace(**values, version=post.version + 1, updated_at=NOW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deleted:
    """The post is gone. fields: those that its last revision names, in order."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """The request is accepted, and nothing is written."""


Outcome: TypeAlias = Stored | Deleted | Unchanged | Refused
Asks: TypeAlias = Mapping[str, Callable[[UUID], Request]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """start: the post in World.posts, or the id of one that the caller does not have.

    later: what a second version of it says, before the operation. instead and says: by the route's name, another
    outcome, and the message of a refusal in the route's own words (in the domain's names; POST for the post's id).
    """

    operation: str
    state: str
    start: str | UUID
    asks: Asks
    comes_to: Outcome
    later: Difference = field(default_factory=dict)
    instead: Mapping[str, Outcome] = field(default_factory=dict)
    says: Mapping[str, str] = field(default_factory=dict)
    why: str | None = None

    def __str__(self) -> str:
        return f"{self.operation}: {self.state}"

    def expected(self, route: str) -> Outcome:
        return self.instead.get(route, self.comes_to)


def invalid(*issues: tuple[Any, ...]) -> Refused:
    return Refused(ErrorCode.INVALID_INPUT, tuple(Issue(*issue) for issue in issues))


NOT_FOUND: Final = Refused(ErrorCode.NOT_FOUND)
ALREADY_PUBLISHED: Final = Refused(ErrorCode.ALREADY_PUBLISHED)
IN_PROGRESS: Final = Refused(ErrorCode.PUBLISHING_IN_PROGRESS)
CONFLICT: Final = Refused(ErrorCode.VERSION_CONFLICT)
MISTYPED: Final = Refused(REQUEST_ERROR)

PUBLISHED: Final = "The post has already been published."
ON_THE_WIRE: Final = "The post is being published right now. Try again when its status has settled."
NOT_EDITABLE: Final = "Cannot update post — only scheduled or failed posts can be updated"


def post_name(id: UUID) -> str:
    return f"post_{id.hex}"


SAYS_NOT_FOUND: Final = {
    "/post/delete": "Post not found",
    "/post/retry": "Post not found",
    "/post/update": "Post not found",
}


def queued_again(*account_ids: int) -> Callable[[Post, World], tuple[Destination, ...]]:
    def destinations(post: Post, world: World) -> tuple[Destination, ...]:
        return tuple(
            replace(item, status=DestinationStatus.QUEUED, error=None) if item.account.id in account_ids else item
            for item in post.destinations
        )

    return destinations
