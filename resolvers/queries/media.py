"""Reading media."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

import strawberry

from app.commands.get_media import get_media
from app.domain.errors import MediaNotFound
from resolvers.context import Info
from resolvers.media import Media


@strawberry.type
class MediaQueries:
    @strawberry.field(description="One media record; null where it does not exist for the caller.")
    async def media(
        self, info: Info, id: Annotated[UUID, strawberry.argument(description="The media's UUID.")]
    ) -> Media | None:
        try:
            return Media.of(await info.context.run(get_media, media_id=id))
        except MediaNotFound:
            return None
