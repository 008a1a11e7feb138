"""The routes that change many posts, in OpenAPI."""

from __future__ import annotations

from typing import Final

from app.rest.ugc import examples
from app.rest.ugc.batches.bodies import PostIdsBody
from app.rest.ugc.documentation import NOT_FOUND, route
from app.rest.ugc.envelopes import DeleteSuccess, RetrySuccess

_BODY: Final = (
    "`postIds` is required: the ids of 1 to 100 posts.",
    "`postIds` holds 101 ids; at most 100 are allowed.",
    "Unknown field postId: did you mean postIds?",
)

RETRIED: Final = route(
    "Retry failed posts",
    PostIdsBody,
    {"postIds": examples.POST_IDS},
    RetrySuccess,
    examples.RETRY,
    {400: (f"`{examples.POST_ID}`: Only a failed post can be retried.", *_BODY), **NOT_FOUND},
    writes=True,
    message="Successfully retried 2 post(s)",
)
DELETED: Final = route(
    "Delete posts",
    PostIdsBody,
    {"postIds": examples.POST_IDS},
    DeleteSuccess,
    examples.DELETE,
    {400: (f"`{examples.POST_ID}`: The post has already been published.", *_BODY), **NOT_FOUND},
    writes=True,
)
