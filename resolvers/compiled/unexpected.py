"""What this room does not do itself."""

from __future__ import annotations

from typing import NoReturn


class NotCovered(Exception):
    """Raised while compiling: graphql-core has to execute this operation."""


class Unexpected(Exception):
    """Raised while running: graphql-core has to do this once more, and to say what is wrong with it."""


def unexpected(*_: object) -> NoReturn:
    raise Unexpected
