"""Which of two media types an answer has: the Accept header of GraphQL over HTTP."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence


class MediaType(StrEnum):
    """The statuses of the first are the specification's of GraphQL over HTTP; the second has 200 wherever it can."""

    GRAPHQL = "application/graphql-response+json"
    JSON = "application/json"


EVENTS: Final = "text/event-stream"

_USUAL_LENGTH: Final = 200
"""Characters. What longer headers come to is not remembered: clients make them up."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """media_type: what a client likes best of the two; None where it takes neither.

    takes_events: whether it names a stream of events, which is what subscriptions are answered with. prefers_events:
    whether it likes that better, so that everything is.
    """

    media_type: MediaType | None
    takes_events: bool = False
    prefers_events: bool = False


def accepted(accept: str, *, otherwise: MediaType) -> Accepted:
    """What an Accept header comes to, by RFC 9110, 12.5.1. otherwise: what a client gets that does not mind."""
    read = _read if len(accept) <= _USUAL_LENGTH else _read.__wrapped__
    return read(accept, otherwise)


@lru_cache(maxsize=256)
def _read(accept: str, otherwise: MediaType) -> Accepted:
    if not accept:
        return Accepted(otherwise)
    likings = [_liking(each) for each in accept.split(",")]
    offered = (otherwise, *(other for other in MediaType if other is not otherwise))
    ranks = [(rank, -place, type_) for place, type_ in enumerate(offered) if (rank := _rank(type_, likings))]
    best, _, media_type = max(ranks, default=(None, 0, None))
    named = [liking if liking[0] == EVENTS else ("", 0.0) for liking in likings]  # "*/*" is no wish for a stream
    events = _rank(EVENTS, named)
    return Accepted(media_type, events is not None, events is not None and (best is None or events > best))


def _rank(offered: str, likings: Sequence[tuple[str, float]]) -> tuple[float, int, int] | None:
    """How well a type is liked, to be compared with others; None where it is not taken.

    Of what is said of a type, the most specific counts; of types that are liked as much, the first named.
    """
    said = [
        (_specificity(name), quality, -place)
        for place, (name, quality) in enumerate(likings)
        if name in (offered, "application/*", "*/*")
    ]
    if not said:
        return None
    specificity, quality, place = max(said)
    return (quality, place if specificity == 2 else -len(likings), specificity) if quality > 0 else None


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
