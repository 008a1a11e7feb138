"""The caller of a REST request, as a FastAPI dependency."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.commands.service import Caller
from app.http.access import Gate

_bearer = HTTPBearer(auto_error=False, description="An API key: `redraft keys create` makes one.")


async def _admit(
    request: Request, _documented: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)]
) -> Caller:
    gate: Gate = request.app.state.gate
    return await gate.admit(request)


Admitted = Annotated[Caller, Depends(_admit)]
"""Declares that a route needs a key; raises Unauthenticated and RateLimited."""
