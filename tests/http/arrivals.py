"""Requests that come when it matters: at both edges of windows, in bursts, and after pauses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from hypothesis import strategies as st

from app.http.rate_limits import SECOND, RateLimit

Arrivals = list[tuple[int, int]]
"""How many microseconds after those before, and how many at once."""


def arrivals(*limits: RateLimit, most_at_once: int) -> st.SearchStrategy[Arrivals]:
    lengths = [limit.seconds * SECOND for limit in limits]
    edges = [edge for length in lengths for edge in (length, length // 2, length // 1000, 1)]
    steps = st.one_of(
        st.sampled_from([step for edge in edges for step in (edge - 1, edge, edge + 1)]),
        st.integers(min_value=0, max_value=max(lengths) + 1),
    )
    return st.lists(st.tuples(steps, st.integers(min_value=1, max_value=most_at_once)), max_size=60)


def most_in_a_window(admitted: Sequence[int], length: int) -> int:
    """The largest number of these instants, in order, that any half-open window of a length holds.

    One that holds most begins with one of them: moving it up to the first that it holds loses none.
    """
    most = first = 0
    for last, instant in enumerate(admitted):
        while instant - admitted[first] >= length:
            first += 1
        most = max(most, last - first + 1)
    return most


def number_since(instants: Iterable[int], beginning: int) -> int:
    """How many of these came after an instant."""
    return sum(instant > beginning for instant in instants)
