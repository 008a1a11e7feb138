"""A UUID is read as it is written by most, and not in every way in which Python would read it."""

from __future__ import annotations

from uuid import UUID

import pytest

from app.domain.ids import read_uuid

ID = UUID("f47ac10b-58cc-4372-a567-0e02b2c3d479")


@pytest.mark.parametrize("text", [str(ID), ID.hex, str(ID).upper(), ID.hex.upper()])
def test_a_uuid_is_read_with_its_hyphens_and_without(text: str) -> None:
    assert read_uuid(text) == ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        f"{{{ID}}}",
        f"{{{ID.hex}}}",
        f"urn:uuid:{ID}",
        f"uuid:{ID.hex}",
        "f47ac10b_58cc_4372_a567_0e02b2c3d479",
        "f_7ac10b58cc4372a5670e02b2c3d479",
        "f47ac10b-58cc4372a5670e02b2c3d479",
        "f47ac10b58cc-4372-a567-0e02b2c3d479",
        "f-47ac10b58cc4372a5670e02b2c3d47-9",
        f" {ID}",
        f"{ID}\n",
        ID.hex[1:],
        f"{ID.hex}0",
        f"0x{ID.hex[2:]}",
        f"+{ID.hex[1:]}",
        f"٤{ID.hex[1:]}",
    ],
)
def test_any_other_text_is_no_uuid(text: str) -> None:
    assert read_uuid(text) is None
