"""The documented API's own examples, under our ids, and others of their kind, which OpenAPI shows."""

from __future__ import annotations

from typing import Any, Final

POST_ID: Final = "post_71de0000000040008000000000000006"
POST_IDS: Final = [POST_ID, "post_511de540000040008000000000000007"]
ACCOUNT_ID: Final = "acc_2290"
VIDEO_URL: Final = "https://blob.vercel-storage.com/video.mp4"
IMAGE_URLS: Final = ["https://blob.vercel-storage.com/1.jpg", "https://blob.vercel-storage.com/2.jpg"]
POST_URL: Final = "https://www.tiktok.com/@mybrand.video/video/7290000000000000000"

POST: Final[dict[str, Any]] = {
    "id": POST_ID,
    "account_id": ACCOUNT_ID,
    "type": "video",
    "status": "scheduled",
    "caption": "Updated caption!",
    "title": None,
    "media_urls": [VIDEO_URL],
    "social_audio_id": None,
    "music_post_id": None,
    "scheduled_at": "2025-01-15T14:00:00.000Z",
}
UPDATE: Final = {"postId": POST_ID, "caption": "Updated caption!", "postTime": "2025-01-15T14:00:00Z"}

NEW_VIDEO: Final = {
    "accountId": ACCOUNT_ID,
    "videoUrl": VIDEO_URL,
    "caption": "Fifteen seconds of Lisbon",
    "postTime": "2025-01-15T14:00:00Z",
}
NEW_VIDEO_POST: Final = POST | {"caption": "Fifteen seconds of Lisbon"}
_SLIDES: Final = {"caption": "Swipe!", "title": "Three days in Lisbon"}
NEW_SLIDESHOW: Final = {"accountId": ACCOUNT_ID, "imageUrls": IMAGE_URLS, **_SLIDES}
NEW_SLIDESHOW_POST: Final = POST | {"id": POST_IDS[1], "type": "slideshow", "media_urls": IMAGE_URLS, **_SLIDES}
NEW_DRAFT: Final = {"type": "slideshow", "mediaUrls": IMAGE_URLS, **_SLIDES}
NEW_DRAFT_POST: Final = NEW_SLIDESHOW_POST | {"account_id": None, "status": "draft", "scheduled_at": None}

LIST: Final = {"accountIds": [ACCOUNT_ID], "startDate": "2025-01-01", "endDate": "2025-01-31"}
STATUS: Final = {"post_id": POST_ID, "status": "complete", "postUrl": POST_URL}
RETRY: Final = {"retried": 2, "ids": POST_IDS}
DELETE: Final = {"deleted": 2, "deleting": 0, "deletedIds": POST_IDS, "deletingIds": []}
ENTRIES: Final = [
    {"accountId": ACCOUNT_ID, "postTime": "2025-01-15T14:00:00Z"},
    {"accountId": ACCOUNT_ID, "postTime": "2025-01-15T14:10:00Z"},
]
PREVIEW: Final[list[dict[str, Any]]] = [
    {
        "accountId": ACCOUNT_ID,
        "requestedTime": "2025-01-15T14:00:00.000Z",
        "scheduledTime": "2025-01-15T14:00:00.000Z",
        "bumped": False,
    },
    {
        "accountId": ACCOUNT_ID,
        "requestedTime": "2025-01-15T14:10:00.000Z",
        "scheduledTime": "2025-01-15T15:00:00.000Z",
        "bumped": True,
    },
]
