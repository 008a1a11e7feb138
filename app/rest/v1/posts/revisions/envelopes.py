"""The answer about the history of a post, as OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.posts.revisions.examples import REVISION_PAGE
from app.rest.v1.posts.revisions.shapes import V1RevisionPage


class V1RevisionPageAnswer(V1Success):
    """An answer that holds a page of history."""

    data: Annotated[V1RevisionPage, described("The page.", REVISION_PAGE)]
