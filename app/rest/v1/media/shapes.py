"""What REST v1 shows of media."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from typing_extensions import TypedDict

from app.domain.media import MediaType
from app.rest.described import described
from app.rest.v1.media.examples import MEDIA, MEDIA_ID

if TYPE_CHECKING:
    from app.domain.media import Media


class V1MediaRecord(TypedDict):
    """An image or a video that posts can carry."""

    media_id: Annotated[str, described("Its UUID: what media_ids of a post names it by.", MEDIA_ID)]
    type: Annotated[str, described("What it is.", "image", among=MediaType)]
    width: Annotated[int | None, described("Pixels, the right way up; null where it is not known.", 1920)]
    height: Annotated[int | None, described("Pixels, the right way up; null where it is not known.", 1080)]
    url: Annotated[str, described("Where it can be fetched, without a key.", MEDIA["url"])]
    duration_ms: Annotated[
        int | None, described("Milliseconds; null for an image, and where it is not known.", None, 15_000)
    ]
    alt_text: Annotated[str | None, described("What it shows, for those who cannot see it.", MEDIA["alt_text"])]
    content_type: Annotated[
        str | None, described("What its bytes are; null for media that is kept elsewhere.", MEDIA["content_type"])
    ]
    size: Annotated[int | None, described("Bytes; null for media that is kept elsewhere.", MEDIA["size"])]


class V1DeletedMedia(TypedDict):
    """What is left to say of media that was deleted."""

    media_id: Annotated[str, described("The UUID that it had.", MEDIA_ID)]
    deleted: Annotated[bool, described("Always true.", True)]


def media_record_shape(media: Media) -> V1MediaRecord:
    return {
        "media_id": str(media.id),
        "type": media.type,
        "width": media.width,
        "height": media.height,
        "url": media.url,
        "duration_ms": media.duration_ms,
        "alt_text": media.alt_text,
        "content_type": media.content_type,
        "size": media.size,
    }
