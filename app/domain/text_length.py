"""How long a text is, counted the way a platform counts it.

Sources: X's counting of characters (docs.x.com/fundamentals/counting-characters) and version 3 of its public
configuration; Unicode Standard Annex 29 for grapheme clusters, and Technical Standard 51 for emoji; for Threads and
Mastodon the pages that platform_rules.toml names. Every count takes linear time, for any text.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import regex

from app.domain.links import with_links_shortened

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class TextUnit(StrEnum):
    """What a limit of a text counts.

    CODE_POINTS: Unicode code points. GRAPHEMES: grapheme clusters, what a reader takes for one character.
    WEIGHTED: X's, in which most scripts of the Latin kind count 1, others and whole emoji 2, links 23. UTF8_BYTES.
    GRAPHEMES_SHORT_LINKS: Mastodon's, in which http(s) links count 23 and a mention counts without its server.
    CODE_POINTS_EMOJI_BYTES: Threads', in which an emoji counts as many as it has bytes in UTF-8.
    """

    CODE_POINTS = "CODE_POINTS"
    GRAPHEMES = "GRAPHEMES"
    WEIGHTED = "WEIGHTED"
    UTF8_BYTES = "UTF8_BYTES"
    GRAPHEMES_SHORT_LINKS = "GRAPHEMES_SHORT_LINKS"
    CODE_POINTS_EMOJI_BYTES = "CODE_POINTS_EMOJI_BYTES"


def text_length(text: str, unit: TextUnit) -> int:
    """The length of any text, also one that could not be stored: a lone surrogate is one code point of three bytes."""
    return _COUNT[unit](text)


# \X alone looks back over all regional indicators before it, at each of them: quadratic for a row of flags. A pair of
# them is therefore taken first; what may follow the pair in its cluster is what extends any cluster.
_GRAPHEME: Final = regex.compile(r"\p{RI}\p{RI}[\p{GCB=Extend}\p{GCB=ZWJ}\p{GCB=SpacingMark}]*+|\X")

# Sequences as Unicode recommends them for interchange: at most four emoji are joined into one. ©, ® and the keys of a
# telephone are emoji only when what follows says so.
_EMOJI_ELEMENT = r"(?:\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|(?![0-9#*©®\p{RI}])\p{Emoji}\uFE0F?+)"
_EMOJI: Final = regex.compile(
    rf"""
      \p{{RI}}\p{{RI}}
    | [0-9\#*]\uFE0F?+\u20E3
    | [©®]\uFE0F
    | \U0001F3F4[\U000E0030-\U000E0039\U000E0061-\U000E007A]{{3,6}}\U000E007F
    | {_EMOJI_ELEMENT}(?:\u200D{_EMOJI_ELEMENT}){{0,3}}+
    """,
    regex.VERBOSE,
)

_LIGHT: Final = regex.compile(r"[\u0000-\u10FF\u2000-\u200D\u2010-\u201F\u2032-\u2037]++")
"""Characters that X weighs 1 (0-4351, 8192-8205, 8208-8223, 8242-8247); every other weighs 2."""

_STACKED_MARKS: Final = regex.compile(r"(\p{M}{31,}+)")
"""More marks on one letter than any language has: Unicode's stream-safe format allows 30."""

_REMOTE_MENTION: Final = regex.compile(
    r"(?<![=/\w])(@[0-9A-Za-z_]++(?:[.-]++[0-9A-Za-z_]++)*+)@[\p{L}\p{N}_]++(?:[.-]++[\p{L}\p{N}_]++)*+"
)


def _graphemes(text: str) -> int:
    if text.isascii():  # the end of a line is the one cluster of two
        return len(text) - text.count("\r\n")
    return sum(1 for _ in _GRAPHEME.finditer(text))


def _utf8_bytes(text: str) -> int:
    return len(text.encode(errors="surrogatepass"))


def _weighted(text: str) -> int:
    if text.isascii():  # composed already, light all through, and no emoji is
        return len(with_links_shortened(text, bare=True))
    shortened = with_links_shortened(_composed(text), bare=True)
    plain, emoji_count = _EMOJI.subn("", shortened)
    light = sum(len(characters) for characters in _LIGHT.findall(plain))
    return 2 * emoji_count + 2 * len(plain) - light


def _composed(text: str) -> str:
    """The text in Unicode's normalization form C, but for stacks of marks, which take unicodedata quadratic time."""
    pieces = _STACKED_MARKS.split(text)
    pieces[::2] = (unicodedata.normalize("NFC", piece) for piece in pieces[::2])
    return "".join(pieces)


def _graphemes_short_links(text: str) -> int:
    shortened = with_links_shortened(text, bare=False)
    return _graphemes(_REMOTE_MENTION.sub(r"\1", shortened) if "@" in shortened else shortened)


def _code_points_emoji_bytes(text: str) -> int:
    if text.isascii():  # no emoji is
        return len(text)
    return len(text) + sum(_utf8_bytes(emoji) - len(emoji) for emoji in _EMOJI.findall(text))


_COUNT: Final[Mapping[TextUnit, Callable[[str], int]]] = {
    TextUnit.CODE_POINTS: len,
    TextUnit.GRAPHEMES: _graphemes,
    TextUnit.WEIGHTED: _weighted,
    TextUnit.UTF8_BYTES: _utf8_bytes,
    TextUnit.GRAPHEMES_SHORT_LINKS: _graphemes_short_links,
    TextUnit.CODE_POINTS_EMOJI_BYTES: _code_points_emoji_bytes,
}
