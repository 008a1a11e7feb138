"""`POST /post/retry` and `POST /post/delete`."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.commands.delete_posts import delete_posts
from app.commands.retry_posts import retry_posts
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.ugc.answers import UgcRoute, success
from app.rest.ugc.batches.bodies import read_post_ids
from app.rest.ugc.batches.documentation import DELETED, RETRIED
from app.rest.ugc.batches.shapes import delete_shape, retry_shape

router = APIRouter(prefix="/post", tags=["/post/…"], route_class=UgcRoute)


@router.post("/retry", **RETRIED)
async def retry(request: Request, caller: Admitted) -> Response:
    """Failed posts go out again, now or as soon as their account is free: either all of them, or none."""
    posts = await caller.run(retry_posts, post_ids=read_post_ids(await read_json_object(request)))
    shape = retry_shape([post.id for post in posts])
    return success(request, shape, message=f"Successfully retried {len(posts)} post(s)")


@router.post("/delete", **DELETED)
async def delete(request: Request, caller: Admitted) -> Response:
    """Delete posts of which nothing is published: either all of them, or none."""
    deleted = await caller.run(delete_posts, post_ids=read_post_ids(await read_json_object(request)))
    return success(request, delete_shape(deleted))
