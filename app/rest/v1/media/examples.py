"""Media as OpenAPI shows it."""

from __future__ import annotations

from typing import Any, Final

MEDIA_ID: Final = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
MEDIA: Final[dict[str, Any]] = {
    "media_id": MEDIA_ID,
    "type": "image",
    "width": 1920,
    "height": 1080,
    "url": f"https://redraft.example/media/1/{MEDIA_ID}-0f1e2d3c4b5a69788796a5b4c3d2e1f0.jpg",
    "duration_ms": None,
    "alt_text": "The launch date on a blue ground",
    "content_type": "image/jpeg",
    "size": 482113,
}
DELETED_MEDIA: Final = {"media_id": MEDIA_ID, "deleted": True}
UPLOAD: Final = {"file": "(the file's bytes)", "alt_text": MEDIA["alt_text"]}
