"""Looking up many things at once, a statement for as many as both databases take as parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

T = TypeVar("T")

CHUNK = 10_000
"""PostgreSQL takes 65,535 parameters, SQLite as it comes 32,766."""


def chunks_of(values: Iterable[T]) -> Iterator[list[T]]:
    """The values in lists of at most CHUNK; none for no values."""
    remaining = list(values)
    for start in range(0, len(remaining), CHUNK):
        yield remaining[start : start + CHUNK]
