"""The mutations of media. Files are uploaded over REST: POST /v1/media."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.commands.create_media_from_url import create_media_from_url
from resolvers.context import Info
from resolvers.errors import InvalidInput
from resolvers.media import CreateMediaFromUrlInput, Media


@strawberry.type(description="The media is recorded.")
class CreateMediaSuccess:
    media: Media = strawberry.field(description="The record: for a URL that was recorded before, the one it has.")


CreateMediaResult = Annotated[
    CreateMediaSuccess | InvalidInput,
    strawberry.union("CreateMediaResult", description="What came of recording media."),
]


@strawberry.type
class MediaMutations:
    @strawberry.mutation(description="Record media that is kept elsewhere. It is not fetched.")
    async def create_media_from_url(
        self,
        info: Info,
        input: Annotated[CreateMediaFromUrlInput, strawberry.argument(description="The media.")],
    ) -> CreateMediaResult:
        media = await info.context.run(create_media_from_url, media=input.to_media())
        return CreateMediaSuccess(media=Media.of(media))
