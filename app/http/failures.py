"""What happens when something that is not a refusal was raised."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

logger = logging.getLogger("redraft.failure")


def report_failure(request_id: str, error: BaseException) -> str:
    """Log an unexpected error once, with its traceback; the answer is what a caller may know of it."""
    _hide_values(error)
    logger.error("%s unexpected error", request_id, exc_info=error)
    return f"Something went wrong here. Quote request {request_id} when you ask about it."


def _hide_values(error: BaseException) -> None:
    """Take the values that a database quotes off its messages: they hold post content.

    SQLAlchemy appends a statement's parameters, and PostgreSQL the whole row that a constraint refused.
    """
    chain = list(_chain(error))
    for link in chain:
        if hasattr(link, "hide_parameters"):
            link.hide_parameters = True
    quoted = [text for link in chain for text in _quoted(link) if text]
    for text in quoted:
        for link in chain:
            link.args = tuple(arg.replace(text, "(hidden)") if isinstance(arg, str) else arg for arg in link.args)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _quoted(error: BaseException) -> tuple[str | None, ...]:
    diagnostics = getattr(error, "diag", None)
    return () if diagnostics is None else (diagnostics.message_detail, diagnostics.context)
