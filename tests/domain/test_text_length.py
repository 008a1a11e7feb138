"""The length of a text, in every unit that a platform counts in."""

from __future__ import annotations

import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from app.domain.text_length import TextUnit, text_length

_FAMILY = "👨‍👩‍👧‍👦"
_FRANCE = "🇫🇷"
_ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

_LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
"""The ranges of X's public configuration, version 3, whose characters weigh 1."""


def _length_in_every_unit(text: str) -> dict[str, int]:
    return {unit.name: text_length(text, unit) for unit in TextUnit}


def _in_units(
    code_points: int, graphemes: int, weighted: int, utf8_bytes: int, short_links: int, emoji_bytes: int
) -> dict[str, int]:
    return {
        "CODE_POINTS": code_points,
        "GRAPHEMES": graphemes,
        "WEIGHTED": weighted,
        "UTF8_BYTES": utf8_bytes,
        "GRAPHEMES_SHORT_LINKS": short_links,
        "CODE_POINTS_EMOJI_BYTES": emoji_bytes,
    }


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("", _in_units(0, 0, 0, 0, 0, 0)),
        ("Launch day", _in_units(10, 10, 10, 10, 10, 10)),
        ("a\r\nb", _in_units(4, 3, 4, 4, 3, 4)),
        ("café", _in_units(4, 4, 4, 5, 4, 4)),
        ("cafe\u0301", _in_units(5, 4, 4, 6, 4, 5)),
        ("Привет", _in_units(6, 6, 6, 12, 6, 6)),
        ("中文", _in_units(2, 2, 4, 6, 2, 2)),
        ("각", _in_units(1, 1, 2, 3, 1, 1)),
        ("\u1100\u1161\u11a8", _in_units(3, 1, 2, 9, 1, 3)),
        ("नमस्ते", _in_units(6, 3, 6, 18, 3, 6)),
        ("“q” – …", _in_units(7, 7, 8, 15, 7, 7)),
        ("👍", _in_units(1, 1, 2, 4, 1, 4)),
        ("👍🏽", _in_units(2, 1, 2, 8, 1, 8)),
        ("☺", _in_units(1, 1, 2, 3, 1, 3)),
        ("❤️", _in_units(2, 1, 2, 6, 1, 6)),
        (_FAMILY, _in_units(7, 1, 2, 25, 1, 25)),
        (_FRANCE, _in_units(2, 1, 2, 8, 1, 8)),
        (_ENGLAND, _in_units(7, 1, 2, 28, 1, 28)),
        ("1️⃣", _in_units(3, 1, 2, 7, 1, 7)),
        ("1 # * © ®", _in_units(9, 9, 9, 11, 9, 9)),
        ("©️", _in_units(2, 1, 2, 5, 1, 5)),
        ("\u200d\ufe0f", _in_units(2, 1, 3, 6, 1, 2)),
        ("https://example.com/a/very/long/address", _in_units(39, 39, 23, 39, 23, 39)),
        ("example.com", _in_units(11, 11, 23, 11, 11, 11)),
        ("hi @user@mastodon.social", _in_units(24, 24, 24, 24, 8, 24)),
        ("me@example.com", _in_units(14, 14, 14, 14, 14, 14)),
        ("\ud800", _in_units(1, 1, 2, 3, 1, 1)),
        ("\0", _in_units(1, 1, 1, 1, 1, 1)),
    ],
)
def test_a_text_has_these_lengths(text: str, lengths: dict[str, int]) -> None:
    assert _length_in_every_unit(text) == lengths


def test_a_unit_reads_as_its_name() -> None:
    assert {unit.name: unit.value for unit in TextUnit} == {name: name for name in _in_units(0, 0, 0, 0, 0, 0)}


@pytest.mark.parametrize(
    "emoji",
    [
        "👾",
        "🙋🏽",
        "👨‍🎤",
        _FAMILY,
        "👩‍❤️‍💋‍👩",
        "🧑🏽‍🤝‍🧑🏿",
        "🏳️‍🌈",
        "❤️‍🔥",
        "👁️‍🗨️",
        _FRANCE,
        _ENGLAND,
        "#️⃣",
        "™️",
        "‼️",
        "🫠",
    ],
)
def test_an_emoji_weighs_2_however_many_code_points_it_takes(emoji: str) -> None:
    assert text_length(emoji, TextUnit.WEIGHTED) == 2
    assert text_length(f"{emoji}{emoji} {emoji}", TextUnit.WEIGHTED) == 7


