"""The answers about publishing, as OpenAPI describes them."""

from __future__ import annotations

from typing import Annotated

from app.rest.described import described
from app.rest.v1.envelopes import V1Success
from app.rest.v1.posts.publishing.examples import POST_RESULTS, RETRIED_POST
from app.rest.v1.posts.publishing.shapes import V1PostResults, V1RetriedPost


class V1PostResultsAnswer(V1Success):
    """An answer that holds how publishing went."""

    data: Annotated[V1PostResults, described("How it went.", POST_RESULTS)]


class V1RetriedPostAnswer(V1Success):
    """The answer to a retry."""

    data: Annotated[V1RetriedPost, described("What was queued again.", RETRIED_POST)]
