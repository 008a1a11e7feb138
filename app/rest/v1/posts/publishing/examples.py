"""How publishing went, as OpenAPI shows it."""

from __future__ import annotations

from typing import Any, Final

from app.rest.v1.posts.examples import DESTINATIONS, POST, POST_ID

RESULTS: Final[list[dict[str, Any]]] = [
    {
        **DESTINATIONS[0],
        "status": "published",
        "platform_post_id": "17900000000000001",
        "platform_post_url": "https://platform.example/p/17900000000000001",
        "published_at": "2026-04-20T09:00:01.000Z",
        "attempts": 1,
        "next_retry_at": None,
    },
    {
        **DESTINATIONS[1],
        "status": "failed",
        "error": "The platform refused the post: the access token has expired.",
        "attempts": 3,
        "next_retry_at": None,
    },
]
POST_RESULTS: Final = {"post_id": POST_ID, "post_status": "partially_failed", "results": RESULTS}
RETRY: Final = {"account_ids": [2282]}
RETRIED_DESTINATIONS: Final = [
    {name: value for name, value in RESULTS[0].items() if name != "next_retry_at"},
    {**DESTINATIONS[1], "attempts": 3},
]
RETRIED_POST: Final[dict[str, Any]] = {
    "post_id": POST_ID,
    "retried_count": 1,
    "destinations": RETRIED_DESTINATIONS,
    "next_step": f"1 destination re-queued. Poll GET /v1/posts/{POST_ID} to watch publish status.",
}
SCHEDULE: Final = {"scheduled_for": "2026-04-20T09:00:00Z"}
SCHEDULED_POST: Final[dict[str, Any]] = {
    **POST,
    "next_step": (f"The post is scheduled for 2026-04-20T09:00:00.000Z. Call GET /v1/posts/{POST_ID} to check status."),
}
