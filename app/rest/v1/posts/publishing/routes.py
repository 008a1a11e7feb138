"""REST v1: how far a post has got, trying again what failed, and queueing a draft."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response

from app.commands.get_post import get_post
from app.commands.retry_post import retry_post
from app.commands.schedule_draft import schedule_draft
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.v1.answers import V1Route, success
from app.rest.v1.posts.answers import post_answer
from app.rest.v1.posts.post_id import PostId, read_post_id
from app.rest.v1.posts.preconditions import expected_versions, version_tag
from app.rest.v1.posts.publishing.bodies import read_retry, read_schedule
from app.rest.v1.posts.publishing.documentation import RESULTS_SHOWN, RETRIED, SCHEDULED
from app.rest.v1.posts.publishing.shapes import post_results_shape, retried_post_shape

router = APIRouter(prefix="/posts/{post_id}", tags=["REST v1"], route_class=V1Route)


@router.get("/results", **RESULTS_SHOWN)
async def show_results(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """How publishing went, or how far it has got, on each account of the post."""
    return success(request, post_results_shape(await caller.run(get_post, post_id=read_post_id(post_id))))


@router.post("/retry", **RETRIED)
async def retry(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """Queue again what failed, on every account or on some. Where the post is published, it stays as it is."""
    id = read_post_id(post_id)
    asked = read_retry(await _read_optional_body(request))
    retried = await caller.run(
        retry_post,
        post_id=id,
        account_ids=asked.account_ids,
        confirm=asked.confirm,
        expected_versions=expected_versions(request),
        invalid_field=asked.invalid_field,
        found=asked.found,
    )
    return success(request, retried_post_shape(retried), headers={"ETag": version_tag(retried.post)})


@router.post("/schedule", **SCHEDULED)
async def schedule(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """Queue a draft: for a time, or to go out at once. Any other post is updated to give it another time."""
    id = read_post_id(post_id)
    body = await read_json_object(request)
    changes, publish_now = read_schedule(body, expected_versions=expected_versions(request))
    scheduled = await caller.run(schedule_draft, post_id=id, changes=changes, publish_now=publish_now)
    return post_answer(request, scheduled.post, requested_for=scheduled.requested_for)


async def _read_optional_body(request: Request) -> dict[str, Any]:
    """The body as an object, an empty one for a request without content, whatever type that claims to have.

    A request has content where one of these headers says so (RFC 9112, section 6.3).
    """
    has_content = "transfer-encoding" in request.headers or request.headers.get("content-length", "0") != "0"
    return await read_json_object(request) if has_content else {}
