"""The answer to a bulk request, as OpenAPI describes it."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.posts.bulk.examples import SOME_CREATED
from app.rest.v1.posts.bulk.shapes import V1Bulk


class V1BulkAnswer(V1Success):
    """The answer to a bulk request."""

    data: Annotated[V1Bulk, described("What came of each post.", SOME_CREATED)]
