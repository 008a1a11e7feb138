"""Addresses of media: which can be stored, and what they seem to hold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.media import URL_LIMIT, MediaType, is_media_url, type_by_ending

_HOST = "https://media.test/"


@pytest.mark.parametrize(
    "url",
    [
        "https://media.test/a.jpg",
        "http://media.test/a.jpg",
        "HTTPS://MEDIA.TEST/A.JPG",
        "https://media.test",
        "https://media.test:8443/a.jpg?width=1&height=2#top",
        "https://[::1]/a.jpg",
        "https://127.0.0.1/a.jpg",
        "https://bücher.test/übersicht.png",
        "https://media.test/a%20b.jpg",
        _HOST + "a" * (URL_LIMIT - len(_HOST)),
    ],
)
def test_an_absolute_http_address_can_be_stored(url: str) -> None:
    assert is_media_url(url) is True


@pytest.mark.parametrize(
    "url",
    [
        "",
        "media.test/a.jpg",
        "/a.jpg",
        "//media.test/a.jpg",
        "https:/media.test/a.jpg",
        "https:///a.jpg",
        "https://:443/a.jpg",
        "https://user@/a.jpg",
        "https://[::1/a.jpg",
        "ftp://media.test/a.jpg",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "javascript:alert(1)",
        " https://media.test/a.jpg",
        "https://media.test/a.jpg ",
        "https://media.test/a.jpg\n",
        "https://media.test/a\tb.jpg",
        "https://media.test/a\0.jpg",
        "https://media.test/\ud800.jpg",
        "https://media.test/\u200b.jpg",
        _HOST + "a" * (URL_LIMIT - len(_HOST) + 1),
        _HOST + "é" * (URL_LIMIT // 2),
    ],
)
def test_anything_else_cannot(url: str) -> None:
    assert is_media_url(url) is False


@given(st.text() | st.text().map(lambda text: _HOST + text) | st.text().map(lambda text: f"https://{text}/"))
def test_every_text_is_judged_and_an_address_can_be_stored_as_it_is(text: str) -> None:
    if is_media_url(text):
        assert len(text.encode()) <= URL_LIMIT
        assert "\0" not in text


@pytest.mark.parametrize(
    ("url", "type"),
    [
        ("https://media.test/a.mp4", MediaType.VIDEO),
        ("https://media.test/A.MOV", MediaType.VIDEO),
        ("https://media.test/a.webm?signature=1.jpg#x", MediaType.VIDEO),
        ("https://media.test/a.jpg", MediaType.IMAGE),
        ("https://media.test/a.jpg?next=b.mp4", MediaType.IMAGE),
        ("https://media.test/mp4", MediaType.IMAGE),
        ("https://media.test", MediaType.IMAGE),
    ],
)
def test_what_an_address_holds_is_judged_by_the_ending_of_its_path(url: str, type: MediaType) -> None:
    assert type_by_ending(url) is type
