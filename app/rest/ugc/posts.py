"""`POST /post/update`."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.commands.update_single_account_post import update_single_account_post
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.ugc.answers import UgcRoute, success
from app.rest.ugc.bodies import read_update
from app.rest.ugc.documentation import UPDATED
from app.rest.ugc.shapes import post_shape

router = APIRouter(prefix="/post", tags=["/post/…"], route_class=UgcRoute)


@router.post("/update", **UPDATED)
async def update(request: Request, caller: Admitted) -> Response:
    """Change a scheduled or failed post; a failed one is scheduled again, its failure cleared."""
    asked = read_update(await read_json_object(request))
    updated = await caller.run(
        update_single_account_post,
        post_id=asked.post_id,
        changes=asked.changes,
        media_urls=asked.media_urls,
    )
    return success(request, post_shape(updated.post))
