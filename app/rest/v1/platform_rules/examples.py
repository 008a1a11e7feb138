"""The rules of a platform, as OpenAPI shows them."""

from __future__ import annotations

from typing import Any, Final

_SOURCES: Final = [
    "https://developers.facebook.com/docs/instagram-platform/instagram-graph-api/reference/ig-user/media",
    "https://developers.facebook.com/docs/instagram-platform/content-publishing",
]
RULES: Final[dict[str, Any]] = {
    "platform": "instagram",
    "name": "Instagram",
    "text_limit": 2200,
    "text_unit": "code_points",
    "text_byte_limit": None,
    "title_limit": None,
    "title_unit": "code_points",
    "max_images": 10,
    "max_videos": 10,
    "max_media": 10,
    "mixes_media": True,
    "requires_media": True,
    "reviewed_on": "2026-11-22",
    "source": _SOURCES[0],
    "sources": _SOURCES,
}
RULES_LIST: Final = {"platform_rules": [RULES]}
