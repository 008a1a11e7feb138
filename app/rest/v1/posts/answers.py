"""How REST v1 answers with a post."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.rest.v1.answers import success
from app.rest.v1.posts.preconditions import version_tag
from app.rest.v1.posts.shapes import post_shape

if TYPE_CHECKING:
    from fastapi import Request, Response

    from app.domain.post import Post


def post_answer(request: Request, post: Post, *, status: int = 200, **about: Any) -> Response:
    """The post with its version as ETag. about: what post_shape takes beside it."""
    return success(request, post_shape(post, **about), status=status, headers={"ETag": version_tag(post)})
