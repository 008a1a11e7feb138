"""What a caller is told when the database could not do it, and what the log is."""

from __future__ import annotations

from typing import Any, Final

from app.domain.errors import Unavailable
from app.monitoring.logs import get_logger
from app.repositories.database import DatabaseUnavailable

logger = get_logger("database")

_SOON: Final = "Try again in a few seconds."


class refusing_what_the_database_cannot:  # noqa: N801 - it reads as a word of the language
    """`with refusing_what_the_database_cannot(…)`: raises Unavailable where the database could not do what is within.

    stores: a change is being made. has_key: its request can be repeated without harm.
    """

    def __init__(self, *, stores: bool, has_key: bool = False) -> None:
        self._stores = stores
        self._has_key = has_key

    def __enter__(self) -> None:
        pass

    def __exit__(self, _: Any, error: BaseException | None, __: Any) -> None:
        if isinstance(error, DatabaseUnavailable):
            logger.error(str(error))
            message = _message(error, stores=self._stores, has_key=self._has_key)
            raise Unavailable(message, may_be_stored=error.may_be_stored) from error


def _message(error: DatabaseUnavailable, *, stores: bool, has_key: bool) -> str:
    trouble = error.trouble.value
    if error.may_be_stored:
        advice = "Repeat the request with the same Idempotency-Key." if has_key else "Look before you send it again."
        return f"{trouble} while the change was being stored: it may have been stored. {advice}"
    return f"{trouble}: the change was not stored. {_SOON}" if stores else f"{trouble}. {_SOON}"
