"""What happens when something that is not a refusal was raised."""

from __future__ import annotations

from app.monitoring.logs import get_logger

logger = get_logger("failure")


def report_failure(request_id: str, error: BaseException) -> str:
    """Log an unexpected error once, with its traceback; the answer is what a caller may know of it."""
    logger.error("unexpected error", request_id=request_id, exc_info=error)
    return f"Something went wrong here. Quote request {request_id} when you ask about it."
