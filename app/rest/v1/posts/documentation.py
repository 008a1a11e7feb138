"""The routes of posts in OpenAPI: each constant holds the keyword arguments that document one."""

from __future__ import annotations

from typing import Final

from app.rest.headers import IF_MATCH
from app.rest.v1.documentation import NOT_JSON, VALIDATION, WITH_BODY, refusal, request, route
from app.rest.v1.posts import examples
from app.rest.v1.posts.bodies import CreatePostBody, UpdatePostBody
from app.rest.v1.posts.envelopes import V1DeletedPostAnswer, V1PostAnswer, V1PostPageAnswer

_FIELD_NAME = refusal(
    "invalid_field_name",
    "Unknown field media: did you mean media_ids?",
    {"field": "media", "suggestion": "media_ids"},
)
_PAST_TIME = refusal(
    "past_schedule_time",
    "`scheduled_for` must be in the future.",
    [
        {
            "path": ["scheduled_for"],
            "code": "PAST_SCHEDULE_TIME",
            "message": "`scheduled_for` must be in the future.",
        }
    ],
)
_NOT_FOUND = refusal("not_found", "Post not found.")
_PUBLISHED = refusal("post_already_published", "Cannot update a post that has already been published.")
_PUBLISHED_DELETE = refusal(
    "post_already_published",
    "Cannot delete a post that has already been published. Delete it from the platform directly.",
)
_IN_PROGRESS = refusal("conflict", "The post is being published right now. Try again when its status has settled.")
_ACCOUNT_PUBLISHED = refusal(
    "conflict",
    "The post has already been published to account 2280, which cannot be left out.",
    {"account_ids": [2280]},
)
_VERSION = refusal("version_conflict", "The post has changed: its current version is 3.", {"current_version": 3})
_PARAMETER = "`limit` must be at most 100."
_BAD_PARAMETER = refusal(
    "validation_error", _PARAMETER, [{"path": ["limit"], "code": "INVALID_VALUE", "message": _PARAMETER}]
)

UPDATED: Final = route(
    "Update a post",
    200,
    V1PostAnswer,
    examples.POST,
    {
        **WITH_BODY,
        400: (_FIELD_NAME, VALIDATION, _PAST_TIME, NOT_JSON),
        404: (_NOT_FOUND,),
        409: (_PUBLISHED, _IN_PROGRESS, _ACCOUNT_PUBLISHED),
        412: (_VERSION,),
    },
    shows_version=True,
    writes=True,
    **request(UpdatePostBody, examples.UPDATE, parameters=(IF_MATCH,)),
)
SHOWN: Final = route("Show a post", 200, V1PostAnswer, examples.POST, {404: (_NOT_FOUND,)}, shows_version=True)
LISTED: Final = route("List posts", 200, V1PostPageAnswer, examples.POST_PAGE, {400: (_BAD_PARAMETER,)})
CREATED: Final = route(
    "Create a post",
    201,
    V1PostAnswer,
    examples.POST,
    {**WITH_BODY, 400: (_FIELD_NAME, VALIDATION, _PAST_TIME, NOT_JSON)},
    shows_version=True,
    writes=True,
    **request(CreatePostBody, examples.CREATE),
)
DELETED: Final = route(
    "Delete a post",
    200,
    V1DeletedPostAnswer,
    examples.DELETED_POST,
    {404: (_NOT_FOUND,), 409: (_PUBLISHED_DELETE, _IN_PROGRESS), 412: (_VERSION,)},
    writes=True,
    **request(parameters=(IF_MATCH,)),
)

SHAPES: Final = (V1PostAnswer, V1PostPageAnswer, V1DeletedPostAnswer)
"""What the documentation above names."""
