"""The routes of posts in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Final

from app.rest.headers import IF_MATCH
from app.rest.v1.documentation import NOT_JSON, VALIDATION, WITH_BODY, request, route
from app.rest.v1.posts import examples
from app.rest.v1.posts.bodies import CreatePostBody, UpdatePostBody
from app.rest.v1.posts.envelopes import V1DeletedPostAnswer, V1PostAnswer, V1PostPageAnswer
from app.rest.v1.posts.refusals import (
    ACCOUNT_PUBLISHED,
    BAD_PARAMETER,
    FIELD_NAME,
    IN_PROGRESS,
    NOT_FOUND,
    PAST_TIME,
    PUBLISHED,
    PUBLISHED_DELETE,
    VERSION,
)

UPDATED: Final = route(
    "Update a post",
    200,
    V1PostAnswer,
    examples.POST,
    {
        **WITH_BODY,
        400: (FIELD_NAME, VALIDATION, PAST_TIME, NOT_JSON),
        404: (NOT_FOUND,),
        409: (PUBLISHED, IN_PROGRESS, ACCOUNT_PUBLISHED),
        412: (VERSION,),
    },
    shows_version=True,
    writes=True,
    **request(UpdatePostBody, examples.UPDATE, parameters=(IF_MATCH,)),
)
SHOWN: Final = route("Show a post", 200, V1PostAnswer, examples.POST, {404: (NOT_FOUND,)}, shows_version=True)
LISTED: Final = route("List posts", 200, V1PostPageAnswer, examples.POST_PAGE, {400: (BAD_PARAMETER,)})
CREATED: Final = route(
    "Create a post",
    201,
    V1PostAnswer,
    examples.POST,
    {**WITH_BODY, 400: (FIELD_NAME, VALIDATION, PAST_TIME, NOT_JSON)},
    shows_version=True,
    writes=True,
    **request(CreatePostBody, examples.CREATE),
)
DELETED: Final = route(
    "Delete a post",
    200,
    V1DeletedPostAnswer,
    examples.DELETED_POST,
    {404: (NOT_FOUND,), 409: (PUBLISHED_DELETE, IN_PROGRESS), 412: (VERSION,)},
    writes=True,
    **request(parameters=(IF_MATCH,)),
)

SHAPES: Final = (V1PostAnswer, V1PostPageAnswer, V1DeletedPostAnswer)
"""What the documentation above names."""
