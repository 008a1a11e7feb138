"""Links: what counts as one, and where it ends, the way X's public twitter-text library decides it."""

from __future__ import annotations

import pytest

from app.domain.links import LINK_LENGTH, with_links_shortened

_LINK = "x" * 23


def _marked(text: str, *, bare: bool = True) -> str:
    return with_links_shortened(text, bare=bare).replace(_LINK, "<>")


def test_a_link_counts_23() -> None:
    assert LINK_LENGTH == 23
    assert with_links_shortened("see https://example.com/page", bare=True) == f"see {_LINK}"


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("http://example.com", "<>"),
        ("HTTPS://www.ExaMPLE.COM/index.html", "<>"),
        ("http://somehost.com:3000/a", "<>"),
        ("http://test_underscore.twitter.com", "<>"),
        ("http://a.b.cd-e.com", "<>"),
        ("http://☃.net/", "<>"),
        ("http://日本語.jp", "<>"),
        ("http://президент.рф/указы", "<>"),
        ("http://a.xn--p1ai", "<>"),
        ("http://example.com/Русские_слова", "<>"),
        ("http://example.com/path?search=foo&lang=en#top", "<>"),
        ("https://a.com/b https://a.com/b", "<> <>"),
        ("これはhttp://twitter.comです", "これは<>です"),
    ],
)
def test_an_http_address_is_a_link(text: str, marked: str) -> None:
    assert _marked(text) == marked
    assert _marked(text, bare=False) == marked


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("example.com", "<>"),
        ("www.foo.co.uk and t.co/abcde", "<> and <>"),
        ("caf\u00e9.com", "<>"),
        ("日本語example.com/path/index.html中国語example.com/path한국", "日本語<>中国語<>한국"),
        ("twitter.comこれは日本語です。example.com中国語", "<>これは日本語です。<>中国語"),
        ("README.md", "<>"),  # .md is a country's, so X makes it a link
    ],
)
def test_a_bare_address_is_a_link_only_where_they_count(text: str, marked: str) -> None:
    assert _marked(text) == marked
    assert _marked(text, bare=False) == text


@pytest.mark.parametrize(
    "text",
    [
        "http://no-tld",
        "http://tld-too-short.x",
        "http://-leadingdash.twitter.com",
        "http://trailingdash-.twitter.com",
        "http://_leadingunderscore.twitter.com",
        "http://twitter-.com",
        "http://foo_bar.com",
        "ftp:/file",
        "http://example.com@host",
        "user.name@example.com",
        "@a.com #a.com $a.com",
        "-a.com _a.com /a.com",
        "foo.comm www.xxxxxxx.baz",
        "domain.com-that-you-should-have-put-a-space-after",
        "e.g. this. And that... 3.14",
        "no link at all",
        "",
    ],
)
def test_what_only_looks_like_an_address_is_no_link(text: str) -> None:
    assert _marked(text) == text
    assert _marked(text, bare=False) == text


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("a.com. b.com, c.com!", "<>. <>, <>!"),
        ("(http://a.com/b)", "(<>)"),
        ("http://en.wikipedia.org/wiki/Primer_(film)", "<>"),
        ("http://a.com/b_(c_(d)_e)_f", "<>"),
        ("http://a.com/(b", "<>(b"),
        ("http://a.com/b.,;", "<>.,;"),
        ("http://a.com/a+ http://a.com/a-", "<> <>"),
        ("http://a.com/?q=1.", "<>."),
        ("http://a.com?", "<>?"),
        ("http://a.com/b.?c=d", "<>.?c=d"),
        ("http://a.com/“x”", "<>“x”"),
        ("http://a.com…", "<>…"),
        ("foo.com.zzz/path", "<>.zzz/path"),
        ("a.com?q=1", "<>?q=1"),
        ("a.com/?q=1", "<>"),
        ("a.com:80 and a.com:80/b", "<>:80 and <>"),
    ],
)
def test_a_link_ends_where_its_address_can_end(text: str, marked: str) -> None:
    assert _marked(text) == marked
