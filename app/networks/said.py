"""What a network says, made fit to be stored and shown: bounded, printable, and without the secrets it was told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from app.domain.credentials import ADDRESSES
from app.domain.media import is_media_url
from app.domain.text import is_storable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from app.domain.credentials import Credentials

REASON_LIMIT: Final = 300
"""Code points of a network's own words that are kept."""

ID_LIMIT: Final = 255
"""Code points."""

_LONG: Final = 16
"""Characters from which a piece of an address may be a secret: nobody guesses it, and no path is named so by chance."""


def reason(text: object, credentials: Credentials) -> str | None:
    """A network's own words about why it refuses; None where it gives none."""
    if not isinstance(text, str):
        return None
    for secret in sorted(_secrets(credentials), key=len, reverse=True):
        text = text.replace(secret, "(hidden)")
    words = "".join(c if c.isprintable() else " " for c in text).split()
    said = " ".join(words)
    return (said if len(said) <= REASON_LIMIT else f"{said[:REASON_LIMIT]}…") or None


def post_id(value: object) -> str | None:
    """A network's own id of a post, if that is what it is."""
    is_id = isinstance(value, str) and 0 < len(value) <= ID_LIMIT and is_storable(value) and value.isprintable()
    return str(value) if is_id else None


def post_url(value: object) -> str | None:
    """The address of a post, if that is what it is."""
    return value if isinstance(value, str) and is_media_url(value) else None


def _secrets(credentials: Credentials) -> Iterator[str]:
    """What must not be quoted: every value, and of an address what only its owner knows."""
    for name, value in credentials.items():
        yield value
        if name in ADDRESSES:
            parts = urlsplit(value)
            yield from (piece for piece in (parts.query, *parts.path.split("/")) if len(piece) >= _LONG)
