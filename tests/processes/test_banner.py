"""What the server says of its settings when it is ready."""

from __future__ import annotations

from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest

from app.banner import banner
from app.settings import Settings

WARNING = (
    "  REDRAFT_PUBLIC_URL is not set: media get the address that their upload came to, which networks may not reach."
)
EVERYWHERE = str(IPv4Address(0))


@pytest.mark.parametrize(
    ("settings", "warnings"),
    [
        ({"host": EVERYWHERE}, [WARNING]),
        ({"host": "::"}, [WARNING]),
        ({"host": "192.0.2.1"}, [WARNING]),
        ({"host": EVERYWHERE, "public_url": "https://posts.example"}, []),
        ({"host": "127.0.0.1"}, []),
        ({"host": "::1"}, []),
        ({"host": "localhost"}, []),
    ],
    ids=lambda value: " ".join(value.values()) if isinstance(value, dict) else "",
)
def test_who_can_be_reached_from_elsewhere_is_told_that_media_need_a_public_url(
    settings: dict[str, Any], warnings: list[str], tmp_path: Path
) -> None:
    said = banner(Settings(home=tmp_path, **settings), port=8000, demo=False, explorer_is_local=True)

    assert [line for line in said.splitlines() if "REDRAFT_PUBLIC_URL" in line] == warnings
