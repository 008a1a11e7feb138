"""`POST /post` and `POST /post/status`."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.commands.find_posts import find_posts
from app.commands.get_post import get_post
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.ugc.answers import UgcRoute, success
from app.rest.ugc.reading.bodies import read_filter, read_status
from app.rest.ugc.reading.documentation import LISTED, STATUS_SHOWN
from app.rest.ugc.reading.shapes import status_shape
from app.rest.ugc.shapes import post_shape

router = APIRouter(prefix="/post", tags=["/post/…"], route_class=UgcRoute)


@router.post("", **LISTED)
async def show_posts(request: Request, caller: Admitted) -> Response:
    """Every post that matches, by the time it goes out, the earliest first; drafts without a time last."""
    posts = await caller.run(find_posts, filter=read_filter(await read_json_object(request)))
    return success(request, [post_shape(post) for post in posts])


@router.post("/status", **STATUS_SHOWN)
async def show_status(request: Request, caller: Admitted) -> Response:
    """Where a post stands."""
    post_id = read_status(await read_json_object(request))
    return success(request, status_shape(await caller.run(get_post, post_id=post_id)))
