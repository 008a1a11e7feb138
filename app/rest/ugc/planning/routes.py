"""`POST /post/preview-schedule`."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.commands.preview_schedule import preview_schedule
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.ugc.answers import UgcRoute, success
from app.rest.ugc.planning.bodies import read_preview
from app.rest.ugc.planning.documentation import PREVIEWED
from app.rest.ugc.planning.shapes import slot_shape

router = APIRouter(prefix="/post", tags=["/post/…"], route_class=UgcRoute)


@router.post("/preview-schedule", **PREVIEWED)
async def preview(request: Request, caller: Admitted) -> Response:
    """When posts would go out if they were made now. Nothing is booked: who comes first takes the time."""
    asked = read_preview(await read_json_object(request))
    slots = await caller.run(preview_schedule, plan=asked.plan, without=asked.without)
    return success(request, [slot_shape(slot) for slot in slots])
