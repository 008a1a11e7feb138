"""Queueing a draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from app.commands.fill_demo import OF_ANOTHER_ORGANIZATION
from app.domain.post import PostStatus
from tests.support.answers import Request, mutation, post_to
from tests.support.clock import NOW
from tests.support.life.cases import (
    ALREADY_PUBLISHED,
    IN_PROGRESS,
    MISTYPED,
    NOT_EDITABLE,
    NOT_FOUND,
    SAYS_NOT_FOUND,
    Asks,
    Case,
    Outcome,
    Stored,
    invalid,
    post_name,
)
from tests.support.life.world import TIME, TIME_TEXT, UNKNOWN


def _schedule(time: Any, *, is_one_account: bool = True) -> Asks:
    camel = {"status": "SCHEDULED", "scheduledFor": time}
    asks: dict[str, Callable[[UUID], Request]] = {
        "updatePost": lambda id: mutation("updatePost", id=str(id), input=camel),
        "updatePosts": lambda id: mutation("updatePosts", changes=[{"id": str(id), "input": camel}]),
        "PATCH": lambda id: Request(
            method="PATCH", path=f"/v1/posts/{id}", body={"status": "scheduled", "scheduled_for": time}
        ),
        "schedule": lambda id: post_to(f"/v1/posts/{id}/schedule", {"scheduled_for": time}),
    }
    if is_one_account:
        asks["/post/update"] = lambda id: post_to(
            "/post/update", {"postId": post_name(id), "accountId": "acc_2282", "postTime": time}
        )
    return asks


_QUEUED: Final = Stored(
    different={"status": PostStatus.SCHEDULED, "scheduled_for": TIME}, fields=("scheduled_for", "status")
)
_PUBLISH_NOW: Final[Asks] = {"schedule": lambda id: post_to(f"/v1/posts/{id}/schedule", {"publish_now": True})}
_GRAPHQL_READS_NO_SUCH_TIME: Final[Mapping[str, Outcome]] = {"updatePost": MISTYPED, "updatePosts": MISTYPED}


def _schedules(state: str, start: str | UUID, asks: Asks, comes_to: Outcome, **more: Any) -> Case:
    return Case(operation="schedule", state=state, start=start, asks=asks, comes_to=comes_to, **more)


_SCHEDULE_ALONE: Final = {"schedule": _schedule(TIME_TEXT)["schedule"]}

SCHEDULINGS: Final = (
    _schedules("draft", "draft", _schedule(TIME_TEXT), _QUEUED),
    _schedules("time in another zone", "draft", _schedule("2026-05-01T12:00:00.0009+02:00"), _QUEUED),
    _schedules(
        "draft with this time",
        "draft with a time",
        _schedule(TIME_TEXT),
        Stored(different={"status": PostStatus.SCHEDULED}, fields=("status",)),
    ),
    _schedules(
        "draft whose own time has passed",
        "draft whose time has passed",
        _schedule("2026-04-11T08:30:00Z"),
        Stored(different={"status": PostStatus.SCHEDULED}, fields=("status",)),
    ),
    _schedules(
        "now",
        "draft",
        _PUBLISH_NOW,
        Stored(different={"status": PostStatus.SCHEDULED, "scheduled_for": NOW}, fields=("scheduled_for", "status")),
        why="Only that route can say now: elsewhere a time must be in the future.",
    ),
    _schedules("past", "draft", _schedule("2026-04-12T08:30:00Z"), invalid(("scheduled_for", "PAST_SCHEDULE_TIME"))),
    _schedules(
        "too far ahead",
        "draft",
        _schedule("2031-04-12T08:30:00.001Z"),
        invalid(("scheduled_for", "TOO_FAR_AHEAD")),
    ),
    _schedules(
        "null",
        "draft with a time",
        _schedule(None),
        invalid(("scheduled_for", "REQUIRED")),
        says={"schedule": "Say when the post goes out: send `scheduled_for`, or `publish_now`: true."},
    ),
    *(
        _schedules(
            f"no time: {wrong}",
            "draft",
            _schedule(wrong),
            invalid(("scheduled_for", "INVALID_VALUE")),
            instead=_GRAPHQL_READS_NO_SUCH_TIME,
        )
        for wrong in ("2026-05-01", "2026-05-01T10:00:00", 1_777_629_600)
    ),
    _schedules(
        "draft for nobody",
        "draft for nobody",
        _schedule(TIME_TEXT, is_one_account=False),
        invalid(("account_ids", "REQUIRED")),
    ),
    _schedules(
        "draft without content", "draft without content", _schedule(TIME_TEXT), invalid(("content", "REQUIRED"))
    ),
    _schedules(
        "too long",
        "draft, too long",
        _schedule(TIME_TEXT),
        invalid(("content", "TOO_LONG", "x", 280, 281)),
    ),
    _schedules(
        "without the media that its platform needs",
        "draft for Instagram",
        _schedule(TIME_TEXT, is_one_account=False),
        invalid(("media_ids", "REQUIRED", "instagram")),
    ),
    *(
        _schedules(
            f"not a draft: {start}",
            start,
            _SCHEDULE_ALONE,
            invalid(("status", "NOT_A_DRAFT")),
            says={
                "schedule": f"Only a draft can be scheduled. The post is {start}: update it to give it another time."
            },
            why="That route is documented for drafts only. Elsewhere this is an update to another time.",
        )
        for start in ("scheduled", "failed", "partially_failed")
    ),
    _schedules(
        "published",
        "published",
        _schedule(TIME_TEXT),
        ALREADY_PUBLISHED,
        says={
            "PATCH": "Cannot update a post that has already been published.",
            "schedule": "Cannot update a post that has already been published.",
            "/post/update": NOT_EDITABLE,
        },
    ),
    _schedules("publishing", "publishing", _schedule(TIME_TEXT), IN_PROGRESS, says={"/post/update": NOT_EDITABLE}),
    _schedules("unknown", UNKNOWN, _schedule(TIME_TEXT), NOT_FOUND, says=SAYS_NOT_FOUND),
    _schedules("another organisation's", OF_ANOTHER_ORGANIZATION, _schedule(TIME_TEXT), NOT_FOUND, says=SAYS_NOT_FOUND),
)
