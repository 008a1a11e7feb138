"""Going back to an earlier version of a post."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from app.commands.fill_demo import BANNER, OF_ANOTHER_ORGANIZATION
from app.domain.destination import Destination
from app.domain.errors import ErrorCode
from app.domain.media import Media
from app.domain.post import Post, PostStatus
from tests.support.answers import Refused, Request, mutation
from tests.support.life.cases import (
    ALREADY_PUBLISHED,
    IN_PROGRESS,
    NOT_FOUND,
    Asks,
    Case,
    Difference,
    Outcome,
    Stored,
    Unchanged,
    invalid,
    queued_again,
)
from tests.support.life.world import TIME, UNKNOWN, World


def _restore(**fields: Any) -> Asks:
    """Going back to the first version, and the update to what it said. fields: in REST v1's spelling."""
    camel = {_CAMEL[name]: value.upper() if name == "status" else value for name, value in fields.items()}
    return {
        "restorePost": lambda id: mutation("restorePost", id=str(id), version=1),
        "updatePost": lambda id: mutation("updatePost", id=str(id), input=camel),
        "updatePosts": lambda id: mutation("updatePosts", changes=[{"id": str(id), "input": camel}], atomic=False),
        "PATCH": lambda id: Request(method="PATCH", path=f"/v1/posts/{id}", body=fields),
    }


_CAMEL: Final = {
    "content": "content",
    "account_ids": "accountIds",
    "scheduled_for": "scheduledFor",
    "timezone": "timezone",
    "media_ids": "mediaIds",
    "platform_content": "platformContent",
    "status": "status",
    "title": "title",
    "social_audio_id": "socialAudioId",
}


def _restores(state: str, start: str | UUID, later: Difference, asks: Asks, comes_to: Outcome, **more: Any) -> Case:
    return Case(operation="restore", state=state, start=start, later=later, asks=asks, comes_to=comes_to, **more)


def _on(*account_ids: int) -> Callable[[Post, World], tuple[Destination, ...]]:
    return lambda post, world: tuple(Destination(account=world.accounts[id]) for id in account_ids)


def _with(*media_ids: UUID) -> Callable[[Post, World], tuple[Media, ...]]:
    return lambda post, world: tuple(world.media[id] for id in media_ids)


_RESTORE_ALONE: Final = {"restorePost": lambda id: mutation("restorePost", id=str(id), version=9)}
_UNKNOWN_VERSION: Final = "The post has no version 9 to go back to: its version is 1."

RESTORATIONS: Final = (
    _restores(
        "everything that a draft says",
        "draft",
        {
            "content": "Second",
            "timezone": "Europe/Berlin",
            "platform_content": {"x": {"content": "Shorter."}},
            "social_audio_id": "audio-7",
            "scheduled_for": TIME,
            "status": PostStatus.SCHEDULED,
            "destinations": _on(2282, 2285),
            "media": _with(BANNER),
        },
        _restore(
            content="Notes for the follow-up post.",
            timezone="UTC",
            platform_content=None,
            social_audio_id=None,
            scheduled_for=None,
            status="draft",
            account_ids=[2282],
            media_ids=None,
        ),
        Stored(
            different={
                "content": "Notes for the follow-up post.",
                "timezone": "UTC",
                "platform_content": {},
                "social_audio_id": None,
                "scheduled_for": None,
                "status": PostStatus.DRAFT,
                "destinations": _on(2282),
                "media": (),
            },
            fields=(
                "content",
                "account_ids",
                "scheduled_for",
                "timezone",
                "media_ids",
                "platform_content",
                "status",
                "social_audio_id",
            ),
        ),
    ),
    _restores(
        "a title",
        "slideshow",
        {"title": None},
        _restore(title="Launch in three slides"),
        Stored(different={"title": "Launch in three slides"}, fields=("title",)),
    ),
    _restores(
        "of a failed post, which is queued again",
        "failed",
        {"content": "Second"},
        _restore(content="Meet the team behind the launch."),
        Stored(
            different={
                "content": "Meet the team behind the launch.",
                "status": PostStatus.SCHEDULED,
                "failure_reason": None,
                "destinations": queued_again(2285),
            },
            fields=("content", "status", "failure_reason", "destinations"),
        ),
    ),
    _restores(
        "a status that publishing gave is not brought back",
        "failed",
        {"status": PostStatus.SCHEDULED, "failure_reason": None, "destinations": queued_again(2285)},
        {
            "restorePost": _restore()["restorePost"],
            "updatePost": _restore()["updatePost"],
            "PATCH": _restore()["PATCH"],
        },
        Unchanged(),
    ),
    _restores("nothing that differs", "draft", {}, _restore(), Unchanged()),
    _restores(
        "a time that has passed",
        "draft whose time has passed",
        {"scheduled_for": None},
        _restore(scheduled_for="2026-04-11T08:30:00.000Z"),
        invalid(("scheduled_for", "PAST_SCHEDULE_TIME")),
    ),
    _restores(
        "an account that is no longer active",
        "draft for an inactive account",
        {"destinations": _on(2282)},
        _restore(account_ids=[2282, 2299]),
        invalid(("account_ids", "INACTIVE_ACCOUNT")),
    ),
    _restores(
        "accounts without one where it is out by now",
        "scheduled on X",
        {
            "status": PostStatus.PARTIALLY_FAILED,
            "destinations": lambda post, world: world.posts["partially_failed"].destinations,
        },
        _restore(account_ids=[2282]),
        Refused(ErrorCode.ACCOUNT_ALREADY_PUBLISHED),
    ),
    _restores(
        "published",
        "published",
        {},
        _restore(),
        ALREADY_PUBLISHED,
        says={"PATCH": "Cannot update a post that has already been published."},
    ),
    _restores("publishing", "publishing", {}, _restore(), IN_PROGRESS),
    _restores("unknown", UNKNOWN, {}, _restore(content="Any"), NOT_FOUND),
    _restores("another organisation's", OF_ANOTHER_ORGANIZATION, {}, _restore(content="Any"), NOT_FOUND),
    _restores(
        "a version that never was",
        "draft",
        {},
        _RESTORE_ALONE,
        invalid(("version", "UNKNOWN_VERSION")),
        says={"restorePost": _UNKNOWN_VERSION},
    ),
)
