"""Demo mode: an embedded database that is filled when it is new, and the key to it in a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from app.commands.fill_demo import try_fill_demo
from app.domain.api_key import new_secret
from app.domain.schedule import to_milliseconds
from app.secret_key import credential_cipher

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy import Connection

    from app.repositories.database import Database
    from app.settings import Settings


async def prepare_demo(database: Database, settings: Settings, *, clock: Callable[[], datetime]) -> None:
    """Fill the embedded database if it is new. Does nothing to a database that holds anything."""
    cipher = credential_cipher(settings)

    def fill(connection: Connection) -> None:
        secret = new_secret()
        if try_fill_demo(connection, secret=secret, now=to_milliseconds(clock()), cipher=cipher):
            # Written before the commit: a crash between the two leaves an empty database, which the next start fills.
            _write_privately(settings, secret)

    await database.write(fill)


def demo_key(settings: Settings) -> str | None:
    """The key of the demo data, for the explorer's page: only where nobody but this machine can load that page."""
    if not (settings.is_embedded and settings.is_local_only and settings.demo_key_file.is_file()):
        return None
    return settings.demo_key_file.read_text().strip()


def _write_privately(settings: Settings, secret: str) -> None:
    settings.demo_key_file.unlink(missing_ok=True)
    descriptor = os.open(settings.demo_key_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(f"{secret}\n")
