"""The route of history in OpenAPI: the constant holds the keyword arguments that document it."""

from __future__ import annotations

from typing import Final

from app.rest.v1.documentation import route
from app.rest.v1.posts.refusals import BAD_PARAMETER, NOT_FOUND
from app.rest.v1.posts.revisions import examples
from app.rest.v1.posts.revisions.envelopes import V1RevisionPageAnswer

REVISIONS_LISTED: Final = route(
    "List what changed a post",
    200,
    V1RevisionPageAnswer,
    examples.REVISION_PAGE,
    {400: (BAD_PARAMETER,), 404: (NOT_FOUND,)},
)

SHAPES: Final = (V1RevisionPageAnswer,)
"""What the documentation above names."""
