"""The routes that look at posts, in OpenAPI."""

from __future__ import annotations

from typing import Final

from app.rest.ugc import examples
from app.rest.ugc.documentation import NOT_FOUND, route
from app.rest.ugc.envelopes import PostListSuccess, StatusSuccess
from app.rest.ugc.reading.bodies import ListBody, StatusBody

LISTED: Final = route(
    "List posts",
    ListBody,
    examples.LIST,
    PostListSuccess,
    [examples.POST],
    {
        400: (
            "More than 1000 posts match: ask for fewer accounts or posts, or a shorter time.",
            "`accountIds` must be a list.",
            "Unknown field accountId: did you mean accountIds?",
        )
    },
    writes=False,
)
STATUS_SHOWN: Final = route(
    "Show where a post stands",
    StatusBody,
    {"postId": examples.POST_ID},
    StatusSuccess,
    examples.STATUS,
    {
        400: (
            "`postId` is required: the id of the post to look at.",
            "Unknown field post_id: did you mean postId?",
        ),
        **NOT_FOUND,
    },
    writes=False,
)
