"""What text may be: anything that every engine can store and give back byte for byte."""

from __future__ import annotations


def is_storable(text: str) -> bool:
    """False for text with NUL characters (PostgreSQL keeps none) or lone surrogates (they have no UTF-8)."""
    try:
        return b"\0" not in text.encode()
    except UnicodeEncodeError:
        return False
