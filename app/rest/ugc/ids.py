"""Ids as the `/post/…` routes write them: `post_` and 32 hex digits, `acc_` and a number."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.domain.ids import read_uuid

if TYPE_CHECKING:
    from uuid import UUID


def post_id_text(post_id: UUID) -> str:
    return f"post_{post_id.hex}"


def account_id_text(account_id: int) -> str:
    return f"acc_{account_id}"


def read_post_id(written: str) -> UUID | None:
    """None for what cannot be the id of any post. A bare UUID is accepted too."""
    return read_uuid(written.removeprefix("post_"))


def read_account_id(written: object) -> int | None:
    """None for what cannot be the id of any account. A bare number is accepted too, as text or as a number."""
    if isinstance(written, int) and not isinstance(written, bool):
        return written
    digits = written.removeprefix("acc_") if isinstance(written, str) else ""
    return int(digits) if digits.isascii() and digits.isdecimal() and len(digits) <= 10 else None
