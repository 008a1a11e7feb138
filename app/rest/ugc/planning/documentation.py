"""The preview of a schedule in OpenAPI."""

from __future__ import annotations

from typing import Final

from app.rest.ugc import examples
from app.rest.ugc.documentation import route
from app.rest.ugc.envelopes import PreviewSuccess
from app.rest.ugc.planning.bodies import PreviewBody

PREVIEWED: Final = route(
    "Preview a schedule",
    PreviewBody,
    {"entries": examples.ENTRIES, "excludePostIds": [examples.POST_ID]},
    PreviewSuccess,
    examples.PREVIEW,
    {
        400: (
            "`entries` is required: 1 to 100 posts that might be made.",
            "`entries.0.postTime` is required: when it would go out.",
            "`entries` holds 101 entries; at most 100 are allowed.",
            "There is no account 3100.",
            "Unknown field entries.0.postTimes: did you mean postTime?",
        )
    },
    writes=False,
)
