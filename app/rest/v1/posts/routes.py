"""REST v1: posts."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from app.commands.create_post import create_post
from app.commands.delete_post import delete_post
from app.commands.get_post import get_post
from app.commands.list_posts import list_posts
from app.commands.update_post import update_post
from app.domain.errors import PostNotFound
from app.domain.ids import read_uuid
from app.domain.kind import PostKind
from app.domain.listing import PAGE_LIMIT, PostFilter, PostListing
from app.domain.platforms import Platform
from app.domain.post import Post, PostStatus
from app.http.body import read_json_object
from app.rest.admission import Admitted
from app.rest.v1.answers import V1Route, success
from app.rest.v1.posts.bodies import create_changes, update_changes
from app.rest.v1.posts.documentation import CREATED, DELETED, LISTED, SHOWN, UPDATED
from app.rest.v1.posts.examples import POST_ID
from app.rest.v1.posts.preconditions import expected_versions, version_tag
from app.rest.v1.posts.shapes import post_shape

router = APIRouter(prefix="/posts", tags=["REST v1"], route_class=V1Route)

PostId = Annotated[str, Path(description="The post's UUID.", examples=[POST_ID], json_schema_extra={"format": "uuid"})]


@router.patch("/{post_id}", **UPDATED)
async def patch_post(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """Change what is sent, leave the rest as it is. A published post cannot be changed."""
    id = _post_id(post_id)
    body = await read_json_object(request)
    changes = update_changes(body, post_id=id, expected_versions=expected_versions(request))
    updated = await caller.run(update_post, post_id=id, changes=changes)
    return _show(request, updated.post, changed_fields=updated.changed_fields, requested_for=updated.requested_for)


@router.get("/{post_id}", **SHOWN)
async def show_post(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """One post, in the shape that PATCH accepts back."""
    return _show(request, await caller.run(get_post, post_id=_post_id(post_id)))


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
    return _show(request, created.post, status=201, requested_for=created.requested_for)


@router.delete("/{post_id}", **DELETED)
async def remove_post(request: Request, caller: Admitted, post_id: PostId) -> Response:
    """Delete a post of which nothing is published."""
    id = _post_id(post_id)
    await caller.run(delete_post, post_id=id, expected_versions=expected_versions(request))
    return success(request, {"post_id": str(id), "deleted": True})


def _show(request: Request, post: Post, *, status: int = 200, **about: Any) -> Response:
    return success(request, post_shape(post, **about), status=status, headers={"ETag": version_tag(post)})


def _post_id(written: str) -> UUID:
    id = read_uuid(written)
    if id is None:
        raise PostNotFound(written)
    return id
