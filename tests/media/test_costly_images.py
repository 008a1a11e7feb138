"""Small files that an ordinary reader of pictures spends hours or all of its memory on."""

from __future__ import annotations

import re
import struct
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from app.media.formats import HEAD, format_of
from app.media.inspection import Measures, measure
from app.media.jpeg import SCAN_LIMIT, SEGMENT_LIMIT
from app.media.picture import BrokenFile
from app.media.png import CHUNK_LIMIT
from tests.support.files import GIF, JPEG, PNG, image

NO_COMMENT = b"\xff\xfe\x00\x02"
"""The shortest segment of a JPEG."""

SIGNATURE = 8
IHDR = 25
"""Bytes of a PNG before its second chunk: these two."""


def measured(file: bytes) -> Measures:
    format = format_of(file[:HEAD])
    assert format is not None
    return measure(BytesIO(file), format)


def problem_of(file: bytes) -> str:
    with pytest.raises(BrokenFile) as refused:
        measured(file)
    return str(refused.value)


def progressive(**options: bool) -> bytes:
    file = BytesIO()
    with Image.open(BytesIO(image())) as picture:
        picture.save(file, "JPEG", progressive=True, **options)
    return file.getvalue()


def with_size(jpeg: bytes, width: int, height: int) -> bytes:
    """A JPEG that says that it is larger than it is. Readers fill in what is missing."""
    frame = re.compile(rb"(\xff[\xc0-\xc2]\x00\x11\x08)....", re.DOTALL)
    changed, count = frame.subn(lambda found: found[1] + struct.pack(">HH", height, width), jpeg)
    assert count == 1
    return changed


def with_one_component_a_scan(jpeg: bytes) -> bytes:
    """A sequential JPEG whose scan holds the first of its three components only."""
    start = jpeg.index(b"\xff\xda\x00\x0c\x03")
    return jpeg[:start] + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + jpeg[start + 14 :]


def last_scan(jpeg: bytes) -> bytes:
    return jpeg[jpeg.rindex(b"\xff\xda") : -2]


def scans_in(jpeg: bytes) -> int:
    return jpeg.count(b"\xff\xda")


def chunk(kind: bytes, content: bytes = b"") -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png_with(*chunks: bytes) -> bytes:
    """A PNG with these chunks before its pixels."""
    png = image(PNG)
    return png[: SIGNATURE + IHDR] + b"".join(chunks) + png[SIGNATURE + IHDR :]


def gif_with(*extensions: bytes) -> bytes:
    """A GIF with these blocks before its picture."""
    gif = image(GIF)
    palette = 3 << (gif[10] & 7) + 1
    return gif[: 13 + palette] + b"".join(extensions) + gif[13 + palette :]


def large_texts() -> list[bytes]:
    """Each of a thousand bytes, which become four megabytes in memory."""
    text = zlib.compress("\N{GRINNING FACE}".encode() + b"a" * 1_000_000, 9)
    return [chunk(b"iTXt", b"%d\0\1\0\0\0" % number + text) for number in range(60)]


