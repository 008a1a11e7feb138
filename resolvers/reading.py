"""Fields that read what they show from a domain object: when they are selected, and not before.

A type of such fields has one attribute, `source`, the domain object it shows. Making one costs as good as nothing,
and resolvers.compiled reads past it, straight from the domain object.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import strawberry

if TYPE_CHECKING:
    from collections.abc import Callable


class Reading(property):
    """How a field is read. path: of attributes, from the source on; or else function: of the source.

    by: the type that shows what is found there, or each item of it.
    """

    def __init__(self, path: str | None, function: Callable[[Any], Any] | None, by: Any) -> None:
        self.path = path
        self.function = function
        self.by = by
        read = attrgetter(f"source.{path}") if function is None else _of_source(function)
        super().__init__(read if by is None else _shown_by(by, read))


def reads(what: str | Callable[[Any], Any], *, by: Any = None, description: str) -> Any:
    """A field of a type that shows its `source`: reads("account.id") is the id of the account of the source."""
    reading = Reading(what, None, by) if isinstance(what, str) else Reading(None, what, by)
    field = strawberry.field(default=reading, description=description)
    field.init = field.repr = field.compare = False  # it is not kept: dataclasses would ask for it
    return field


def _of_source(function: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda shown: function(shown.source)


def _shown_by(by: Any, read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def show(shown: Any) -> Any:
        found = read(shown)
        if type(found) in (list, tuple):  # a post is a tuple too, and one thing
            return [by(source=item) for item in found]
        return None if found is None else by(source=found)

    return show
