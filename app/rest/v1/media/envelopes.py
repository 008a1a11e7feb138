"""The answers about media, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.media.examples import DELETED_MEDIA, MEDIA
from app.rest.v1.media.shapes import V1DeletedMedia, V1MediaRecord


class V1MediaAnswer(V1Success):
    """An answer that holds media."""

    data: Annotated[V1MediaRecord, described("The media.", MEDIA)]


class V1DeletedMediaAnswer(V1Success):
    """The answer to a deletion."""

    data: Annotated[V1DeletedMedia, described("What was deleted.", DELETED_MEDIA)]
