"""Field names in messages: finding the one that was meant, and spelling them the way an edge does."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def nearest_name(written: str, known: Iterable[str]) -> str | None:
    """The known name nearest to what was written, or None. Case and underscores do not count."""
    by_letters = {_letters(name): name for name in known}
    close = get_close_matches(_letters(written), by_letters, n=1, cutoff=0.7)
    return by_letters[close[0]] if close else None


def respelled(message: str, spell: Callable[[str], str]) -> str:
    """A message of the domain, in which field names stand between backticks, with those names spelled another way."""
    return re.sub(r"`([^`]+)`", lambda match: f"`{spell(match[1])}`", message)


def _letters(name: str) -> str:
    return name.replace("_", "").replace("-", "").lower()
