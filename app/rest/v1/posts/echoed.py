"""The names that only answers hold, and that PATCH accepts when a post is sent back whole, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any, Final

from app.rest.v1.posts.examples import POST

_TIME: Final = {"type": "string", "format": "date-time"}
_KINDS: Final[dict[str, tuple[str, dict[str, Any]]]] = {
    "post_id": ("The post's UUID: that of the path, or a refusal.", {"type": "string", "format": "uuid"}),
    "id": ("The same as post_id.", {"type": "string", "format": "uuid"}),
    "media": ("What the post shows, or a refusal: media_ids changes it.", {"type": "array"}),
    "destinations": ("Ignored.", {"type": "array"}),
    "created_at": ("Ignored.", _TIME),
    "updated_at": ("Ignored.", _TIME),
    "next_step": ("Ignored.", {"type": "string"}),
}
ECHOED: Final[dict[str, dict[str, Any]]] = {
    name: {"description": said, "readOnly": True, "examples": [POST[name]], **kind}
    for name, (said, kind) in _KINDS.items()
}
"""The properties, by their names."""
