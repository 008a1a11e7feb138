"""What each platform takes, in the schema."""

from __future__ import annotations

import strawberry

from app.domain import platform_rules as domain
from app.domain.platforms import Platform
from app.domain.text_length import TextUnit


@strawberry.type(description="What a platform takes. null: no limit that is known.")
class PlatformRules:
    platform: Platform = strawberry.field(description="The platform.")
    text_limit: int | None = strawberry.field(description="The most that a post's text may have, in textUnit.")
    text_unit: TextUnit = strawberry.field(description="What the platform counts.")
    text_byte_limit: int | None = strawberry.field(description="A second limit of the text: bytes in UTF-8.")
    title_limit: int | None = strawberry.field(description="The most that a title may have, in titleUnit.")
    title_unit: TextUnit = strawberry.field(description="What the platform counts in a title.")
    max_images: int | None = strawberry.field(description="Images in one post; 0 where it takes none.")
    max_videos: int | None = strawberry.field(description="Videos in one post; 0 where it takes none.")
    max_media: int | None = strawberry.field(description="Images and videos in one post, together.")
    mixes_media: bool = strawberry.field(description="Whether one post may hold images and videos.")
    requires_media: bool = strawberry.field(description="Whether a post needs an image or a video.")
    reviewed_on: str = strawberry.field(description="The day on which this was last checked, as YYYY-MM-DD.")
    source: str = strawberry.field(description="The page that says the limit of the text.")

    @classmethod
    def of(cls, rules: domain.PlatformRules) -> PlatformRules:
        return cls(
            platform=rules.platform,
            text_limit=rules.text_limit,
            text_unit=rules.text_unit,
            text_byte_limit=rules.text_byte_limit,
            title_limit=rules.title_limit,
            title_unit=rules.title_unit,
            max_images=rules.max_images,
            max_videos=rules.max_videos,
            max_media=rules.max_media,
            mixes_media=rules.mixes_media,
            requires_media=rules.requires_media,
            reviewed_on=rules.reviewed_on.isoformat(),
            source=rules.source,
        )
