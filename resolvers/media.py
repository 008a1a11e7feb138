"""Media in the schema."""

from __future__ import annotations

from typing import TypeVar
from uuid import UUID

import strawberry
from strawberry import UNSET

from app.domain import media as domain
from app.domain.media import MediaType
from resolvers.reading import reads

T = TypeVar("T")


@strawberry.type(description="An image or a video that posts can carry.")
class Media:
    source: strawberry.Private[domain.Media]
    media_id: UUID = reads("id", description="What mediaIds names it by.")
    type: MediaType = reads("type", description="What it holds.")
    url: str = reads("url", description="Where it can be fetched.")
    width: int | None = reads("width", description="Pixels; null where not known.")
    height: int | None = reads("height", description="Pixels; null where not known.")
    duration_ms: int | None = reads("duration_ms", description="Milliseconds; null for an image and where not known.")
    alt_text: str | None = reads("alt_text", description="What it shows, for those who cannot see it.")

    @classmethod
    def of(cls, media: domain.Media) -> Media:
        return cls(source=media)


@strawberry.input(description="An image or a video that is kept elsewhere, as far as the caller knows it.")
class CreateMediaFromUrlInput:
    url: str = strawberry.field(
        description=f"An http or https URL of at most {domain.URL_LIMIT} bytes. The same URL is the same record."
    )
    type: MediaType = strawberry.field(description="What it holds.")
    width: int | None = strawberry.field(default=UNSET, description="Pixels, at least 1.")
    height: int | None = strawberry.field(default=UNSET, description="Pixels, at least 1.")
    duration_ms: int | None = strawberry.field(default=UNSET, description="Milliseconds, at least 0.")
    alt_text: str | None = strawberry.field(
        default=UNSET,
        description=f"What it shows, for those who cannot see it; at most {domain.ALT_TEXT_LIMIT} characters.",
    )

    def to_media(self) -> domain.LinkedMedia:
        return domain.LinkedMedia(
            url=self.url,
            type=self.type,
            width=_told(self.width),
            height=_told(self.height),
            duration_ms=_told(self.duration_ms),
            alt_text=_told(self.alt_text),
        )


def _told(value: T | None) -> T | None:
    """What an input says of a field: left out is as good as null here."""
    return None if value is UNSET else value
