"""Ids as text."""

from __future__ import annotations

import re
from uuid import UUID

_UUID = re.compile(r"[0-9a-f]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII | re.IGNORECASE)


def read_uuid(text: str) -> UUID | None:
    """32 hex digits, with the usual four hyphens or without any; None for other text.

    UUID() alone also reads braces, urn:uuid:, and hyphens and underscores wherever they stand.
    """
    return UUID(text) if _UUID.fullmatch(text) else None
