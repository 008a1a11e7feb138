"""REST v1: what each platform takes."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.domain.platform_rules import RULES
from app.rest.admission import Admitted
from app.rest.v1.answers import V1Route, success
from app.rest.v1.platform_rules.documentation import PLATFORM_RULES_LISTED
from app.rest.v1.platform_rules.shapes import platform_rules_shape

router = APIRouter(prefix="/platform-rules", tags=["REST v1"], route_class=V1Route)


@router.get("", **PLATFORM_RULES_LISTED)
async def show_platform_rules(request: Request, _caller: Admitted) -> Response:
    """What each platform takes, with its sources. Nothing here is the organisation's own, so any key will do."""
    return success(request, {"platform_rules": [platform_rules_shape(rules) for rules in RULES.values()]})
