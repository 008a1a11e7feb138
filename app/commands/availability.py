"""What a caller is told when the database could not do it, and what the log is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from app.domain.errors import Unavailable
from app.monitoring.logs import get_logger
from app.repositories.database import DatabaseUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = get_logger("database")

_SOON: Final = "Try again in a few seconds."


@contextmanager
def refusing_what_the_database_cannot(*, stores: bool, has_key: bool = False) -> Iterator[None]:
    """Raises Unavailable. stores: a change is being made; has_key: its request can be repeated without harm."""
    try:
        yield
    except DatabaseUnavailable as error:
        logger.error(str(error))
        message = _message(error, stores=stores, has_key=has_key)
        raise Unavailable(message, may_be_stored=error.may_be_stored) from error


def _message(error: DatabaseUnavailable, *, stores: bool, has_key: bool) -> str:
    trouble = error.trouble.value
    if error.may_be_stored:
        advice = "Repeat the request with the same Idempotency-Key." if has_key else "Look before you send it again."
        return f"{trouble} while the change was being stored: it may have been stored. {advice}"
    return f"{trouble}: the change was not stored. {_SOON}" if stores else f"{trouble}. {_SOON}"
