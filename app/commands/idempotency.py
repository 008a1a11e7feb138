"""A request that is repeated under its key has its effect once, and gets its first answer again.

What a command came to is recorded in the transaction of its effect: either both are on disk, or neither. A refusal is
recorded too. What was not a refusal but a failure leaves nothing behind, so that a repeat tries again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from app.commands.outcomes import from_json, to_json
from app.domain.errors import IdempotencyKeyReused, Refusal, RequestInProgress

if TYPE_CHECKING:
    from collections.abc import Callable

    from app.commands.unit import Unit

KEPT: Final = timedelta(hours=24)
"""How long a key is remembered."""


class KeyedRequest:
    """A request that may be repeated under its key.

    fingerprint: computes 32 bytes that are the same for the same request, and for no other.
    """

    def __init__(self, key: str, fingerprint: Callable[[], bytes]) -> None:
        self.key = key
        self.fingerprint = cache(fingerprint)
        self._steps = 0

    def next_step(self) -> Step:
        """A request may run several commands, always in the same order."""
        step = Step(key=self.key, number=self._steps, fingerprint=self.fingerprint())
        self._steps += 1
        return step


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a keyed request, by its number from 0."""

    key: str
    number: int
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A refusal on its way out of a transaction that must be committed."""

    refusal: Refusal


def run_once(unit: Unit, step: Step, work: Callable[[], Any]) -> Any:
    """Do the work unless it has been done: its answer, or Refused.

    Raises IdempotencyKeyReused for another request under the key, RequestInProgress while another transaction is at it.
    """
    keys = unit.idempotency_keys
    if not keys.try_lock(step.key):
        raise RequestInProgress(step.key)
    recorded = keys.find(step.key, step.number)
    forgotten = unit.now - KEPT
    if recorded is not None and recorded.recorded_at <= forgotten:
        keys.forget(step.key)
        recorded = None
    if recorded is None:
        outcome = _attempted(unit, work)
        keys.forget_old(until=forgotten)
        keys.add(step.key, step.number, fingerprint=step.fingerprint, outcome=to_json(outcome), now=unit.now)
    elif recorded.fingerprint != step.fingerprint:
        raise IdempotencyKeyReused(step.key)
    else:
        outcome = from_json(recorded.outcome)
    return Refused(outcome) if isinstance(outcome, Refusal) else outcome


def _attempted(unit: Unit, work: Callable[[], Any]) -> Any:
    """What the work answers, or its refusal, whose half-done work is undone."""
    try:
        with unit.begin_savepoint():
            return work()
    except Refusal as refusal:
        return refusal
