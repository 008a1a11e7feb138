"""What REST v1 shows of a bulk request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, cast

from typing_extensions import TypedDict

from app.domain.errors import Refusal
from app.rest.described import described
from app.rest.v1.answers import refusal_of
from app.rest.v1.envelopes import V1Error
from app.rest.v1.posts.bulk.examples import CREATED_POST, ERROR, RESULTS, SUMMARY
from app.rest.v1.posts.shapes import V1Post, post_shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from app.commands.create_post import CreatedPost

_INDEX = "Its place in the request, counted from 0."


class V1BulkSummary(TypedDict):
    """How many posts were created."""

    total: Annotated[int, described("How many posts the request holds.", 2)]
    succeeded: Annotated[int, described("How many of them were created.", 1)]
    failed: Annotated[int, described("How many were refused.", 1)]


class V1BulkCreated(TypedDict):
    """A post that was created."""

    index: Annotated[int, described(_INDEX, 0)]
    ok: Annotated[Literal[True], described("true: it was created.", True)]
    post: Annotated[V1Post, described("The new post.", CREATED_POST)]


class V1BulkRefused(TypedDict):
    """A post that was refused."""

    index: Annotated[int, described(_INDEX, 1)]
    ok: Annotated[Literal[False], described("false: nothing of it is stored.", False)]
    error: Annotated[V1Error, described("The error that POST /v1/posts answers that post alone with.", ERROR)]


class V1Bulk(TypedDict):
    """What came of a bulk request."""

    summary: Annotated[V1BulkSummary, described("How many were created.", SUMMARY)]
    results: Annotated[list[V1BulkCreated | V1BulkRefused], described("In the order of the request.", RESULTS)]


def bulk_shape(outcomes: Sequence[CreatedPost | Refusal]) -> V1Bulk:
    failed = sum(isinstance(outcome, Refusal) for outcome in outcomes)
    return {
        "summary": {"total": len(outcomes), "succeeded": len(outcomes) - failed, "failed": failed},
        "results": [_result_shape(index, outcome) for index, outcome in enumerate(outcomes)],
    }


def _result_shape(index: int, outcome: CreatedPost | Refusal) -> V1BulkCreated | V1BulkRefused:
    if isinstance(outcome, Refusal):
        _, error = refusal_of(outcome, method="POST")
        return {"index": index, "ok": False, "error": cast("V1Error", error)}
    return {"index": index, "ok": True, "post": post_shape(outcome.post, requested_for=outcome.requested_for)}
