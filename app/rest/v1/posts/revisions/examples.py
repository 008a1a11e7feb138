"""The history of a post, as OpenAPI shows it."""

from __future__ import annotations

from typing import Any, Final

CHANGE: Final = {
    "field": "content",
    "before": "We launch next week.",
    "after": "Updated caption — new launch date confirmed!",
}
REVISION: Final[dict[str, Any]] = {
    "version": 2,
    "changed_at": "2026-04-12T08:30:00.000Z",
    "changed_by": "My editor",
    "changes": [CHANGE],
}
PAGINATION: Final = {"limit": 20, "before": 3, "total": 2, "has_more": True}
REVISION_PAGE: Final = {"revisions": [REVISION], "pagination": {**PAGINATION, "limit": 1}}
