"""Looking into a file: whether it is whole, and how large and how long its picture is."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from PIL import ExifTags, Image
from pymediainfo import MediaInfo

from app.domain.media import MediaType
from app.media.gif import gif_picture
from app.media.jpeg import jpeg_picture
from app.media.picture import DAMAGED, BrokenFile, Picture
from app.media.png import png_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from app.media.formats import Format

INSPECTORS: Final = ThreadPoolExecutor(2, thread_name_prefix="inspection")
"""The threads to measure files on. An inspection cannot be stopped: however many files come, and whoever goes away, no
more than these run at once, and everything else that needs a thread finds one.
"""

_DECODERS: Final = {"image/jpeg": "JPEG", "image/png": "PNG", "image/gif": "GIF", "image/webp": "WEBP"}


def _whole(file: IO[bytes]) -> Picture:
    """A WebP's reader checks all of it when it is opened, keeps it once, and decodes nothing until it is asked to."""
    return Picture(file, can_be_decoded=False)


_PICTURES: Final[Mapping[str, Callable[[IO[bytes]], Picture]]] = {
    "JPEG": jpeg_picture,
    "PNG": png_picture,
    "GIF": gif_picture,
    "WEBP": _whole,
}

_UNEXPECTED_BYTES: Final = (OSError, SyntaxError, ValueError, EOFError, LookupError, TypeError, OverflowError)
"""What Pillow's readers raise for bytes that they did not expect."""

_LARGEST: Final = 2**31 - 1
"""Of an INTEGER column, and of GraphQL's Int."""

PIXEL_LIMIT: Final = Image.MAX_IMAGE_PIXELS or 2**26
"""From here on, Pillow takes an image for an attack on its reader's memory."""

_TOO_MANY_PIXELS: Final = f"has more than {PIXEL_LIMIT} pixels"

_TURNED: Final = (5, 6, 7, 8)
"""The Exif orientations in which width and height change places."""

_TOLD: Final = "General;%IsTruncated%,%Duration%\\n\nVideo;%Width%,%Height%,%Rotation%\\n"
"""A line about the file, then one for each track of pictures. Titles and tags are not even asked for."""


@dataclass(frozen=True, slots=True)
class Measures:
    """width and height: pixels, of the picture the right way up. duration_ms: milliseconds. None: not known."""

    width: int | None
    height: int | None
    duration_ms: int | None = None


def measure(file: IO[bytes], format: Format) -> Measures:
    """Read a file of this format from its start; raises BrokenFile. It may take seconds: not for the event loop."""
    file.seek(0)
    return _measure_image(file, format) if format.type is MediaType.IMAGE else _measure_video(file)


def _measure_image(file: IO[bytes], format: Format) -> Measures:
    decoder = _DECODERS[format.content_type]
    try:
        picture = _PICTURES[decoder](file)
        with Image.open(picture.file, formats=[decoder]) as image:
            width, height = image.size
            if width * height > PIXEL_LIMIT:
                raise BrokenFile(_TOO_MANY_PIXELS)
            is_turned = _is_turned(image)
            if picture.can_be_decoded:
                image.draft(None, (1, 1))  # a JPEG is decoded to an eighth of its size
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise BrokenFile(_TOO_MANY_PIXELS) from None
    except _UNEXPECTED_BYTES:
        raise BrokenFile(DAMAGED) from None
    return Measures(height, width) if is_turned else Measures(width, height)


def _is_turned(image: Image.Image) -> bool:
    """Whether width and height change places when the picture is shown. An image is good with broken Exif data, too."""
    try:
        # Without the first condition, Pillow would decode a whole PNG to look for Exif data at its end.
        return "exif" in image.info and image.getexif().get(ExifTags.Base.Orientation) in _TURNED
    except _UNEXPECTED_BYTES:
        return False


def _measure_video(file: IO[bytes]) -> Measures:
    whole, *tracks = MediaInfo.parse(file, output=_TOLD, parse_speed=0).splitlines()
    is_truncated, duration = whole.split(",")
    if is_truncated:
        raise BrokenFile(DAMAGED)
    if not tracks:
        raise BrokenFile("is damaged, or a video without pictures")
    width, height, rotation = (_number(text) for text in tracks[0].split(","))
    if rotation in (90, 270):
        width, height = height, width
    return Measures(width or None, height or None, _number(duration))


def _number(text: str) -> int | None:
    """None for what is missing, and for what a damaged file says and no column and no client can hold."""
    try:
        number = round(float(text))
    except (ValueError, OverflowError):
        return None
    return number if 0 <= number <= _LARGEST else None
