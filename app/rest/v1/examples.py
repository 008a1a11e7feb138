"""Examples that every answer of REST v1 has, which OpenAPI shows."""

from __future__ import annotations

from typing import Final

META: Final = {"request_id": "a1b2c3d4", "timestamp": "2026-04-12T08:30:00.000Z"}
