"""What REST v1 shows of how publishing went."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.post import PostStatus
from app.domain.schedule import format_instant
from app.rest.described import described
from app.rest.v1.posts.examples import POST_ID
from app.rest.v1.posts.next_step import retry_next_step
from app.rest.v1.posts.publishing.examples import RESULTS, RETRIED_DESTINATIONS, RETRIED_POST
from app.rest.v1.posts.shapes import V1Destination, destination_shape

if TYPE_CHECKING:
    from app.commands.retry_post import RetriedPost
    from app.domain.destination import Destination
    from app.domain.post import Post


class V1Result(V1Destination):
    """How publishing went on one account."""

    next_retry_at: Annotated[
        str | None, described("When it will be tried again by itself, in UTC; null where it will not.", None)
    ]


class V1PostResults(TypedDict):
    """How publishing went, account by account."""

    post_id: Annotated[str, described("The post's UUID.", POST_ID)]
    post_status: Annotated[str, described("Where the whole post stands.", "partially_failed", among=PostStatus)]
    results: Annotated[list[V1Result], described("How it went on each account, by their numbers.", RESULTS)]


class V1RetriedPost(TypedDict):
    """What a retry has done."""

    post_id: Annotated[str, described("The post's UUID.", POST_ID)]
    retried_count: Annotated[int, described("How many destinations were queued again.", 1)]
    destinations: Annotated[
        list[V1Destination], described("The post on each of its accounts, as it stands now.", RETRIED_DESTINATIONS)
    ]
    next_step: Annotated[str, described("What can be done next.", RETRIED_POST["next_step"])]


def post_results_shape(post: Post) -> V1PostResults:
    return {
        "post_id": str(post.id),
        "post_status": post.status,
        "results": [_result_shape(destination) for destination in post.destinations],
    }


def retried_post_shape(retried: RetriedPost) -> V1RetriedPost:
    return {
        "post_id": str(retried.post.id),
        "retried_count": retried.retried_count,
        "destinations": [destination_shape(destination) for destination in retried.post.destinations],
        "next_step": retry_next_step(retried.post, retried_count=retried.retried_count),
    }


def _result_shape(destination: Destination) -> V1Result:
    again = destination.next_attempt_at
    return {**destination_shape(destination), "next_retry_at": None if again is None else format_instant(again)}
