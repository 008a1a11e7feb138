"""The envelope of the `/post/…` routes, as OpenAPI describes it: around data, and around an error."""

from __future__ import annotations

from typing import Annotated

from typing_extensions import TypedDict

from app.rest.described import described
from app.rest.ugc.answers import NOT_EDITABLE
from app.rest.ugc.examples import POST
from app.rest.ugc.shapes import PostData


class PostSuccess(TypedDict):
    """An answer that holds a post."""

    ok: Annotated[bool, described("Always true.", True)]
    code: Annotated[int, described("The status of the answer.", 200)]
    message: Annotated[str, described("Always the same.", "Success")]
    data: Annotated[PostData, described("The updated post.", POST)]


class PostFailure(TypedDict):
    """An answer that holds an error."""

    ok: Annotated[bool, described("Always false.", False)]
    code: Annotated[int, described("The status of the answer.", 400)]
    message: Annotated[str, described("What is wrong.", NOT_EDITABLE)]
