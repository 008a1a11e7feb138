"""REST v1: posts."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.get_post import get_post
from app.commands.list_posts import list_posts
from app.commands.update_post import update_post
from app.domain.kind import PostKind
from app.domain.listing import PAGE_LIMIT, PostFilter, PostListing
from app.domain.platforms import Platform
from app.domain.post import PostStatus
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.v1.answers import V1Route, success
from app.rest.v1.posts.answers import post_answer
from app.rest.v1.posts.bodies import create_changes, update_changes
from app.rest.v1.posts.documentation import CREATED, DELETED, LISTED, SHOWN, UPDATED
from app.rest.v1.posts.post_id import ONE_POST, PostId, read_post_id
from app.rest.v1.posts.preconditions import expected_versions
from app.rest.v1.posts.shapes import post_shape

router = APIRouter(prefix="/posts", tags=["REST v1"], route_class=V1Route)


@router.patch(ONE_POST, **UPDATED)
async def patch_post(
    request: Request,
    caller: Admitted,
    post_id: PostId,
    dry_run: Annotated[
        bool, Query(description="true answers what the update would, and stores nothing.", examples=[False])
    ] = False,
) -> Response:
    """Change what is sent, leave the rest as it is. A published post cannot be changed."""
    id = read_post_id(post_id)
    body = await read_json_object(request)
    changes = update_changes(body, post_id=id, expected_versions=expected_versions(request))
    updated = await caller.run(update_post, post_id=id, changes=changes, dry_run=dry_run)
    about: dict[str, Any] = {"changed_fields": updated.changed_fields, "requested_for": updated.requested_for}
    if updated.dry_run:
        # Without an ETag: no post of this version is stored.
        return success(request, post_shape(updated.post, **about, dry_run=True))
    return post_answer(request, updated.post, **about)


@router.get(ONE_POST, **SHOWN)
async def show_post(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """One post, in the shape that PATCH accepts back."""
    return post_answer(request, await caller.run(get_post, post_id=read_post_id(post_id)))


@router.get("", **LISTED)
async def show_posts(
    request: Request,
    caller: Admitted,
    status: Annotated[
        PostStatus | None, Query(description="Only posts of this status.", examples=["scheduled"])
    ] = None,
    platform: Annotated[
        Platform | None, Query(description="Only posts that go to this platform.", examples=["instagram"])
    ] = None,
    limit: Annotated[int, Query(ge=1, le=PAGE_LIMIT, description="Posts on a page.", examples=[20])] = 20,
    offset: Annotated[int, Query(ge=0, le=2**31 - 1, description="Posts to pass over.", examples=[0])] = 0,
) -> Response:
    """Posts by the time they go out, the earliest first; drafts without a time last."""
    filter = PostFilter(
        statuses=None if status is None else frozenset([status]),
        platforms=None if platform is None else frozenset([platform]),
    )
    page = await caller.run(list_posts, listing=PostListing(filter=filter, limit=limit, offset=offset), with_total=True)
    pagination = {"limit": limit, "offset": offset, "total": page.total, "has_more": page.has_more}
    return success(request, {"posts": [post_shape(post) for post in page.posts], "pagination": pagination})


@router.post("", **CREATED)
async def post_post(request: Request, caller: Admitted) -> Response:
    """A new post: scheduled, due now unless it names a time, or a draft."""
    changes, publish_now = create_changes(await read_json_object(request))
    created = await caller.run(create_post, kind=PostKind.STANDARD, changes=changes, publish_now=publish_now)
    return post_answer(request, created.post, status=201, requested_for=created.requested_for)


@router.delete(ONE_POST, **DELETED)
async def remove_post(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """Delete a post of which nothing is published."""
    id = read_post_id(post_id)
    await caller.run(delete_post, post_id=id, expected_versions=expected_versions(request))
    return success(request, {"post_id": str(id), "deleted": True})
