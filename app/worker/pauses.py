"""How long to wait before a network that has failed is tried again."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from tenacity import RetryCallState, Retrying, wait_random_exponential

if TYPE_CHECKING:
    from collections.abc import Callable

_WAIT: Final[Callable[[RetryCallState], float]] = wait_random_exponential(multiplier=2, min=1, max=300)
"""Seconds, anywhere from 1 up to 2, 4, 8, …: what failed together does not come back together."""


def pause_after(attempt: int) -> timedelta:
    """attempt: the number of the one that failed, from 1.

    The waiting itself is in the database and outlives the process; of tenacity only the lengths are taken.
    """
    state = RetryCallState(Retrying(), None, (), {})
    state.attempt_number = attempt
    return timedelta(seconds=_WAIT(state))
