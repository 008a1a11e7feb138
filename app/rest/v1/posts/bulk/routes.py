"""REST v1: many new posts in one request."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.commands.create_posts import LIMIT, create_posts
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.v1.answers import BULK_LIMIT_EXCEEDED, V1Route, failure, success
from app.rest.v1.posts.bulk.bodies import new_post, posts_of
from app.rest.v1.posts.bulk.documentation import BULK_CREATED
from app.rest.v1.posts.bulk.shapes import V1BulkSummary, bulk_shape

router = APIRouter(prefix="/posts/bulk", tags=["REST v1"], route_class=V1Route)


@router.post("", **BULK_CREATED)
async def post_posts(request: Request, caller: Admitted) -> Response:
    """Up to 50 new posts, each written and refused as in POST /v1/posts. Those that can be created are."""
    posts = posts_of(await read_json_object(request))
    if len(posts) > LIMIT:
        message = f"`posts` holds {len(posts)} posts; at most {LIMIT} can be created in one request."
        return failure(request, 400, BULK_LIMIT_EXCEEDED, message)
    outcomes = await caller.run(create_posts, new_posts=[new_post(post) for post in posts])
    bulk = bulk_shape(outcomes)
    return success(request, bulk, status=_status_of(bulk["summary"]))


def _status_of(summary: V1BulkSummary) -> int:
    if not summary["failed"]:
        return 201
    return 207 if summary["succeeded"] else 422
