"""What happens when something that is not a refusal was raised."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

logger = logging.getLogger("redraft.failure")


def report_failure(request_id: str, error: BaseException) -> str:
    """Log an unexpected error once, with its traceback; the answer is what a caller may know of it.

    SQLAlchemy appends a statement's parameters to its messages. They hold post content, so they are taken off.
    """
    if hasattr(error, "hide_parameters"):
        error.hide_parameters = True
    logger.error("%s unexpected error", request_id, exc_info=error)
    return f"Something went wrong here. Quote request {request_id} when you ask about it."


def headers_of(error: BaseException) -> Mapping[str, str]:
    return getattr(error, "headers", None) or {}
