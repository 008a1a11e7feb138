"""`POST /post/update`, `/post/video`, `/post/slideshow` and `/post/draft`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from app.commands.create_single_account_post import create_single_account_post
from app.commands.update_single_account_post import update_single_account_post
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.ugc.answers import UgcRoute, success
from app.rest.ugc.shapes import post_shape
from app.rest.ugc.writing.documentation import DRAFTED, SLIDESHOW_CREATED, UPDATED, VIDEO_CREATED
from app.rest.ugc.writing.new_bodies import read_draft, read_slideshow, read_video
from app.rest.ugc.writing.update_body import read_update

if TYPE_CHECKING:
    from app.commands.service import Caller
    from app.rest.ugc.writing.new_bodies import NewPost

router = APIRouter(prefix="/post", tags=["/post/…"], route_class=UgcRoute)


@router.post("/update", **UPDATED)
async def update(request: Request, caller: Admitted) -> Response:
    """Change a scheduled or failed post; a failed one is scheduled again, its failure cleared."""
    post_id, content = read_update(await read_json_object(request))
    updated = await caller.run(
        update_single_account_post, post_id=post_id, changes=content.changes, media_urls=content.media_urls
    )
    return success(request, post_shape(updated.post))


@router.post("/video", **VIDEO_CREATED)
async def create_video(request: Request, caller: Admitted) -> Response:
    """A new video post: due now, unless it names a time. Where the time is taken, the next free one is its time."""
    return await _create(request, caller, read_video(await read_json_object(request)))


@router.post("/slideshow", **SLIDESHOW_CREATED)
async def create_slideshow(request: Request, caller: Admitted) -> Response:
    """A new post of images: due now, unless it names a time. Where the time is taken, the next free one is its time."""
    return await _create(request, caller, read_slideshow(await read_json_object(request)))


@router.post("/draft", **DRAFTED)
async def create_draft(request: Request, caller: Admitted) -> Response:
    """A new post that goes nowhere until `/post/update` gives it an account and a time."""
    return await _create(request, caller, read_draft(await read_json_object(request)))


async def _create(request: Request, caller: Caller, new: NewPost) -> Response:
    created = await caller.run(
        create_single_account_post,
        kind=new.kind,
        changes=new.content.changes,
        media_urls=new.content.media_urls,
        publish_now=new.publish_now,
    )
    return success(request, post_shape(created.post))
