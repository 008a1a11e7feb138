"""Which of two media types an answer has: the Accept header of GraphQL over HTTP."""

from __future__ import annotations

from enum import StrEnum
from functools import lru_cache
from typing import Final


class MediaType(StrEnum):
    """The statuses of the first are the specification's of GraphQL over HTTP; the second has 200 wherever it can."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"


EVENTS: Final = "text/event-stream"
"""What subscriptions are answered with; others are where a client names it before the two, or instead of them."""

_USUAL_LENGTH: Final = 200
"""Characters. What longer headers come to is not remembered: clients make them up."""


def media_type_for(accept: str | None, *, otherwise: MediaType) -> MediaType | None:
    """The media type that a client likes best, by RFC 9110, 12.5.1; None where it takes neither.

    otherwise: what it gets that does not mind.
    """
    if not accept or accept == "*/*":
        return otherwise
    negotiate = _negotiated if len(accept) <= _USUAL_LENGTH else _negotiated.__wrapped__
    return negotiate(accept, otherwise)


@lru_cache(maxsize=256)
def _negotiated(accept: str, otherwise: MediaType) -> MediaType | None:
    best: tuple[float, int, int] | None = None
    chosen = None
    likings = [_liking(each) for each in accept.split(",")]
    for offered in (otherwise, *(other for other in MediaType if other is not otherwise)):
        # Of what is said of a type, the most specific counts; of types that are liked as much, the first named.
        said = [
            (_specificity(name), quality, -place)
            for place, (name, quality) in enumerate(likings)
            if name in (offered, "application/*", "*/*")
        ]
        if not said:
            continue
        specificity, quality, place = max(said)
        rank = (quality, place if specificity == 2 else -len(likings), specificity)
        if quality > 0 and (best is None or rank > best):
            best, chosen = rank, offered
    return chosen


def _liking(part: str) -> tuple[str, float]:
    """A media range and its quality, 0 to 1. One that cannot be read is as if it were not there."""
    name, *parameters = (item.strip() for item in part.split(";"))
    quality = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                quality = min(max(float(value), 0.0), 1.0)
            except ValueError:
                return "", 0.0
    return name.lower(), quality


def _specificity(name: str) -> int:
    return {"*/*": 0, "application/*": 1}.get(name, 2)
