"""The `/post/…` routes, all of them."""

from __future__ import annotations

from fastapi import APIRouter

from app.rest.ugc.batches import routes as batches
from app.rest.ugc.planning import routes as planning
from app.rest.ugc.reading import routes as reading
from app.rest.ugc.writing import routes as writing

router = APIRouter()
for group in (reading, writing, batches, planning):
    router.include_router(group.router)
