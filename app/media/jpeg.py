"""The segments of a JPEG (ITU-T T.81, annex B), counted before anybody decodes it."""

from __future__ import annotations

import re
from io import BytesIO
from typing import IO, Final

from app.media.picture import DAMAGED, BrokenFile, Picture

SCAN_LIMIT: Final = 100
"""Encoders make about ten. Each costs whoever shows the picture as much as the whole of it, and takes 10 bytes."""

SEGMENT_LIMIT: Final = 2000
"""25 MB of the longest segments are 400. The reader keeps each, and one without content takes 4 bytes."""

_PADDING_LIMIT: Final = 4096
"""Bytes between two segments. The reader passes over them one by one."""

_MARKER: Final = re.compile(rb"\xff([^\x00\x01\xd0-\xd7\xff])")
"""What neither belongs to the data of a scan nor stands alone."""

_END: Final = 0xD9
_SCAN: Final = 0xDA
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_SEQUENTIAL: Final = (0xC0, 0xC1)


def jpeg_picture(file: IO[bytes]) -> Picture:
    """All of a JPEG. Raises BrokenFile where its end is missing, or it has too many parts; LookupError where one ends
    in its middle.

    It can be decoded if one sequential scan holds every component: to an eighth of its size, row by row. Of any other
    file, each coefficient of the full size would be kept, which is 500 MB for 1 MB on disk.
    """
    data = file.read()
    position = len(b"\xff\xd8")
    frame, components = 0, 0
    scans, is_one_pass = 0, False
    for _ in range(SEGMENT_LIMIT):
        marker = _MARKER.search(data, position)
        if marker is None or (scans == 0 and marker.start() - position > _PADDING_LIMIT):
            raise BrokenFile(DAMAGED)
        kind, start = marker[1][0], marker.end()
        if kind == _END:
            if scans == 0:
                raise BrokenFile(DAMAGED)
            return Picture(BytesIO(data), can_be_decoded=is_one_pass)
        if kind in _FRAMES:
            frame, components = kind, data[start + 7]
        elif kind == _SCAN:
            scans += 1
            if scans > SCAN_LIMIT:
                raise BrokenFile(f"has more than {SCAN_LIMIT} scans")
            is_one_pass = scans == 1 and frame in _SEQUENTIAL and data[start + 2] == components
        position = start + int.from_bytes(data[start : start + 2])
    raise BrokenFile(f"has more than {SEGMENT_LIMIT} segments")
