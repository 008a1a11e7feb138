"""What validation found, without saying the same thing again and again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from graphql import GraphQLError

if TYPE_CHECKING:
    from collections.abc import Iterable


def said_once(errors: Iterable[GraphQLError]) -> list[GraphQLError]:
    """Each message once, with every place that it is said of.

    An unknown field that is selected twenty times is one mistake, and would keep the others from being reported.
    """
    alike: dict[str, list[GraphQLError]] = {}
    for error in errors:
        alike.setdefault(error.message, []).append(error)
    return [
        same[0]
        if len(same) == 1
        else GraphQLError(
            message, [node for error in same for node in error.nodes or ()], extensions=same[0].extensions
        )
        for message, same in alike.items()
    ]
