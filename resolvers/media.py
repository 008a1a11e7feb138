"""Media in the schema."""

from __future__ import annotations

from uuid import UUID

import strawberry

from app.domain import media as domain
from app.domain.media import MediaType


@strawberry.type(description="An image or a video that posts can carry.")
class Media:
    media_id: UUID = strawberry.field(description="What mediaIds names it by.")
    type: MediaType = strawberry.field(description="What it holds.")
    url: str = strawberry.field(description="Where it can be fetched.")
    width: int | None = strawberry.field(description="Pixels; null where not known.")
    height: int | None = strawberry.field(description="Pixels; null where not known.")
    duration_ms: int | None = strawberry.field(description="Milliseconds; null for an image and where not known.")
    alt_text: str | None = strawberry.field(description="What it shows, for those who cannot see it.")

    @classmethod
    def of(cls, media: domain.Media) -> Media:
        return cls(
            media_id=media.id,
            type=media.type,
            url=media.url,
            width=media.width,
            height=media.height,
            duration_ms=media.duration_ms,
            alt_text=media.alt_text,
        )
