"""What a file is, its bytes say: the accepted formats are known by their start, and nothing else is taken for one."""

from __future__ import annotations

import pytest

from app.domain.media import MediaType
from app.media.formats import HEAD, Format, format_of
from tests.support.files import GIF, JPEG, PNG, WEBP, image, mp4, webm

ACCEPTED = [
    (image(JPEG), Format(MediaType.IMAGE, "image/jpeg", "jpg")),
    (image(PNG), Format(MediaType.IMAGE, "image/png", "png")),
    (image(GIF), Format(MediaType.IMAGE, "image/gif", "gif")),
    (image(WEBP), Format(MediaType.IMAGE, "image/webp", "webp")),
    (mp4(), Format(MediaType.VIDEO, "video/mp4", "mp4")),
    (mp4(brand=b"mp42"), Format(MediaType.VIDEO, "video/mp4", "mp4")),
    (mp4(brand=b"qt  "), Format(MediaType.VIDEO, "video/quicktime", "mov")),
    (webm(), Format(MediaType.VIDEO, "video/webm", "webm")),
]


@pytest.mark.parametrize(("file", "format"), ACCEPTED, ids=[format.content_type for _, format in ACCEPTED])
def test_an_accepted_format_is_known_by_the_start_of_a_file(file: bytes, format: Format) -> None:
    assert format_of(file[:HEAD]) == format


@pytest.mark.parametrize(
    "start",
    [
        b"",
        b"\xff\xd8",
        b"%PDF-1.7",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<!doctype html>",
        b"PK\x03\x04",
        b"BM" + bytes(60),
        b"II*\0" + bytes(60),
        b"RIFF\0\0\0\0WAVEfmt ",
        b"\0\0\0\x18ftypheic\0\0\0\0mif1heic",
        b"\0\0\0\x18ftypavif\0\0\0\0mif1avif",
        b"\x1a\x45\xdf\xa3\x8b\x42\x82\x88matroska",
        b"ID3\x04",
        "https://media.test/a.jpg".encode("utf-16"),
    ],
)
def test_anything_else_is_none_of_them(start: bytes) -> None:
    assert format_of(start) is None
