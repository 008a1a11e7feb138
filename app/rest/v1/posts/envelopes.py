"""The answers about posts, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.posts.examples import DELETED_POST, POST, POST_PAGE
from app.rest.v1.posts.shapes import V1DeletedPost, V1Post, V1PostPage


class V1PostAnswer(V1Success):
    """An answer that holds a post."""

    data: Annotated[V1Post, described("The post.", POST)]


class V1PostPageAnswer(V1Success):
    """An answer that holds a page of posts."""

    data: Annotated[V1PostPage, described("The page.", POST_PAGE)]


class V1DeletedPostAnswer(V1Success):
    """The answer to a deletion."""

    data: Annotated[V1DeletedPost, described("What was deleted.", DELETED_POST)]
