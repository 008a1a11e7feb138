"""REST v1: the history of a post."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from app.commands.get_post import get_post
from app.commands.list_revisions import list_revisions
from app.domain.listing import PAGE_LIMIT
from app.rest.admission import Admitted
from app.rest.v1.answers import V1Route, success
from app.rest.v1.posts.post_id import PostId, read_post_id
from app.rest.v1.posts.revisions.documentation import REVISIONS_LISTED
from app.rest.v1.posts.revisions.shapes import revision_shape

router = APIRouter(prefix="/posts/{post_id}/revisions", tags=["REST v1"], route_class=V1Route)


@router.get("", **REVISIONS_LISTED)
async def show_revisions(
    request: Request,
    caller: Admitted,
    post_id: PostId,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="Revisions on a page.", examples=[20])] = 20,
    before: Annotated[
        int | None, Query(ge=1, le=2**31 - 1, description="Only revisions below this version.", examples=[3])
    ] = None,
) -> Response:
    """Every stored change of a post, the newest first: who made it, when, and what each field was before and after."""
    post = await caller.run(get_post, post_id=read_post_id(post_id))
    # Up to the version that was found: what is stored meanwhile is for the next request.
    pages = await caller.run(
        list_revisions, versions={post.id: post.version}, after=before, limit=limit, with_total=True
    )
    page = pages[post.id]
    pagination = {"limit": limit, "before": before, "total": page.total, "has_more": page.has_more}
    return success(
        request, {"revisions": [revision_shape(revision) for revision in page.revisions], "pagination": pagination}
    )
