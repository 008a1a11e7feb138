"""Deleting a post."""

from __future__ import annotations

from typing import Any, Final

from app.commands.fill_demo import OF_ANOTHER_ORGANIZATION
from tests.support.answers import Request, mutation, post_to
from tests.support.life.cases import (
    ALREADY_PUBLISHED,
    CONFLICT,
    IN_PROGRESS,
    NOT_FOUND,
    ON_THE_WIRE,
    PUBLISHED,
    SAYS_NOT_FOUND,
    Asks,
    Case,
    Deleted,
    Outcome,
    post_name,
)
from tests.support.life.world import UNKNOWN

_DELETE: Final[Asks] = {
    "deletePost": lambda id: mutation("deletePost", id=str(id)),
    "DELETE": lambda id: Request(method="DELETE", path=f"/v1/posts/{id}"),
    "/post/delete": lambda id: post_to("/post/delete", {"postIds": [post_name(id)]}),
}
_DELETE_VERSION_2: Final[Asks] = {
    "deletePost": lambda id: mutation("deletePost", id=str(id), expectedVersion=2),
    "DELETE": lambda id: Request(method="DELETE", path=f"/v1/posts/{id}", headers={"If-Match": '"2"'}),
}
_SAYS_OUT: Final = {
    "deletePost": PUBLISHED,
    "DELETE": "Cannot delete a post that has already been published. Delete it from the platform directly.",
    "/post/delete": f"`POST`: {PUBLISHED}",
}

_OF_EVERY_POST: Final = ("content", "account_ids", "timezone", "media_ids", "platform_content", "status", "kind")
_OF_A_TIMED_POST: Final = (
    "content",
    "account_ids",
    "scheduled_for",
    "timezone",
    "media_ids",
    "platform_content",
    "status",
    "kind",
)
_OF_A_TITLED_POST: Final = (*_OF_A_TIMED_POST[:-1], "title", "kind")


def _deletes(state: str, comes_to: Outcome, **more: Any) -> Case:
    start = {"unknown": UNKNOWN, "another organisation's": OF_ANOTHER_ORGANIZATION}.get(state, state)
    return Case(operation="delete", state=state, start=start, **{"asks": _DELETE, **more}, comes_to=comes_to)


DELETIONS: Final = (
    _deletes("draft", Deleted(fields=_OF_EVERY_POST)),
    _deletes("scheduled", Deleted(fields=_OF_A_TIMED_POST)),
    _deletes("failed", Deleted(fields=_OF_A_TIMED_POST)),
    _deletes("slideshow", Deleted(fields=_OF_A_TITLED_POST)),
    _deletes("video", Deleted(fields=_OF_A_TIMED_POST)),
    _deletes("failed, one unknown", Deleted(fields=_OF_A_TIMED_POST)),
    _deletes("published", ALREADY_PUBLISHED, says=_SAYS_OUT),
    _deletes("partially_failed", ALREADY_PUBLISHED, says=_SAYS_OUT),
    _deletes("partly out draft", ALREADY_PUBLISHED, says=_SAYS_OUT),
    _deletes("publishing", IN_PROGRESS, says={"/post/delete": f"`POST`: {ON_THE_WIRE}"}),
    _deletes("unknown", NOT_FOUND, says=SAYS_NOT_FOUND),
    _deletes("another organisation's", NOT_FOUND, says=SAYS_NOT_FOUND),
    Case(
        operation="delete",
        state="another version than expected",
        start="draft",
        asks=_DELETE_VERSION_2,
        comes_to=CONFLICT,
    ),
    Case(
        operation="delete",
        state="published, and another version than expected",
        start="published",
        asks=_DELETE_VERSION_2,
        comes_to=ALREADY_PUBLISHED,
        says=_SAYS_OUT,
    ),
    Case(
        operation="delete",
        state="the version that is expected",
        start="draft",
        later={"content": "Second version"},
        asks=_DELETE_VERSION_2,
        comes_to=Deleted(fields=_OF_EVERY_POST),
    ),
)