MEASURE_IN_A_NEW_PROCESS = """
import re, sys
from pathlib import Path
from app.media.formats import HEAD, format_of
from app.media.inspection import measure

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

def measured(path):
    with open(path, "rb") as file:
        return measure(file, format_of(file.read(HEAD)))

for path in sys.argv[2:]:
    measured(path)
before = peak()
found = measured(sys.argv[1])
print(found.width, found.height, (peak() - before) * 1024)
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the peak memory of a process")
@pytest.mark.parametrize(
    ("file", "size"),
    [
        (with_size(progressive(), 9400, 9400), (9400, 9400)),
        (with_size(with_one_component_a_scan(image()), 9400, 9400), (9400, 9400)),
        (with_size(image(), 9400, 9400), (9400, 9400)),
        (png_with(*large_texts()), (64, 48)),
        (gif_with(b"!\xfe" + b"\2AB" * 1_000_000 + b"\0"), (64, 48)),
    ],
    ids=["progressive", "component by component", "sequential", "PNG texts", "GIF comments"],
)
def test_an_image_is_measured_in_little_memory(file: bytes, size: tuple[int, int], tmp_path: Path) -> None:
    path, *ordinary = (tmp_path / name for name in ("costly", JPEG[6:], PNG[6:], GIF[6:]))
    path.write_bytes(file)
    for other, content_type in zip(ordinary, (JPEG, PNG, GIF), strict=True):
        other.write_bytes(image(content_type))  # measured first, so that what every reader loads is not counted

    told = subprocess.run(
        [sys.executable, "-c", MEASURE_IN_A_NEW_PROCESS, path, *ordinary], capture_output=True, text=True, check=True
    )

    width, height, memory = map(int, told.stdout.split())
    assert (width, height) == size
    assert memory < 30 * 2**20


def test_a_jpeg_may_have_a_hundred_scans_and_no_more() -> None:
    jpeg = progressive()
    scan = last_scan(jpeg)
    missing = 100 - scans_in(jpeg)
    assert SCAN_LIMIT == 100

    assert measured(jpeg[:-2] + scan * missing + jpeg[-2:]) == Measures(64, 48)
    assert problem_of(jpeg[:-2] + scan * (missing + 1) + jpeg[-2:]) == "has more than 100 scans"


@pytest.mark.parametrize("part", [0.5, 0.95])
def test_a_progressive_jpeg_of_which_the_end_is_missing_is_refused(part: float) -> None:
    jpeg = progressive()

    assert problem_of(jpeg[: int(len(jpeg) * part)]) == "is damaged or not complete"
    assert problem_of(jpeg[:-2]) == "is damaged or not complete"


def test_a_progressive_jpeg_is_measured_upright() -> None:
    with Image.open(BytesIO(image(orientation=6))) as picture:
        file = BytesIO()
        picture.save(file, "JPEG", progressive=True, exif=picture.getexif())

    assert measured(file.getvalue()) == Measures(48, 64)


def test_a_jpeg_may_have_many_segments_and_not_any_number() -> None:
    jpeg = image()
    assert SEGMENT_LIMIT == 2000

    assert measured(jpeg[:2] + NO_COMMENT * 1900 + jpeg[2:]) == Measures(64, 48)
    assert problem_of(jpeg[:2] + NO_COMMENT * 2000 + jpeg[2:]) == "has more than 2000 segments"


@pytest.mark.parametrize("padding", [b"\xff", b"\0"])
def test_a_jpeg_may_have_some_padding_and_not_any_amount(padding: bytes) -> None:
    jpeg = image()
    tables = jpeg.index(b"\xff\xdb")

    assert measured(jpeg[:tables] + padding * 4000 + jpeg[tables:]) == Measures(64, 48)
    assert problem_of(jpeg[:tables] + padding * 5000 + jpeg[tables:]) == "is damaged or not complete"


def test_a_jpeg_without_a_scan_is_refused() -> None:
    jpeg = image()

    assert problem_of(jpeg[: jpeg.index(b"\xff\xda")] + b"\xff\xd9") == "is damaged or not complete"


def test_a_png_may_have_many_chunks_and_not_any_number() -> None:
    assert CHUNK_LIMIT == 100_000

    assert problem_of(png_with(*[chunk(b"prVt")] * 100_000)) == "has more than 100000 chunks"


def test_a_png_with_a_changed_bit_in_what_it_says_is_refused() -> None:
    text = bytearray(chunk(b"tEXt", b"Title\0A slide"))
    assert measured(png_with(bytes(text))) == Measures(64, 48)

    text[-6] ^= 1

    assert problem_of(png_with(bytes(text))) == "is damaged or not complete"


def test_a_png_without_pixels_is_refused() -> None:
    png = image(PNG)

    assert problem_of(png[: SIGNATURE + IHDR] + chunk(b"IEND")) == "is damaged or not complete"


def test_a_gif_is_measured_whatever_is_said_before_its_picture() -> None:
    assert measured(gif_with(b"!\xfe\5Hello\0", b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0")) == Measures(64, 48)


@pytest.mark.parametrize("end", [b";", b"!\xfe\5Hel", b"!", b""], ids=["no picture", "in a comment", "!", "nothing"])
def test_a_gif_that_ends_before_its_picture_is_refused(end: bytes) -> None:
    gif = gif_with()
    start = 13 + (3 << (gif[10] & 7) + 1)

    assert problem_of(gif[:start] + end) == "is damaged or not complete"