def test_at_most_four_emoji_are_joined_into_one() -> None:
    man = "👨"
    joiner = "\u200d"
    assert text_length(joiner.join([man] * 4), TextUnit.WEIGHTED) == 2
    assert text_length(joiner.join([man] * 5), TextUnit.WEIGHTED) == 2 + 1 + 2


_PIECES = st.sampled_from(
    [
        ("Launch", 6),
        ("день", 4),
        ("中文", 4),
        ("e\u0301", 1),
        ("1", 1),
        ("“”", 2),
        ("…", 2),
        ("@user", 5),
        ("#tag", 4),
        ("(a)", 3),
        ("https://example.com/a?b=c#d", 23),
        ("http://a.co", 23),
        ("example.com", 23),
        ("http://no-tld", 13),
        ("👍🏽", 2),
        (_FAMILY, 2),
        (_FRANCE, 2),
        ("1️⃣", 2),
    ]
)


@given(st.lists(_PIECES))
def test_the_weight_of_a_text_is_the_sum_of_its_words_weights(pieces: list[tuple[str, int]]) -> None:
    text = " ".join(piece for piece, _ in pieces)
    weights = sum(weight for _, weight in pieces)
    assert text_length(text, TextUnit.WEIGHTED) == weights + max(0, len(pieces) - 1)


@given(st.text(st.characters(exclude_characters=".")))
def test_without_links_and_emoji_a_text_weighs_what_its_characters_weigh_composed(text: str) -> None:
    plain = regex.sub(r"[\p{Emoji}--[0-9#*]]|\uFE0F|\u20E3", "", text, flags=regex.VERSION1)
    composed = unicodedata.normalize("NFC", plain)
    weight = sum(1 if any(low <= ord(character) <= high for low, high in _LIGHT) else 2 for character in composed)
    assert text_length(plain, TextUnit.WEIGHTED) == weight


_BREAKING = "a\r\n\u0301\u0600\u0903\u1100\u1161\u11a8가क\u094d👨🏽🇫🇷\u200d\ufe0f"
"""One of every kind of character that the rules for grapheme clusters tell apart."""


@given(st.text(st.sampled_from(_BREAKING)))
def test_graphemes_are_those_of_the_unicode_standard(text: str) -> None:
    assert text_length(text, TextUnit.GRAPHEMES) == len(regex.findall(r"\X", text))


@given(st.text(st.characters(codec="ascii") | st.sampled_from("\r\n")))
def test_in_ascii_the_end_of_a_line_alone_is_shorter_for_a_reader_and_no_character_is_an_emoji(text: str) -> None:
    assert text_length(text, TextUnit.GRAPHEMES) == len(regex.findall(r"\X", text))
    assert text_length(text, TextUnit.CODE_POINTS_EMOJI_BYTES) == len(text)


@given(st.text())
def test_graphemes_are_never_more_than_code_points_nor_code_points_than_bytes(text: str) -> None:
    lengths = _length_in_every_unit(text)
    assert lengths["GRAPHEMES"] <= lengths["CODE_POINTS"] <= lengths["CODE_POINTS_EMOJI_BYTES"] <= lengths["UTF8_BYTES"]
    assert lengths["UTF8_BYTES"] == len(text.encode())


@pytest.mark.parametrize(
    ("unit", "text", "length"),
    [
        (TextUnit.GRAPHEMES, "🇫" * 400_000, 200_000),
        (TextUnit.GRAPHEMES, "a" + "\u0301" * 400_000, 1),
        (TextUnit.WEIGHTED, "a" + "\u0301" * 200_000 + "\u0316" * 200_000, 400_001),
        (TextUnit.WEIGHTED, "a" + "\u0f73" * 400_000, 400_001),
        (TextUnit.WEIGHTED, "a.com?!" * 50_000, 25 * 50_000),
        (TextUnit.WEIGHTED, "a.com/.?" * 50_000, 25 * 50_000),
        (TextUnit.WEIGHTED, "a.com/(" * 50_000, 24 * 50_000),
        (TextUnit.WEIGHTED, "http://" + "a." * 200_000, 7 + 400_000),
        (TextUnit.GRAPHEMES_SHORT_LINKS, "@a.-" * 100_000, 400_000),
    ],
    ids=["flags", "accents", "unsorted-marks", "composed-marks", "queries", "paths", "brackets", "host", "mentions"],
)
def test_a_text_made_to_take_long_is_counted_all_the_same(unit: TextUnit, text: str, length: int) -> None:
    # With anything quadratic each of these takes longer than a test may.
    assert text_length(text, unit) == length
