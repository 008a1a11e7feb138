"""The documented API's own examples, under our ids, which OpenAPI shows."""

from __future__ import annotations

from typing import Any, Final

POST_ID: Final = "post_71de0000000040008000000000000006"
POST: Final[dict[str, Any]] = {
    "id": POST_ID,
    "account_id": "acc_2290",
    "type": "video",
    "status": "scheduled",
    "caption": "Updated caption!",
    "title": None,
    "media_urls": ["https://blob.vercel-storage.com/video.mp4"],
    "social_audio_id": None,
    "music_post_id": None,
    "scheduled_at": "2025-01-15T14:00:00.000Z",
}
UPDATE: Final = {"postId": POST_ID, "caption": "Updated caption!", "postTime": "2025-01-15T14:00:00Z"}
