"""What a call that brought no success comes to: whether the post may be out, and whether calling again is of use.

The one question is whether the network may have acted. It has not where no connection was made, and where it turned
the call away in so many words. It may have where it had the call and something broke: then nobody knows.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, TypeAlias

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    InvalidURL,
)

from app.domain.publishing import LONGEST_PAUSE, Refused, TryLater, Unanswered
from app.networks.addresses import NotPublic

Failure: TypeAlias = Refused | TryLater | Unanswered

_TURNED_AWAY: Final = frozenset({408, 425, 429, 503})
"""Statuses that say that the call was not acted on, and may be later (RFC 9110, 8470, 6585)."""

_NEVER_ARRIVED: Final = frozenset({521, 523, 525, 526, 530})
"""Statuses of Cloudflare for a server that it could not hand the call to. Its others are not as sure."""

_NEVER_SUPPORTED: Final = frozenset({501, 505})


class CallFailed(Exception):
    """A call brought no answer, or one that is not a success. outcome: what to tell of it, without any secret."""

    def __init__(self, outcome: Failure) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome


def without_connection(host: str, error: Exception, *, timeout: float) -> Failure:
    """What it comes to when no connection was made: certainly nothing is out."""
    if isinstance(error, ClientConnectorError) and isinstance(error.os_error, NotPublic):
        return Refused(reason=f"{host} is not on the public internet, and this server calls no other addresses.")
    if isinstance(error, InvalidURL | UnicodeError):
        return Refused(reason=f"{host} is not an address that can be called.")
    if isinstance(error, TimeoutError):
        return TryLater(reason=f"{host} took no connection within {timeout:g} seconds.")
    return TryLater(reason=f"{host} could not be reached: {_trouble(error)}.")


def without_answer(host: str, error: Exception, *, timeout: float) -> Failure:
    """What it comes to when the call was made, and no answer came."""
    if isinstance(error, TimeoutError):
        return Unanswered(reason=f"{host} took the call, and gave no answer within {timeout:g} seconds.")
    return Unanswered(reason=f"{host} took the call, and the connection broke before it answered.")


def by_status(
    host: str, status: int, headers: Mapping[str, str], *, said: str | None, wait: timedelta | None
) -> Failure:
    """What an answer with a status that is not a success comes to.

    said: what the network gives as the reason, fit to be shown. wait: what it asks for elsewhere than in Retry-After.

    A server error is no refusal: it may have come after the post was made (500), or from a proxy that had handed the
    call on (502, 504).
    """
    answered = f"{host} answered {_words(status)}"
    if 300 <= status < 400:
        return Refused(reason=f"{answered}: redirects are not followed.")
    reason = f"{answered}." if said is None else f"{answered}: {said}"
    if status in _TURNED_AWAY:
        return TryLater(reason=reason, wait=wait or _retry_after(headers))
    if status in _NEVER_ARRIVED:
        return TryLater(reason=reason)
    if 400 <= status < 500 or status in _NEVER_SUPPORTED:
        return Refused(reason=reason)
    return Unanswered(reason=reason)


def after_seconds(seconds: float) -> timedelta | None:
    """A wait that a network asks for, within reason; None for what is no length of time."""
    if not seconds >= 0:  # NaN is not, either
        return None
    return timedelta(seconds=min(seconds, LONGEST_PAUSE.total_seconds()))


def until(moment: datetime, headers: Mapping[str, str]) -> timedelta | None:
    """The wait until an aware instant, by the network's own clock where its headers tell it: ours may be wrong."""
    now = _date(headers.get("Date", "")) or datetime.now(UTC)
    return after_seconds(max(0.0, (moment - now).total_seconds()))


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    """Retry-After, in seconds or as a date (RFC 9110, 10.2.3)."""
    said = headers.get("Retry-After", "").strip()
    if said.isascii() and said.isdigit():
        return after_seconds(float(said))
    moment = _date(said)
    return None if moment is None else until(moment, headers)


def _date(text: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _words(status: int) -> str:
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _trouble(error: Exception) -> str:
    """In our own words: an exception's may quote addresses that hold secrets."""
    for kind, words in _TROUBLES.items():
        if isinstance(error, kind):
            return words
    if isinstance(error, ClientConnectorError) and isinstance(error.os_error, ConnectionRefusedError):
        return "it refuses connections"
    return "the connection failed"


_TROUBLES: Final[Mapping[type[Exception], str]] = {
    ClientConnectorDNSError: "its name has no address",
    ClientConnectorCertificateError: "its certificate is not valid",
    ClientConnectorSSLError: "no secure connection came about",
}
