"""What publishing to an account takes: the names and kinds of its credentials, by platform.

Messages name what is wrong and never repeat a value: credentials must not come back in an answer or a log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias

from app.domain.errors import IssueCode
from app.domain.media import is_media_url
from app.domain.names import nearest_name
from app.domain.platforms import Platform
from app.domain.text import is_storable

if TYPE_CHECKING:
    from app.domain.issues import Issues

Credentials: TypeAlias = Mapping[str, str]
"""What publishes to an account, by name: one of the shapes below, whole."""

TEXT_LIMIT: Final = 4096
"""Unicode code points of a value that is not an address."""

ADDRESSES: Final = frozenset({"url", "service", "base_url", "webhook_url"})
_OWN_ENDPOINT: Final = ("url", "secret")
_SANDBOX: Final = ("sandbox",)
"""Any text: it publishes to this server itself, to try things out."""

_OF_PLATFORM: Final[Mapping[Platform, tuple[str, ...]]] = {
    Platform.BLUESKY: ("service", "identifier", "password"),
    Platform.DISCORD: ("webhook_url",),
    Platform.MASTODON: ("base_url", "access_token"),
}


def shapes_of(platform: Platform) -> tuple[tuple[str, ...], ...]:
    """The names of every set of credentials that publishes to a platform. Each set is complete by itself."""
    own = _OF_PLATFORM.get(platform)
    anywhere = (_OWN_ENDPOINT, _SANDBOX)
    return anywhere if own is None else (own, *anywhere)


def check_credentials(platform: Platform, credentials: object, issues: Issues) -> None:
    """Note everything that keeps an object from being one whole set of credentials for the platform."""
    if not isinstance(credentials, dict):
        issues.add("credentials", code=IssueCode.INVALID_VALUE, message="`credentials` must be an object.")
        return
    names = _meant_shape(shapes_of(platform), credentials)
    for name, value in credentials.items():
        if name not in names:
            _note(name, f"is not known here: {_hint(name, names)}", issues)
        elif not isinstance(value, str):
            _note(name, "must be text.", issues)
        elif name in ADDRESSES:
            if not is_media_url(value):
                _note(name, "must be an http or https URL of at most 2048 bytes.", issues)
        elif not value.strip() or not is_storable(value) or len(value) > TEXT_LIMIT:
            _note(name, f"must be text of 1 to {TEXT_LIMIT} characters, without NUL characters.", issues)
    for name in names:
        if name not in credentials:
            _note(name, f"is required: credentials hold {_listed(names)}.", issues, code=IssueCode.REQUIRED)


def _meant_shape(shapes: tuple[tuple[str, ...], ...], credentials: Mapping[str, object]) -> tuple[str, ...]:
    """The shape that most of the names belong to, or nearly do; the platform's own where none stands out."""
    return max(shapes, key=lambda names: sum(nearest_name(name, names) is not None for name in credentials))


def _hint(name: str, names: tuple[str, ...]) -> str:
    near = nearest_name(name, names)
    return f"known names are {', '.join(names)}." if near is None else f"did you mean {near}?"


def _listed(names: tuple[str, ...]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _note(name: str, said: str, issues: Issues, *, code: IssueCode = IssueCode.INVALID_VALUE) -> None:
    issues.add("credentials", name, code=code, message=f"`credentials.{name}` {said}")
