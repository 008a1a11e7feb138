"""A time that is taken becomes the same free one on every edge, and the answer says both times where the edge can."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import httpx
from sqlalchemy import Connection

from app.commands.fill_demo import CLIP, SLIDES
from app.domain.account import Account
from app.domain.destination import Destination, DestinationStatus
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.domain.schedule import format_instant
from app.repositories.accounts import AccountRepository
from app.repositories.database import Database
from tests.support.answers import Answer, Request, mutation, post_to, read
from tests.support.clock import NOW
from tests.support.edges import dump
from tests.support.life.cases import post_name
from tests.support.life.world import TIME, World
from tests.support.trials import Outcome, Trial, add_posts, outcomes_of, save_posts

FIRST_ACCOUNT: Final = 7000
FIRST_COPY: Final = 100_000
GAP: Final = timedelta(hours=1)
BOOKED: Final = (timedelta(minutes=-20), timedelta(minutes=50))
"""When two other posts go out on the account, counted from the time that is asked for: both are in its way."""
MOVED: Final = BOOKED[1] + GAP

Ask = Callable[[UUID, int, str], Request]


def told_by_graphql(answer: Answer) -> tuple[str | None, str]:
    return answer.data["requestedFor"], answer.data["post"]["scheduledFor"]


def told_by_v1(answer: Answer) -> tuple[str | None, str]:
    asked, taken, _ = answer.data["next_step"].partition(" was taken. ")
    return asked if taken else None, answer.data["scheduled_for"]


def told_by_ugc(answer: Answer) -> tuple[None, str]:
    return None, answer.data["scheduled_at"]


def only_the_new_time(answer: Answer) -> tuple[None, str]:
    return None, answer.data["post"]["scheduledFor"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """asked: the time that is asked for. start: what is made of the demo's draft, beforehand. ask: with the post, the
    account and the time. told: reads both times of the answer; None: it says neither. is_dry: stores nothing."""

    operation: str
    route: str
    ask: Ask
    told: Callable[[Answer], tuple[str | None, str]] | None
    asked: datetime = TIME
    start: Callable[[Post], Post] | None = None
    is_dry: bool = False

    def __str__(self) -> str:
        return f"{self.operation}: {self.route}"


def scheduled(draft: Post) -> Post:
    return draft._replace(status=PostStatus.SCHEDULED, scheduled_for=TIME + timedelta(days=3))


def due_now(draft: Post) -> Post:
    (destination,) = draft.destinations
    failed = replace(destination, status=DestinationStatus.FAILED, error="No.")
    return draft._replace(status=PostStatus.FAILED, scheduled_for=NOW, failure_reason="No.", destinations=(failed,))


def a_draft(draft: Post) -> Post:
    return draft


def _change(time: str) -> dict[str, Any]:
    return {"scheduledFor": time, "status": "SCHEDULED"}


def _patch(id: UUID, time: str, query: str = "") -> Request:
    body = {"scheduled_for": time, "status": "scheduled"}
    return Request(method="PATCH", path=f"/v1/posts/{id}{query}", body=body)


def _updates(operation: str, start: Callable[[Post], Post]) -> tuple[Way, ...]:
    def way(route: str, ask: Ask, told: Callable[[Answer], tuple[str | None, str]], *, is_dry: bool = False) -> Way:
        return Way(operation=operation, route=route, ask=ask, told=told, start=start, is_dry=is_dry)

    return (
        way("updatePost", lambda id, _, time: mutation("updatePost", id=str(id), input=_change(time)), told_by_graphql),
        way(
            "updatePosts",
            lambda id, _, time: mutation("updatePosts", changes=[{"id": str(id), "input": _change(time)}]),
            told_by_graphql,
        ),
        way("PATCH", lambda id, _, time: _patch(id, time), told_by_v1),
        way(
            "/post/update",
            lambda id, account, time: post_to(
                "/post/update", {"postId": post_name(id), "accountId": account, "postTime": time}
            ),
            told_by_ugc,
        ),
        way(
            "updatePost(dryRun: true)",
            lambda id, _, time: mutation("updatePost", id=str(id), input=_change(time), dryRun=True),
            told_by_graphql,
            is_dry=True,
        ),
        way(
            "updatePosts(dryRun: true)",
            lambda id, _, time: mutation("updatePosts", changes=[{"id": str(id), "input": _change(time)}], dryRun=True),
            told_by_graphql,
            is_dry=True,
        ),
        way(
            "PATCH ?dry_run=true",
            lambda id, _, time: _patch(id, time, "?dry_run=true"),
            lambda answer: (
                answer.data["next_step"].removeprefix("Dry run: nothing was stored. ").partition(" was taken. ")[0],
                answer.data["scheduled_for"],
            ),
            is_dry=True,
        ),
    )


def _creation(kind: str, media: tuple[UUID, ...]) -> Ask:
    ids = [str(id) for id in media]
    return lambda _, account, time: mutation(
        "createPost",
        input={"content": "New", "kind": kind, "accountIds": [account], "mediaIds": ids, **_change(time)},
    )


def _new(account: int, **more: Any) -> dict[str, Any]:
    return {"content": "New", "account_ids": [account], **more}


WAYS: Final = (
    *_updates("another time", scheduled),
    *_updates("a draft is queued", a_draft),
    Way(
        operation="a draft is queued",
        route="schedule",
        ask=lambda id, _, time: post_to(f"/v1/posts/{id}/schedule", {"scheduled_for": time}),
        told=told_by_v1,
        start=a_draft,
    ),
    Way(
        operation="a draft goes out now",
        route="schedule",
        ask=lambda id, _, __: post_to(f"/v1/posts/{id}/schedule", {"publish_now": True}),
        told=told_by_v1,
        start=a_draft,
        asked=NOW,
    ),
    Way(operation="a new post", route="createPost", ask=_creation("STANDARD", ()), told=told_by_graphql),
    Way(
        operation="a new post",
        route="POST",
        ask=lambda _, account, time: post_to("/v1/posts", _new(account, scheduled_for=time)),
        told=told_by_v1,
    ),
    Way(
        operation="a new post",
        route="bulk",
        ask=lambda _, account, time: post_to("/v1/posts/bulk", {"posts": [_new(account, scheduled_for=time)]}),
        told=told_by_v1,
    ),
    Way(
        operation="a new post for now",
        route="POST",
        ask=lambda _, account, __: post_to("/v1/posts", _new(account)),
        told=told_by_v1,
        asked=NOW,
    ),
    Way(
        operation="a new post for now",
        route="bulk",
        ask=lambda _, account, __: post_to("/v1/posts/bulk", {"posts": [_new(account)]}),
        told=told_by_v1,
        asked=NOW,
    ),
    Way(operation="a new video", route="createPost", ask=_creation("VIDEO", (CLIP,)), told=told_by_graphql),
    Way(
        operation="a new video",
        route="/post/video",
        ask=lambda _, account, time: post_to(
            "/post/video",
            {"caption": "New", "accountId": account, "videoUrl": "https://media.example/teaser.mp4", "postTime": time},
        ),
        told=told_by_ugc,
    ),
    Way(
        operation="a new video for now",
        route="/post/video",
        ask=lambda _, account, __: post_to(
            "/post/video",
            {"caption": "New", "accountId": account, "videoUrl": "https://media.example/teaser.mp4"},
        ),
        told=told_by_ugc,
        asked=NOW,
    ),
    Way(operation="a new slideshow", route="createPost", ask=_creation("SLIDESHOW", SLIDES[:1]), told=told_by_graphql),
    Way(
        operation="a new slideshow",
        route="/post/slideshow",
        ask=lambda _, account, time: post_to(
            "/post/slideshow",
            {
                "caption": "New",
                "accountId": account,
                "imageUrls": ["https://media.example/slide-1.jpg"],
                "postTime": time,
            },
        ),
        told=told_by_ugc,
    ),
    Way(
        operation="a retry",
        route="retryPost",
        ask=lambda id, _, __: mutation("retryPost", id=str(id)),
        told=only_the_new_time,
        start=due_now,
        asked=NOW,
    ),
    Way(
        operation="a retry",
        route="retry",
        ask=lambda id, _, __: post_to(f"/v1/posts/{id}/retry"),
        told=None,
        start=due_now,
        asked=NOW,
    ),
    Way(
        operation="a retry",
        route="/post/retry",
        ask=lambda id, _, __: post_to("/post/retry", {"postIds": [post_name(id)]}),
        told=None,
        start=due_now,
        asked=NOW,
    ),
)
RESTORED: Final = (
    Way(
        operation="a version that had the time",
        route="restorePost",
        ask=lambda id, _, __: mutation("restorePost", id=str(id), version=1),
        told=told_by_graphql,
        start=lambda draft: draft._replace(scheduled_for=TIME, status=PostStatus.SCHEDULED),
    ),
    Way(
        operation="a version that had the time",
        route="updatePost",
        ask=lambda id, _, time: mutation("updatePost", id=str(id), input=_change(time)),
        told=told_by_graphql,
        start=lambda draft: draft._replace(scheduled_for=TIME, status=PostStatus.SCHEDULED),
    ),
)
"""Each has a second version without the time."""

SAYS_BOTH: Final = (told_by_graphql, told_by_v1)


async def test_a_time_that_is_taken_becomes_the_same_free_one_on_every_edge(
    client: httpx.AsyncClient, database: Database
) -> None:
    # given an account for each way alone, on which two posts go out about the time
    ways = (*WAYS, *RESTORED)
    draft = (await World.of(database)).posts["draft"]
    accounts = [await add_account(database, FIRST_ACCOUNT + number) for number in range(len(ways))]
    posts: list[Post | None] = []
    for number, (way, account) in enumerate(zip(ways, accounts, strict=True)):
        here = draft._replace(destinations=(Destination(account=account),))
        for booked, offset in enumerate(BOOKED):
            id = UUID(int=FIRST_COPY + 10 * number + booked)
            await add_posts(
                database, [here._replace(id=id, status=PostStatus.SCHEDULED, scheduled_for=way.asked + offset)]
            )
        posts.append(None if way.start is None else started(way, here, UUID(int=FIRST_COPY + 10 * number + 9)))
    await add_posts(database, [post for post in posts if post is not None])
    for way, post in zip(ways, posts, strict=True):
        if way in RESTORED and post is not None:
            await save_posts(database, [(post, post._replace(scheduled_for=None, status=PostStatus.DRAFT, version=2))])

    # when it is only looked at, then the database stays as it is
    before = await dump(database)
    plan = [
        {"accountId": f"acc_{account.id}", "postTime": format_instant(way.asked)}
        for way, account in zip(ways, accounts, strict=True)
        if way.asked > NOW
    ]
    previewed = read(await client.post("/post/preview-schedule", json={"entries": plan}))
    assert await dump(database) == before
    assert previewed.data == [
        {
            "accountId": entry["accountId"],
            "requestedTime": entry["postTime"],
            "scheduledTime": format_instant(TIME + MOVED),
            "bumped": True,
        }
        for entry in plan
    ]
    # and when it is asked for
    trials = [
        Trial(
            request=way.ask(post.id if post else UUID(int=0), account.id, format_instant(way.asked)),
            post_id=None if post is None else post.id,
            names={account.id: "ACCOUNT"},
        )
        for way, account, post in zip(ways, accounts, posts, strict=True)
    ]
    dry = [(way, trial) for way, trial in zip(ways, trials, strict=True) if way.is_dry]
    for way, trial in dry:
        tells_both_times(way, read(await trial.request.send(client)))
    assert await dump(database) == before
    wet = [(way, trial) for way, trial in zip(ways, trials, strict=True) if not way.is_dry]
    outcomes = await outcomes_of([trial for _, trial in wet], client, database)

    # then
    by_operation: dict[str, list[Outcome]] = {}
    for (way, _), outcome in zip(wet, outcomes, strict=True):
        about = (str(way), outcome.answer.body)
        assert outcome.stored is not None, about
        assert (outcome.stored.scheduled_for, outcome.stored.status) == (way.asked + MOVED, "scheduled"), about
        tells_both_times(way, outcome.answer)
        by_operation.setdefault(way.operation, []).append(outcome)
    for operation, alike in by_operation.items():
        assert all(outcome.rows == alike[0].rows for outcome in alike), (operation, [o.rows for o in alike])


def tells_both_times(way: Way, answer: Answer) -> None:
    assert answer.data is not None, (str(way), answer.body)
    if way.told is None:
        return
    asked = format_instant(way.asked) if way.told in SAYS_BOTH or way.is_dry else None
    assert way.told(answer) == (asked, format_instant(way.asked + MOVED)), (str(way), answer.body)


def started(way: Way, draft: Post, id: UUID) -> Post:
    assert way.start is not None
    return way.start(draft)._replace(id=id)


async def add_account(database: Database, id: int) -> Account:
    account = Account(
        id=id,
        platform=Platform.WEBHOOK,
        name="@slow",
        is_active=True,
        created_at=NOW,
        minimum_gap_minutes=GAP // timedelta(minutes=1),
    )

    def add(connection: Connection) -> None:
        AccountRepository(connection, 1).add(account)

    await database.write(add)
    return account
