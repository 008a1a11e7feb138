"""Width, height and duration come from the file itself, and a file that is not whole is refused."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from random import Random

import pytest

from app.media.formats import HEAD, format_of
from app.media.inspection import PIXEL_LIMIT, Measures, measure
from app.media.picture import BrokenFile
from tests.support.files import GIF, JPEG, PNG, WEBP, image, mp4, mp4_with_sound_only, webm


def measured(file: bytes) -> Measures:
    format = format_of(file[:HEAD])
    assert format is not None
    return measure(BytesIO(file), format)


def problem_of(file: bytes) -> str:
    with pytest.raises(BrokenFile) as refused:
        measured(file)
    return str(refused.value)


@pytest.mark.parametrize("content_type", [JPEG, PNG, GIF, WEBP])
def test_an_image_is_as_large_as_it_says(content_type: str) -> None:
    assert measured(image(content_type, width=64, height=48)) == Measures(64, 48)


@pytest.mark.parametrize("content_type", [JPEG, PNG, WEBP])
def test_a_photo_that_was_taken_upright_is_measured_upright(content_type: str) -> None:
    assert measured(image(content_type, orientation=1)) == Measures(64, 48)
    assert measured(image(content_type, orientation=3)) == Measures(64, 48)
    assert measured(image(content_type, orientation=6)) == Measures(48, 64)


@pytest.mark.parametrize(
    ("file", "measures"),
    [
        (mp4(), Measures(160, 120, 2000)),
        (mp4(width=1920, height=1080, duration_ms=61_234), Measures(1920, 1080, 61_234)),
        (mp4(brand=b"qt  "), Measures(160, 120, 2000)),
        (mp4(is_turned=True), Measures(120, 160, 2000)),
        (webm(), Measures(160, 120, 2000)),
        (webm(width=2**31), Measures(None, 120, 2000)),
        (webm(duration_ms=2**40), Measures(160, 120, None)),
    ],
    ids=["mp4", "large", "quicktime", "turned", "webm", "absurdly wide", "absurdly long"],
)
def test_a_video_is_as_large_and_as_long_as_it_says(file: bytes, measures: Measures) -> None:
    assert measured(file) == measures


@pytest.mark.parametrize(
    "file",
    [image(JPEG), image(PNG), image(GIF), image(WEBP), mp4(), mp4(brand=b"qt  "), webm()],
    ids=["jpeg", "png", "gif", "webp", "mp4", "quicktime", "webm"],
)
@pytest.mark.parametrize("part", [0.5, 0.95])
def test_a_file_of_which_the_end_is_missing_is_refused(file: bytes, part: float) -> None:
    assert problem_of(file[: int(len(file) * part)]) == "is damaged or not complete"


def test_a_png_with_a_changed_bit_is_refused() -> None:
    file = bytearray(image(PNG))
    file[len(file) // 2] ^= 1

    assert problem_of(bytes(file)) == "is damaged or not complete"


def test_a_film_without_pictures_is_refused() -> None:
    assert problem_of(mp4_with_sound_only()) == "is damaged, or a video without pictures"


# Pillow warns of what this module refuses a line later.
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
@pytest.mark.parametrize("height", [9000, 60_000], ids=["where Pillow warns", "where Pillow refuses"])
def test_an_image_that_would_fill_the_memory_is_refused_unread(height: int) -> None:
    """A PNG of a few hundred bytes that says that it has too many pixels."""
    assert 10_000 * height > PIXEL_LIMIT

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 10_000, height, 8, 2, 0, 0, 0))
    file = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")

    assert problem_of(file) == f"has more than {PIXEL_LIMIT} pixels"


# Pillow warns of broken Exif data, and reads the image. A server shows that to its owner, once.
@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_a_damaged_file_is_measured_or_refused_and_never_a_failure() -> None:
    chance = Random(20260412)  # noqa: S311 - the same damage every time
    files = [mp4(), mp4(brand=b"qt  "), webm()]
    files += [image(content_type, orientation=6) for content_type in (JPEG, PNG, WEBP)] + [image(GIF)]
    outcomes = {"measured": 0, "refused": 0}
    for _ in range(1500):
        file = bytearray(chance.choice(files))
        for _ in range(chance.choice((1, 2, 5, 30))):
            file[chance.randrange(16, min(len(file), chance.choice((60, 400, 10_000))))] = chance.randrange(256)

        try:
            measured(bytes(file))
            outcomes["measured"] += 1
        except BrokenFile:
            outcomes["refused"] += 1

    assert sum(outcomes.values()) == 1500
    assert min(outcomes.values()) > 100, outcomes
