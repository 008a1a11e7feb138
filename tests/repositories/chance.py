"""Chance that can be repeated: a failing test shows the seed it ran with."""

from __future__ import annotations

import random
import secrets


def seeded_chance(seed: int | None = None) -> random.Random:
    """Pass the seed that a failure printed to see it again."""
    if seed is None:
        seed = secrets.randbelow(2**32)
    print(f"seed {seed}")  # noqa: T201 - pytest shows it when the test fails
    return random.Random(seed)  # noqa: S311
