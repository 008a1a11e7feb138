"""A platform's limit refuses a post with the same issues on every edge: where, whose limit, and by how much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import httpx
from sqlalchemy import Connection

from app.commands.fill_demo import BANNER, CLIP, SLIDES
from app.domain.errors import ErrorCode
from app.domain.media import Media, MediaType
from app.repositories.database import Database
from app.repositories.media import MediaRepository
from tests.support.answers import Issue, Refused, Request, mutation, post_to
from tests.support.clock import NOW
from tests.support.life.cases import post_name
from tests.support.life.world import TIME_TEXT, TOO_LONG_FOR_X, World
from tests.support.trials import Trial, add_posts, outcomes_of

FIFTH: Final = UUID(int=55)
FIRST_COPY: Final = 100_000
URLS: Final = {
    BANNER: "https://media.example/launch-banner.jpg",
    CLIP: "https://media.example/teaser.mp4",
    FIFTH: "https://media.example/fifth.jpg",
    **{id: f"https://media.example/slide-{number}.jpg" for number, id in enumerate(SLIDES, start=1)},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """fields: what breaks the limit, in the domain's names. by: the issues, in order."""

    name: str
    fields: Mapping[str, Any]
    by: tuple[Issue, ...]


LIMITS: Final = (
    Limit(
        name="a text with a link, which counts 23 on X",
        fields={"content": "x" * 257 + " https://example.com/a/long/path"},
        by=(Issue("content", "TOO_LONG", "x", 280, 281),),
    ),
    Limit(
        name="a text of emoji, which count 2 on X",
        fields={"content": "👋" * 141},
        by=(Issue("content", "TOO_LONG", "x", 280, 282),),
    ),
    Limit(
        name="what one platform gets instead",
        fields={"platform_content": {"x": {"content": TOO_LONG_FOR_X}}},
        by=(Issue("platform_content.x.content", "TOO_LONG", "x", 280, 281),),
    ),
    Limit(
        name="what another platform gets instead",
        fields={"account_ids": [2282, 2285], "platform_content": {"linkedin": {"content": "y" * 3001}}},
        by=(Issue("platform_content.linkedin.content", "TOO_LONG", "linkedin", 3000, 3001),),
    ),
    Limit(
        name="no media on Instagram",
        fields={"account_ids": [2280]},
        by=(Issue("media_ids", "REQUIRED", "instagram"),),
    ),
    Limit(
        name="five images on X",
        fields={"media_ids": [BANNER, *SLIDES, FIFTH]},
        by=(Issue("media_ids", "TOO_MANY_MEDIA", "x", 4, 5),),
    ),
    Limit(
        name="an image and a video on TikTok",
        fields={"account_ids": [2290], "media_ids": [BANNER, CLIP]},
        by=(Issue("media_ids", "UNSUPPORTED_MEDIA", "tiktok"),),
    ),
    Limit(
        name="several limits of several platforms",
        fields={"account_ids": [2280, 2282], "content": TOO_LONG_FOR_X},
        by=(Issue("media_ids", "REQUIRED", "instagram"), Issue("content", "TOO_LONG", "x", 280, 281)),
    ),
)
_CAMEL: Final = {"account_ids": "accountIds", "media_ids": "mediaIds", "platform_content": "platformContent"}
_ON_X: Final = {"content": "Launch day", "account_ids": [2282], "scheduled_for": TIME_TEXT}


def requests_for(limit: Limit, id: UUID) -> dict[str, Request]:
    """By the route: an update of a post on X, and a new post."""
    fields = {name: as_json(value) for name, value in limit.fields.items()}
    new = {**_ON_X, **fields}
    camel = {_CAMEL.get(name, name): value for name, value in fields.items()}
    new_camel = {**{_CAMEL.get(name, name): value for name, value in new.items()}, "status": "SCHEDULED"}
    new_camel["scheduledFor"] = new_camel.pop("scheduled_for")
    requests = {
        "updatePost": mutation("updatePost", id=str(id), input=camel),
        "updatePosts": mutation("updatePosts", changes=[{"id": str(id), "input": camel}], atomic=False),
        "PATCH": Request(method="PATCH", path=f"/v1/posts/{id}", body=fields),
        "updatePost(dryRun: true)": mutation("updatePost", id=str(id), input=camel, dryRun=True),
        "PATCH ?dry_run=true": Request(method="PATCH", path=f"/v1/posts/{id}?dry_run=true", body=fields),
        "createPost": mutation("createPost", input=new_camel),
        "POST": post_to("/v1/posts", new),
        "bulk": post_to("/v1/posts/bulk", {"posts": [new]}),
    }
    has_one_account = len(limit.fields.get("account_ids", [2282])) == 1
    if has_one_account and "platform_content" not in limit.fields:
        theirs: dict[str, Any] = {"postId": post_name(id)}
        if "content" in limit.fields:
            theirs["caption"] = limit.fields["content"]
        if "account_ids" in limit.fields:
            theirs["accountId"] = limit.fields["account_ids"][0]
        if "media_ids" in limit.fields:
            theirs["mediaUrls"] = [URLS[media] for media in limit.fields["media_ids"]]
        requests["/post/update"] = post_to("/post/update", theirs)
    return requests


def as_json(value: Any) -> Any:
    return [str(item) if isinstance(item, UUID) else item for item in value] if isinstance(value, list) else value


async def test_what_breaks_a_platforms_limit_is_refused_with_the_same_issues_on_every_edge(
    client: httpx.AsyncClient, database: Database
) -> None:
    fifth = Media(id=FIFTH, type=MediaType.IMAGE, url=URLS[FIFTH])

    def add(connection: Connection) -> None:
        MediaRepository(connection, 1).add(fifth, now=NOW)

    await database.write(add)
    on_x = (await World.of(database)).posts["scheduled on X"]
    attempts = []
    for number, limit in enumerate(LIMITS, start=FIRST_COPY):
        post = on_x._replace(id=UUID(int=number))
        await add_posts(database, [post])
        attempts += [(limit, route, post, Trial(request=r)) for route, r in requests_for(limit, post.id).items()]

    outcomes = await outcomes_of([trial for _, _, _, trial in attempts], client, database)

    messages: dict[str, set[str | None]] = {}
    for (limit, route, _, _), outcome in zip(attempts, outcomes, strict=True):
        about = (limit.name, route, outcome.answer.body)
        if route == "/post/update":
            assert ErrorCode.INVALID_INPUT in outcome.answer.possible, about
        else:
            assert outcome.answer.refused == Refused(ErrorCode.INVALID_INPUT, limit.by), about
        messages.setdefault(limit.name, set()).add(outcome.answer.message)
    assert {name: len(said) for name, said in messages.items()} == {limit.name: 1 for limit in LIMITS}, messages
    # and outcomes_of has seen that no row is another one than before
    assert [outcome.rows for outcome in outcomes if outcome.rows] == []
