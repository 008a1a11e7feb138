"""A bulk request and its answers, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any, Final

from app.rest.v1.documentation import refusal
from app.rest.v1.posts.examples import CREATE, POST, POST_ID

_NO_CONTENT: Final = "A scheduled post needs content or media."
ERROR: Final = refusal(
    "validation_error", _NO_CONTENT, [{"path": ["content"], "code": "REQUIRED", "message": _NO_CONTENT}]
)
BULK: Final = {"posts": [CREATE, {"account_ids": [2280], "scheduled_for": "2026-04-20T09:00:00Z"}]}
CREATED_POST: Final[dict[str, Any]] = {
    **POST,
    "next_step": (f"The post is scheduled for 2026-04-20T09:00:00.000Z. Call GET /v1/posts/{POST_ID} to check status."),
}
_CREATED: Final = {"index": 0, "ok": True, "post": CREATED_POST}
SUMMARY: Final = {"total": 2, "succeeded": 1, "failed": 1}
RESULTS: Final[list[dict[str, Any]]] = [_CREATED, {"index": 1, "ok": False, "error": ERROR}]
ALL_CREATED: Final = {"summary": {"total": 1, "succeeded": 1, "failed": 0}, "results": [_CREATED]}
SOME_CREATED: Final = {"summary": SUMMARY, "results": RESULTS}
NONE_CREATED: Final = {
    "summary": {"total": 1, "succeeded": 0, "failed": 1},
    "results": [{"index": 0, "ok": False, "error": ERROR}],
}
